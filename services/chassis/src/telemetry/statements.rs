//! A span for each database statement of a trace, made from what the driver tells when it ends.
//!
//! sqlx tells its statements as events at a level that no log shows; this layer alone hears them,
//! and only where spans are exported. A statement outside of a sampled span makes none, so that
//! polling workers fill no collector. Texts hold placeholders, never values (I25).

use std::borrow::Cow;
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

/// What a statement does, and to which table: `SELECT` and `lead`.
fn reading(text: &str) -> (String, Option<String>) {
    let words = words(text);
    let outside = |wanted: &str| {
        let mut outer = words.iter().filter(|(depth, _)| *depth == 0);
        outer.any(|(_, word)| word.eq_ignore_ascii_case(wanted))
    };
    let first = words.first().map_or("", |(_, word)| *word);
    // A commit stands behind a statement that makes a silent rollback loud.
    let operation: Cow<'_, str> = if outside("COMMIT") {
        "COMMIT".into()
    } else if outside("ROLLBACK") {
        "ROLLBACK".into()
    } else if first.eq_ignore_ascii_case("WITH") {
        let verbs = ["INSERT", "UPDATE", "DELETE"];
        let verb = verbs.into_iter().find(|verb| outside(verb));
        verb.unwrap_or("SELECT").into()
    } else {
        first.to_ascii_uppercase().into()
    };
    let before = match &*operation {
        "SELECT" | "DELETE" => "FROM",
        "INSERT" => "INTO",
        "UPDATE" => "UPDATE",
        _ => return (operation.into_owned(), None),
    };
    let after = |most: usize| {
        let mut pairs = words.windows(2);
        let found = pairs.find_map(|pair| match pair {
            [(depth, word), (_, table)] if word.eq_ignore_ascii_case(before) => {
                (*depth <= most).then_some(*table)
            }
            _ => None,
        });
        found.map(str::to_owned)
    };
    let table = after(0).or_else(|| after(usize::MAX));
    (operation.into_owned(), table)
}

/// The words of a statement, each with the number of brackets around it.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')) {
        let (word, tail) = rest.split_at(at);
        if !word.is_empty() {
            found.push((depth, word));
        }
        let mut chars = tail.chars();
        match chars.next() {
            Some('(') => depth += 1,
            Some(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = chars.as_str();
    }
    if !rest.is_empty() {
        found.push((depth, rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::reading;

    #[test]
    fn a_statement_is_named_by_what_it_does_and_to_which_table() {
        for (text, name) in [
            ("SELECT us FROM clock", "SELECT clock"),
            (
                "SELECT EXISTS (SELECT 1 FROM feed WHERE number IS NULL)",
                "SELECT feed",
            ),
            (
                "SELECT (SELECT us FROM clock), id FROM lead l",
                "SELECT lead",
            ),
            ("INSERT INTO lead (id) VALUES ($1)", "INSERT lead"),
            (
                "UPDATE lead SET due_us = (SELECT us FROM clock) + $1",
                "UPDATE lead",
            ),
            (
                "WITH next AS (SELECT id FROM a) UPDATE feed SET n = 1 FROM next",
                "UPDATE feed",
            ),
            ("WITH x AS (SELECT 1) SELECT * FROM y", "SELECT y"),
            ("DELETE FROM alarm WHERE id = $1", "DELETE alarm"),
            ("SELECT 1; COMMIT", "COMMIT"),
            ("BEGIN IMMEDIATE", "BEGIN"),
            ("BEGIN; ROLLBACK", "ROLLBACK"),
        ] {
            let (operation, table) = reading(text);
            let told = [Some(operation), table].into_iter().flatten();
            assert_eq!(told.collect::<Vec<_>>().join(" "), name, "{text}");
        }
    }
}
