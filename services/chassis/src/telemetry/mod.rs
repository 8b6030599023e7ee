//! Traces and logs of a process: W3C context in and out, OTLP where an endpoint is set, JSON lines.
//!
//! One subscriber for the process, however many services run in it: each span carries
//! `bord.service`. No span or log holds header values, bodies or personal data (I25). Names and
//! attributes are those of OpenTelemetry's semantic conventions; what they would show of a person
//! (URLs, queries, values of statements) is left out.

mod carry;
mod export;
mod sampling;
mod settings;
mod sql;
mod statements;

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tonic::Code;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

pub(crate) use carry::continue_from;
pub use carry::{current_traceparent, join, resume, span_id, trace_id};
pub use settings::Settings;
pub(crate) use statements::opened;

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
/// A collector that is away must not hold the exit.
const FLUSH: Duration = Duration::from_secs(2);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Installs what the process needs once; a second call changes nothing. Needs a tokio runtime.
pub fn init(name: &'static str, settings: Settings) -> anyhow::Result<()> {
    let mut first = None;
    PROVIDER.get_or_init(|| {
        install_crypto();
        first = Some(export::provider(name, &settings));
        match &first {
            Some(Ok(provider)) => provider.clone(),
            _ => SdkTracerProvider::builder().build(),
        }
    });
    let Some(built) = first else { return Ok(()) };
    let provider = built?;
    let exports = settings.export.is_some();
    let filter = settings
        .log
        .and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new("info,h2=warn,hyper=warn,tower=warn"));
    let logs = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        // Statements are for traces alone, whatever the filter.
        .with_filter(match format!("{}=off", statements::TARGET).parse() {
            Ok(off) => filter.add_directive(off),
            Err(_) => filter,
        });
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("bord"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        // A span starts with its first child, not when it is entered: whoever proves in between
        // which trace it belongs to can still put it there.
        .with_context_activation(false)
        .with_filter(filter_fn(is_told).with_max_level_hint(LevelFilter::INFO));
    let statements = statements::Statements::new(provider.tracer("sqlx")).with_filter(
        filter_fn(move |meta| {
            exports && (meta.target() == statements::TARGET || meta.is_span() && is_told(meta))
        })
        .with_max_level_hint(if exports {
            LevelFilter::TRACE
        } else {
            LevelFilter::OFF
        }),
    );
    // A test harness may have installed its own subscriber; it then keeps it.
    let _ = tracing_subscriber::registry()
        .with(logs)
        .with(spans)
        .with(statements)
        .try_init();
    Ok(())
}

/// Spans, and events that somebody should look at: the lines of every request stay in the log.
fn is_told(meta: &Metadata<'_>) -> bool {
    let most = if meta.is_span() {
        Level::INFO
    } else {
        Level::WARN
    };
    let root = meta.target().split("::").next().unwrap_or_default();
    *meta.level() <= most && !QUIET.contains(&root) && meta.target() != statements::TARGET
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

/// rustls asks for a provider at the first handshake and panics without one.
pub fn install_crypto() {
    // An error means that one is installed already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Sends what is still buffered; whether somebody took all of it. Called on the runtime's own thread
/// the exporter would wait for itself, so it runs on a blocking one.
pub async fn flush() -> bool {
    let Some(provider) = PROVIDER.get().cloned() else {
        return true;
    };
    let flushed = tokio::task::spawn_blocking(move || provider.force_flush().is_ok());
    matches!(tokio::time::timeout(FLUSH, flushed).await, Ok(Ok(true)))
}

/// A status code as spans name it.
pub(crate) fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
