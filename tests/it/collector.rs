//! A real OpenTelemetry collector (rotel) between the programs and the test: it takes OTLP over gRPC
//! from them and sends what it took on to a sink in the test, which keeps it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use test_support::{eventually, tools};
use tokio::net::{TcpListener, TcpStream};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// A span with the resource that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `service.name` of its resource.
    pub service: String,
    pub resource: Vec<KeyValue>,
    pub span: Span,
}

impl Seen {
    pub(crate) fn trace(&self) -> String {
        hex(&self.span.trace_id)
    }

    /// The program that tells it: in one process with others it is an attribute.
    pub(crate) fn program(&self) -> &str {
        self.text("bord.service").unwrap_or(&self.service)
    }

    /// An attribute's text; nothing where it is not there.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        text(&self.span.attributes, key)
    }

    /// Every word that it shows: names, keys and values, events and links.
    pub(crate) fn words(&self) -> Vec<String> {
        let span = &self.span;
        let mut words = vec![span.name.clone(), span.trace_state.clone()];
        words.extend(span.status.iter().map(|status| status.message.clone()));
        let events = span.events.iter();
        words.extend(events.clone().map(|event| event.name.clone()));
        let attributes = self.resource.iter().chain(&span.attributes);
        let attributes = attributes
            .chain(events.flat_map(|event| &event.attributes))
            .chain(span.links.iter().flat_map(|link| &link.attributes));
        for attribute in attributes {
            words.push(attribute.key.clone());
            words.push(format!("{:?}", attribute.value));
        }
        words
    }
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()? {
        AnyValue {
            value: Some(Value::StringValue(text)),
        } => Some(text),
        _ => None,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<Seen>>>);

#[tonic::async_trait]
impl TraceService for Sink {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for from in request.into_inner().resource_spans {
            let resource = from.resource.unwrap_or_default().attributes;
            let service = text(&resource, "service.name").unwrap_or_default();
            let spans = from.scope_spans.into_iter().flat_map(|scope| scope.spans);
            seen.extend(spans.map(|span| Seen {
                service: service.to_owned(),
                resource: resource.clone(),
                span,
            }));
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// The collector, ended with the test whatever comes of it.
pub(crate) struct Collector {
    /// Where programs send their spans.
    pub endpoint: String,
    sink: Sink,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let sink = Sink::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let behind = listener.local_addr().expect("it is bound");
        let service = TraceServiceServer::new(sink.clone())
            .accept_compressed(tonic::codec::CompressionEncoding::Gzip);
        chassis::run::spawn(
            tonic::transport::Server::builder()
                .add_service(service)
                .serve_with_incoming(TcpListenerStream::new(listener)),
        );
        let (grpc, http) = (free().await, free().await);
        let folder = tempfile::tempdir().expect("a temp folder");
        let child = Command::new(rotel())
            .arg("start")
            .args(["--otlp-grpc-endpoint", &grpc.to_string()])
            .args(["--otlp-http-endpoint", &http.to_string()])
            .args(["--exporter", "otlp", "--batch-timeout", "100ms"])
            .args(["--otlp-exporter-endpoint", &format!("http://{behind}")])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("rotel starts");
        eventually(Duration::from_secs(30), async || {
            TcpStream::connect(grpc).await.ok()
        })
        .await;
        Self {
            endpoint: format!("http://{grpc}"),
            sink,
            child,
            _folder: folder,
        }
    }

    /// Everything that came so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = self.sink.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The agent inside rotel's Python package.
fn rotel() -> PathBuf {
    let libraries = tools::folder().join("../lib");
    let pythons = std::fs::read_dir(&libraries).expect("the tools' libraries");
    let agents = pythons.filter_map(|python| {
        let packages = python.ok()?.path().join("site-packages");
        Some(packages.join("rotel/rotel-agent")).filter(|agent| agent.is_file())
    });
    agents.into_iter().next().expect(
        "rotel is not among the tools: run ./tests/run --tools, which installs what \
         tests/tools.txt names",
    )
}

async fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("it is bound")
}
