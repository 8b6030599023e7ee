//! A trace as it is carried on: out of the current span as a W3C `traceparent`, and back from one
//! that a caller sent, a vendor brought along, or a row kept.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The W3C `traceparent` of the current span, to store with a row that waits or to send on.
#[must_use]
pub fn current_traceparent() -> Option<String> {
    let mut carrier = Carrier(None);
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.0
}

/// The trace id of the current span, for log lines.
#[must_use]
pub fn trace_id() -> Option<String> {
    current().map(|context| context.trace_id().to_string())
}

/// The id of the current span, for log lines.
#[must_use]
pub fn span_id() -> Option<String> {
    current().map(|context| context.span_id().to_string())
}

fn current() -> Option<SpanContext> {
    let context = Span::current().context();
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

/// Makes `span` a child in the stored trace, with a link to the span that queued the work.
///
/// Call it before the span has a child; what is not a traceparent changes nothing.
pub fn resume(traceparent: Option<&str>, span: &Span) {
    if let Some(context) = parse(traceparent) {
        span.add_link(context.span().span_context().clone());
        // Fails only without a tracing layer, where there is nothing to continue.
        let _ = span.set_parent(context);
    }
}

/// As [`resume`] where the current span is of another trace, with a link to that one besides: what
/// somebody asks for today about a call that was yesterday.
pub fn join(traceparent: Option<&str>, span: &Span) {
    let Some(context) = parse(traceparent) else {
        return;
    };
    let asked = current();
    let here = context.span().span_context().trace_id();
    match asked {
        Some(asked) if asked.trace_id() == here => {}
        Some(asked) => {
            span.add_link(asked);
            resume(traceparent, span);
        }
        None => resume(traceparent, span),
    }
}

/// Makes `span` a child of the caller's span.
pub(crate) fn continue_from(traceparent: Option<&str>, span: &Span) {
    if let Some(context) = parse(traceparent) {
        let _ = span.set_parent(context);
    }
}

fn parse(traceparent: Option<&str>) -> Option<Context> {
    let carrier = Carrier(Some(traceparent?.to_owned()));
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    context.span().span_context().is_valid().then_some(context)
}

struct Carrier(Option<String>);

impl Injector for Carrier {
    fn set(&mut self, key: &str, value: String) {
        if key == "traceparent" {
            self.0 = Some(value);
        }
    }
}

impl Extractor for Carrier {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent")
            .then_some(self.0.as_deref())
            .flatten()
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
