//! A span for each database statement of a trace, made from what the driver tells when it ends.
//!
//! sqlx tells its statements as events at a level that no log shows; this layer alone hears them,
//! and only where spans are exported. A statement outside of a sampled span makes none, so that
//! polling workers fill no collector. Texts hold placeholders, never values (I25).

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanKind, TraceContextExt as _, Tracer as _};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::dispatcher::WeakDispatch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::sql::reading;

/// Where sqlx tells its statements.
pub(super) const TARGET: &str = "sqlx::query";
/// Longer texts are lists of placeholders.
const LONGEST: usize = 2_000;

/// Which database the services of this process use; a service has one.
static DATABASES: RwLock<BTreeMap<&'static str, Database>> = RwLock::new(BTreeMap::new());

#[derive(Clone)]
struct Database {
    system: &'static str,
    namespace: Arc<str>,
}

/// The current service works with this database from here on.
pub(crate) fn opened(is_postgres: bool, schema: &str) {
    let system = if is_postgres { "postgresql" } else { "sqlite" };
    let database = Database {
        system,
        namespace: schema.into(),
    };
    let mut all = DATABASES.write().unwrap_or_else(PoisonError::into_inner);
    all.insert(crate::service().unwrap_or_default(), database);
}

/// The service of a span, kept with it: SQLite's statements end in a thread of the driver's, which
/// knows the span but no task.
struct Owner(Option<&'static str>);

thread_local! {
    static OWNER: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// For which service this thread makes a span, where it is no task's.
pub(super) fn owner() -> Option<&'static str> {
    OWNER.get()
}

pub(super) struct Statements {
    tracer: SdkTracer,
    dispatch: OnceLock<WeakDispatch>,
}

impl Statements {
    pub(super) fn new(tracer: SdkTracer) -> Self {
        Self {
            tracer,
            dispatch: OnceLock::new(),
        }
    }

    fn tell(&self, parent: &opentelemetry::Context, told: &Told, service: Option<&'static str>) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the other spans' clock, which no test moves"
        )]
        let end = SystemTime::now();
        let start = end.checked_sub(told.elapsed).unwrap_or(end);
        let (operation, collection) = reading(&told.text);
        let name = match &collection {
            Some(collection) => format!("{operation} {collection}"),
            None => operation.clone(),
        };
        let mut attributes = vec![
            KeyValue::new("db.operation.name", operation),
            KeyValue::new("db.query.text", told.text.clone()),
            KeyValue::new("db.response.returned_rows", told.returned),
            KeyValue::new("bord.affected_rows", told.affected),
        ];
        if let Some(collection) = collection {
            attributes.push(KeyValue::new("db.collection.name", collection));
        }
        let all = DATABASES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = all.get(service.unwrap_or_default()) {
            attributes.push(KeyValue::new("db.system.name", database.system));
            attributes.push(KeyValue::new(
                "db.namespace",
                database.namespace.to_string(),
            ));
        }
        drop(all);
        let mut span = self
            .tracer
            .span_builder(name)
            .with_kind(SpanKind::Client)
            .with_start_time(start)
            .with_attributes(attributes)
            .start_with_context(&self.tracer, parent);
        span.end_with_timestamp(end);
    }
}

impl<S> Layer<S> for Statements
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _ = self.dispatch.set(dispatch.downgrade());
    }

    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id) {
            span.extensions_mut().replace(Owner(crate::service()));
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let Some(span) = ctx.lookup_current() else {
            return;
        };
        let Some(dispatch) = self.dispatch.get().and_then(WeakDispatch::upgrade) else {
            return;
        };
        let service = span.extensions().get::<Owner>().and_then(|owner| owner.0);
        let before = OWNER.replace(service);
        if let Some(parent) = get_otel_context(&span.id(), &dispatch)
            && parent.span().span_context().is_sampled()
        {
            let mut told = Told::default();
            event.record(&mut told);
            self.tell(&parent, &told.trimmed(), service);
        }
        OWNER.set(before);
    }
}

/// What the driver told of one statement.
#[derive(Default)]
struct Told {
    text: String,
    summary: String,
    elapsed: Duration,
    returned: i64,
    affected: i64,
}

impl Told {
    /// The driver leaves the text out where it is as short as its summary.
    fn trimmed(mut self) -> Self {
        let text = match self.text.trim() {
            "" => &self.summary,
            text => text,
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut text = words.join(" ");
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
        }
        self.text = text;
        self
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        match field.name() {
            "rows_returned" => self.returned = value,
            "rows_affected" => self.affected = value,
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
