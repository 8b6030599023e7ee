//! One trace through every hop: in gRPC metadata, in a stored string, and out to a collector.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use chassis::db::Db;
use chassis::{client, run, telemetry};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use test_support::{eventually, on_both};
use tonic::{Request, Response, Status};
use tracing::Instrument as _;

use crate::database::MIGRATIONS;
use crate::echo::{Echo, say, serve};

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let scopes = request
            .into_inner()
            .resource_spans
            .into_iter()
            .flat_map(|r| r.scope_spans);
        self.0
            .lock()
            .unwrap()
            .extend(scopes.flat_map(|scope| scope.spans));
        Ok(Response::new(ExportTraceServiceResponse {
            partial_success: None,
        }))
    }
}

/// One collector and one telemetry for the process, on a runtime that outlives every test.
static COLLECTOR: LazyLock<Collector> = LazyLock::new(|| {
    let collector = Collector::default();
    let service = TraceServiceServer::new(collector.clone());
    let (ready, is_ready) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap())
                .parse()
                .unwrap();
            telemetry::init("bord", telemetry::Settings::with_endpoint(url)).unwrap();
            telemetry::init("again", telemetry::Settings::default()).unwrap();
            ready.send(()).unwrap();
            let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
            let server = tonic::transport::Server::builder().add_service(service);
            server.serve_with_incoming(incoming).await.unwrap();
        });
    });
    is_ready.recv().unwrap();
    collector
});

fn trace_of(traceparent: &str) -> &str {
    traceparent.split('-').nth(1).unwrap()
}

/// B8: client, server and the work that was stored and resumed later share one trace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_on_over_the_call_and_over_a_stored_string_and_reaches_the_collector() {
    let collector = LazyLock::force(&COLLECTOR);
    let running = serve(Echo::new(async |_| {
        Ok(telemetry::current_traceparent().unwrap())
    }))
    .await;
    let channel = client::channel(&running.url).unwrap();
    let ring = tracing::info_span!("ring");
    let (outer, stored) = async {
        let secret = "+41225394512";
        let stored = say(&channel, secret).await.unwrap();
        (telemetry::current_traceparent().unwrap(), stored)
    }
    .instrument(ring)
    .await;
    assert_eq!(trace_of(&outer), trace_of(&stored));
    assert_ne!(outer, stored, "the server has a span of its own");

    let later = tracing::info_span!("later");
    telemetry::resume(Some(&stored), &later);
    let resumed = async { telemetry::current_traceparent().unwrap() }
        .instrument(later)
        .await;
    assert_eq!(trace_of(&stored), trace_of(&resumed));
    let stranger = tracing::info_span!("stranger");
    telemetry::resume(Some("00-garbage"), &stranger);
    let other = async { telemetry::current_traceparent().unwrap() }
        .instrument(stranger)
        .await;
    assert_ne!(trace_of(&other), trace_of(&outer));

    telemetry::flush().await;
    let spans = eventually(Duration::from_secs(10), async || {
        let all = collector.0.lock().unwrap();
        let of_trace = |span: &&Span| hex(&span.trace_id) == trace_of(&outer);
        let own: Vec<Span> = all.iter().filter(of_trace).cloned().collect();
        (own.len() >= 4).then_some(own)
    })
    .await;
    let find = |name: &str, kind: i32| {
        let found = spans
            .iter()
            .find(|span| span.name == name && span.kind == kind);
        found.unwrap_or_else(|| panic!("{name} of kind {kind} among {spans:?}"))
    };
    let (server, client) = (find("test.Echo/Say", 2), find("test.Echo/Say", 3));
    assert_eq!(server.parent_span_id, client.span_id);
    let named = server
        .attributes
        .iter()
        .find(|attribute| attribute.key == "bord.service");
    assert!(format!("{named:?}").contains("echo-service"), "{server:?}");
    let resumed = find("later", 1);
    assert_eq!(
        (
            resumed.parent_span_id == server.span_id,
            resumed.links.len()
        ),
        (true, 1)
    );
    assert!(
        !format!("{spans:?}").contains("5394512"),
        "I25: no content in spans"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A request to a vendor carries the trace, and a failed one names no URL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_is_sent_the_trace_and_errors_name_no_url() {
    LazyLock::force(&COLLECTOR);
    let app = axum::Router::new().fallback(async |headers: http::HeaderMap| {
        headers
            .get("traceparent")
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap()
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    chassis::run::spawn(async move { axum::serve(listener, app).await });
    let http = chassis::http::client();
    let span = tracing::info_span!("ask");
    let (sent, own) = async {
        let url = format!("http://{addr}/");
        let response = chassis::http::send("vendor.ask", http.get(url))
            .await
            .unwrap();
        (
            response.text().await.unwrap(),
            telemetry::current_traceparent().unwrap(),
        )
    }
    .instrument(span)
    .await;
    assert_eq!(trace_of(&sent), trace_of(&own));
    let refused = http.get("http://127.0.0.1:1/+41225394512");
    let error = chassis::http::send("vendor.ask", refused)
        .await
        .unwrap_err();
    assert!(!error.is_unknown(), "nothing was sent");
    let told = format!("{} {error:?}", chassis::fault::causes(&error));
    assert!(!told.contains("5394512"), "{told}");
    let open = http.get("http://example.com/");
    let error = chassis::http::send("vendor.ask", open).await.unwrap_err();
    assert!(
        matches!(error, chassis::http::Error::Plain { .. }),
        "{error}"
    );
}

fn attribute(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|it| it.key == key);
    format!("{:?}", found.and_then(|it| it.value.clone()))
}

on_both! {
    /// B8: each statement is a span in the trace that it serves, and what polls outside of any
    /// begins none.
    async fn a_statement_is_a_span_of_its_trace_and_a_poll_begins_none(db: TestDb) {
        let collector = LazyLock::force(&COLLECTOR);
        let (service, system) = if db.is_postgres() {
            ("clerk of postgres", "postgresql")
        } else {
            ("clerk of sqlite", "sqlite")
        };
        let work = async {
            let store = Db::open(&db.url("ledger"), "ledger", &MIGRATIONS).await.unwrap();
            let before = collector.0.lock().unwrap().len();
            for _ in 0..5 {
                store.now_us().await.unwrap();
            }
            let nobody = chassis::http::client().get("http://127.0.0.1:1/");
            chassis::http::send("vendor.poll", nobody).await.unwrap_err();
            let span = tracing::info_span!("count");
            let count = async {
                store.now_us().await.unwrap();
                telemetry::current_traceparent().unwrap()
            };
            (count.instrument(span).await, before)
        };
        let (trace, before) = run::named(service, work).await;
        assert!(telemetry::flush().await);
        let find = || {
            let all = collector.0.lock().unwrap();
            let of_trace = |span: &&Span| hex(&span.trace_id) == trace_of(&trace);
            let own: Vec<Span> = all.iter().filter(of_trace).cloned().collect();
            own.into_iter().find(|span| span.name == "SELECT clock")
        };
        let statement = eventually(Duration::from_secs(10), async || find()).await;
        assert_eq!(hex(&statement.parent_span_id), trace.split('-').nth(2).unwrap());
        assert_eq!(statement.kind, 3, "a client's");
        for (key, value) in [
            ("db.system.name", system),
            ("db.namespace", "ledger"),
            ("db.collection.name", "clock"),
            ("db.query.text", "SELECT us FROM clock"),
            ("bord.service", service),
        ] {
            let told = attribute(&statement, key);
            assert!(told.contains(&format!("\"{value}\"")), "{key}: {told}");
        }
        let all = collector.0.lock().unwrap();
        let outside = all.iter().skip(before).filter(|span| span.parent_span_id.is_empty());
        assert_eq!(outside.filter(|span| span.kind == 3).count(), 0);
    }
}
