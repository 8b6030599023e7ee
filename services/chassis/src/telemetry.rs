//! Traces and logs of a process: W3C context in and out, OTLP where an endpoint is set, JSON lines.
//!
//! One subscriber for the process, however many services run in it: each span carries
//! `bord.service`. No span or log holds header values, bodies or personal data (I25).

use std::sync::OnceLock;

use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::{Span as _, TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanProcessor};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};
use url::Url;

use crate::config::Env;

/// Everything that talks while exporting would otherwise trace its own export.
const QUIET: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "tonic",
    "tower",
    "opentelemetry",
    "reqwest",
    "rustls",
];

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// `OTEL_EXPORTER_OTLP_ENDPOINT` and `LOG` (a tracing filter, "info" by default).
#[derive(Debug, Default)]
pub struct Settings {
    endpoint: Option<Url>,
    log: Option<String>,
}

impl Settings {
    pub fn read(env: &mut Env) -> Self {
        let log = env.optional("LOG");
        if log
            .as_ref()
            .is_some_and(|filter| EnvFilter::try_new(filter).is_err())
        {
            let remedy = "write a filter such as info or info,bord=debug".to_owned();
            env.fault("LOG", "is not a filter", remedy);
        }
        Self {
            endpoint: env.url_optional("OTEL_EXPORTER_OTLP_ENDPOINT"),
            log,
        }
    }

    #[must_use]
    pub fn with_endpoint(endpoint: Url) -> Self {
        Self {
            endpoint: Some(endpoint),
            log: None,
        }
    }
}

/// Installs what the process needs once; a second call changes nothing. Needs a tokio runtime.
pub fn init(name: &'static str, settings: Settings) -> anyhow::Result<()> {
    let mut first = None;
    PROVIDER.get_or_init(|| {
        first = Some(provider(name, settings.endpoint.as_ref()));
        match &first {
            Some(Ok(provider)) => provider.clone(),
            _ => SdkTracerProvider::builder().build(),
        }
    });
    let Some(built) = first else { return Ok(()) };
    install_crypto();
    let provider = built?;
    let filter = settings
        .log
        .and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new("info,h2=warn,hyper=warn,tower=warn"));
    let traced = tracing_subscriber::filter::filter_fn(|meta| {
        let root = meta.target().split("::").next().unwrap_or_default();
        *meta.level() <= tracing::Level::INFO && !QUIET.contains(&root)
    });
    let logs = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("bord"))
        .with_location(false)
        .with_threads(false)
        .with_filter(traced);
    // A test harness may have installed its own subscriber; it then keeps it.
    let _ = tracing_subscriber::registry()
        .with(logs)
        .with(spans)
        .try_init();
    Ok(())
}

/// From here on a panic is logged with its place only: its message may quote personal data (I25).
pub fn hide_panic_messages() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, service = crate::service(), "panic");
    }));
}

fn provider(name: &'static str, endpoint: Option<&Url>) -> anyhow::Result<SdkTracerProvider> {
    let resource = Resource::builder().with_service_name(name).build();
    let mut builder = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_span_processor(NameService);
    if let Some(endpoint) = endpoint {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint.as_str())
            .build()?;
        builder = builder.with_batch_exporter(exporter);
    }
    Ok(builder.build())
}

/// rustls asks for a provider at the first handshake and panics without one.
pub fn install_crypto() {
    // An error means that one is installed already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Sends what is still buffered. Called on the runtime's own thread the exporter would wait for
/// itself, so it runs on a blocking one.
pub async fn flush() {
    let Some(provider) = PROVIDER.get().cloned() else {
        return;
    };
    let _ = tokio::task::spawn_blocking(move || provider.force_flush()).await;
}

/// Marks each span with the service for which its task runs.
#[derive(Debug)]
struct NameService;

impl SpanProcessor for NameService {
    fn on_start(&self, span: &mut opentelemetry_sdk::trace::Span, _: &Context) {
        if let Some(service) = crate::service() {
            span.set_attribute(KeyValue::new("bord.service", service));
        }
    }

    fn on_end(&self, _: SpanData) {}

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: std::time::Duration) -> OTelSdkResult {
        Ok(())
    }
}

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
    let context = Span::current().context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Makes `span` a child in the stored trace, with a link to the span that queued the work.
///
/// Call it before the span is entered; what is not a traceparent changes nothing.
pub fn resume(traceparent: Option<&str>, span: &Span) {
    if let Some(context) = parse(traceparent) {
        span.add_link(context.span().span_context().clone());
        // Fails only without a tracing layer, where there is nothing to continue.
        let _ = span.set_parent(context);
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
