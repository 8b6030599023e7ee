//! SIGTERM to the real programs with the worst company that they can have: silent connections,
//! half-sent requests, HTTP/2 peers that never answer. Each turns unready first, finishes what it
//! was doing, and ends within its grace (I21).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bord::settings;
use chassis::config::Env;
use futures::stream;
use test_support::{TestDb, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_prost::ProstCodec;

const DRAIN: Duration = Duration::from_secs(2);
/// Beyond the drain limit: the last telemetry, tasks that are abandoned, a busy machine.
const SLACK: Duration = Duration::from_secs(6);
const READY: Duration = Duration::from_secs(60);
const PEERS: usize = 10;
/// What every HTTP/2 client sends first, with empty settings; after it these say nothing.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// A frame of headers that announces more than it brings.
const HALF_HEADERS: &[u8] = b"\0\0\x40\x01\x04\0\0\0\x01\x83";
pub(crate) const SETTINGS: [&str; 16] = [
    "OPERATOR_EMAIL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY_SID",
    "TWILIO_API_KEY_SECRET",
    "ELEVENLABS_API_KEY",
    "ELEVENLABS_WEBHOOK_SECRET",
    "MAILGUN_API_KEY",
    "MAILGUN_DOMAIN",
    "MAILGUN_FROM",
    "MAILGUN_SIGNING_KEY",
    "LINK_SECRET",
    "CALL_TOKEN_SECRET",
    "DISPATCH_TOOL_SECRET",
    "CRON_SECRET",
    "PUBLIC_BASE_URL",
];
const NEIGHBOURS: [&str; 8] = [
    "TELEPHONY_URL",
    "LEAD_URL",
    "ROSTER_URL",
    "NOTIFICATION_URL",
    "QUALITY_URL",
    "TWILIO_API_BASE",
    "ELEVENLABS_API_BASE",
    "MAILGUN_API_BASE",
];

/// A program under test; ended with the test whatever comes of it.
struct Program {
    child: Child,
    listen: SocketAddr,
    metrics: SocketAddr,
    _db: TestDb,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program `name`, built if `tests/run` has not just done so.
pub(crate) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.ancestors().nth(2).expect("target/debug/deps/it");
    if Env::from_process().optional("BORD_TEST_BUILT").is_none() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the workspace");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", name])
            .current_dir(root)
            .status();
        assert!(built.expect("cargo runs").success(), "{name} builds");
    }
    folder.join(name)
}

async fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("it is bound")
}

async fn start(name: &str) -> Program {
    let db = TestDb::sqlite().await;
    let url = db.url(name);
    let env = settings::made_up(&Env::default(), &url, "http://127.0.0.1:9");
    let (listen, metrics) = (free().await, free().await);
    let mut command = Command::new(binary(name));
    command
        .env("LISTEN_ADDR", listen.to_string())
        .env("METRICS_ADDR", metrics.to_string())
        .env("DATABASE_URL", &url)
        .env("DRAIN_SECONDS", DRAIN.as_secs().to_string())
        .stdout(Stdio::null());
    for setting in SETTINGS {
        command.env(setting, env.optional(setting).expect(setting));
    }
    // Nobody is there: a stop must not wait for neighbours either.
    for neighbour in NEIGHBOURS {
        command.env(neighbour, "http://127.0.0.1:9");
    }
    let program = Program {
        child: command.spawn().expect("the program starts"),
        listen,
        metrics,
        _db: db,
    };
    eventually(READY, async || is_ready(metrics).await.then_some(())).await;
    program
}

/// Whether the platform would send requests here.
async fn is_ready(metrics: SocketAddr) -> bool {
    let Ok(mut probe) = TcpStream::connect(metrics).await else {
        return false;
    };
    let ask = b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut answer = String::new();
    let asked = probe.write_all(ask).await.is_ok();
    asked && probe.read_to_string(&mut answer).await.is_ok() && answer.starts_with("HTTP/1.1 200 ")
}

/// Thirty connections that will never say another word.
async fn bad_company(listen: SocketAddr, half: &[u8]) -> Vec<TcpStream> {
    let mut company = Vec::new();
    for words in [&b""[..], half, PREFACE] {
        for _ in 0..PEERS {
            let mut peer = TcpStream::connect(listen).await.expect("it listens");
            peer.write_all(words).await.expect("it reads");
            company.push(peer);
        }
    }
    company
}

/// Asks the program to stop, and waits until the platform would see it as unready.
async fn terminate(program: &Program) -> Instant {
    let started = Instant::now();
    let pid = program.child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(sent.expect("kill runs").success());
    let metrics = program.metrics;
    eventually(DRAIN, async || (!is_ready(metrics).await).then_some(())).await;
    started
}

async fn ends(program: &mut Program, started: Instant) {
    let limit = DRAIN + SLACK;
    let child = &mut program.child;
    let mut ended = async || child.try_wait().expect("it can be waited for");
    let status = eventually(limit, async || ended().await).await;
    assert!(status.success(), "{status}");
    assert!(started.elapsed() <= limit, "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_gateway_finishes_a_request_and_ends_in_bad_company() {
    let mut program = start("gateway").await;
    let half = b"POST /twilio/voice HTTP/1.1\r\nhost:";
    let company = bad_company(program.listen, half).await;
    let mut running = TcpStream::connect(program.listen)
        .await
        .expect("it listens");
    let head = "POST /mailgun/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    running.write_all(head.as_bytes()).await.expect("it reads");
    // The body is asked for, so the request is being served.
    let mut asked = [0; 25];
    running
        .read_exact(&mut asked)
        .await
        .expect("an interim answer");
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    let started = terminate(&program).await;
    running.write_all(b"{}").await.expect("still open");
    let mut answer = String::new();
    running
        .read_to_string(&mut answer)
        .await
        .expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("SIGNATURE_MISSING"), "{answer}");
    ends(&mut program, started).await;
    drop(company);
}

/// The same for a service that speaks gRPC.
async fn a_service_ends(name: &str) {
    let mut program = start(name).await;
    let half = [PREFACE, HALF_HEADERS].concat();
    let company = bad_company(program.listen, &half).await;
    let endpoint = Endpoint::from_shared(format!("http://{}", program.listen));
    let channel = endpoint.expect("a URL").connect().await;
    let channel: Channel = channel.expect("it listens");
    // A request whose head is there, and whose message comes only after the signal.
    let (go, gone) = futures::channel::oneshot::channel::<()>();
    let message = stream::once(async move {
        gone.await.expect("the test goes on");
        HealthCheckRequest::default()
    });
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.expect("connected");
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let codec = ProstCodec::<HealthCheckRequest, HealthCheckResponse>::default();
    let mut running = Box::pin(grpc.client_streaming(tonic::Request::new(message), path, codec));
    assert!(futures::poll!(&mut running).is_pending());
    // Frames keep their order: when a later request was answered, the earlier one's head is there.
    let mut health = HealthClient::new(channel);
    let check = health.check(HealthCheckRequest::default()).await;
    check.expect("healthy");
    let started = terminate(&program).await;
    go.send(()).expect("the request waits");
    running.await.expect("what ran is finished");
    drop(health);
    ends(&mut program, started).await;
    drop(company);
}

#[tokio::test]
async fn roster_service_finishes_a_request_and_ends_in_bad_company() {
    a_service_ends("roster-service").await;
}

#[tokio::test]
async fn lead_service_finishes_a_request_and_ends_in_bad_company() {
    a_service_ends("lead-service").await;
}

#[tokio::test]
async fn notification_service_finishes_a_request_and_ends_in_bad_company() {
    a_service_ends("notification-service").await;
}

#[tokio::test]
async fn quality_service_finishes_a_request_and_ends_in_bad_company() {
    a_service_ends("quality-service").await;
}

#[tokio::test]
async fn telephony_gateway_finishes_a_request_and_ends_in_bad_company() {
    a_service_ends("telephony-gateway").await;
}
