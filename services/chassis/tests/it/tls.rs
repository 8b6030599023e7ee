//! Mutual TLS between services: who gets in, who may call what, and where plain text ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chassis::client::{self, Channel};
use chassis::config::Env;
use chassis::fault;
use chassis::run::Life;
use chassis::server::{Bound, Server};
use chassis::transport::{self, Identity, Transport};
use tonic::{Code, Status};
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1;

use crate::certificates::{self, Authority};
use crate::echo::{Echo, Running, say, serve_with};

const TABLE: &str = "
    test.Echo/Say: gateway operator
    grpc.health.v1.Health/Check: *
    grpc.reflection.v1.ServerReflection/ServerReflectionInfo: operator
";

/// Echoes, and counts the calls that get as far as the handler.
pub(crate) async fn echo_service(transport: Arc<Transport>) -> (Running, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let echo = Echo::new(move |text| {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Ok(text) }
    });
    let serving = serve_with(echo, |server| server.callers(TABLE));
    (transport::with(transport, serving).await, calls)
}

/// A channel by TLS to `addr`, which must show a certificate for `echo-service`.
pub(crate) async fn channel(transport: &Arc<Transport>, addr: SocketAddr) -> Channel {
    channel_to("https://echo-service:50052", transport, addr).await
}

async fn channel_to(url: &str, transport: &Arc<Transport>, addr: SocketAddr) -> Channel {
    let making =
        async { client::channel_with(url, move |_, _| std::future::ready(Ok(vec![addr]))) };
    transport::with(Arc::clone(transport), making)
        .await
        .unwrap()
}

async fn describe(channel: Channel) -> Result<String, Status> {
    let list = v1::server_reflection_request::MessageRequest::ListServices(String::new());
    let request = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(list),
    };
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel);
    let answers = client.server_reflection_info(tokio_stream::iter([request]));
    let answer = answers.await?.into_inner().message().await?;
    Ok(format!("{answer:?}"))
}

#[tokio::test]
async fn a_caller_with_a_certificate_may_do_what_the_table_says_and_no_more() {
    let authority = Authority::new("bord");
    let (server, calls) = echo_service(authority.transport("echo-service")).await;
    for allowed in ["gateway", "operator"] {
        let channel = channel(&authority.transport(allowed), server.addr).await;
        assert_eq!(say(&channel, allowed).await.unwrap(), allowed);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let roster = channel(&authority.transport("roster-service"), server.addr).await;
    let refused = say(&roster, "").await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(fault::reason(&refused).as_deref(), Some("PEER_NOT_ALLOWED"));
    assert_eq!(
        calls.load(Ordering::Relaxed),
        2,
        "the handler saw nothing of it"
    );
    // Health is for everybody with a certificate, descriptions for a person.
    let request = tonic_health::pb::HealthCheckRequest::default();
    HealthClient::new(roster.clone())
        .check(request)
        .await
        .unwrap();
    assert_eq!(
        describe(roster).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    let operator = channel(&authority.transport("operator"), server.addr).await;
    assert!(
        describe(operator)
            .await
            .unwrap()
            .contains("grpc.health.v1.Health")
    );
}

#[tokio::test]
async fn nobody_gets_in_with_another_authoritys_certificate_or_with_none() {
    let authority = Authority::new("bord");
    let (server, calls) = echo_service(authority.transport("echo-service")).await;
    let stranger = Authority::new("stranger");
    // It trusts our authority, so that only its own certificate is wrong.
    let folder = tempfile::tempdir().unwrap();
    let files = stranger.write(folder.path(), "gateway", &authority.pem);
    let channel_of_stranger = channel(&certificates::from(files), server.addr).await;
    assert_eq!(
        say(&channel_of_stranger, "").await.unwrap_err().code(),
        Code::Unavailable
    );
    let plain = channel_to("http://localhost:50052", &Arc::default(), server.addr).await;
    let limit = Duration::from_secs(2);
    assert!(client::with_timeout(limit, say(&plain, "")).await.is_err());
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_caller_refuses_a_server_of_another_authority_or_name() {
    let authority = Authority::new("bord");
    let gateway = authority.transport("gateway");
    let stranger = Authority::new("stranger");
    let folder = tempfile::tempdir().unwrap();
    let files = stranger.write(folder.path(), "echo-service", &authority.pem);
    let (foreign, calls) = echo_service(certificates::from(files)).await;
    let to_foreign = channel(&gateway, foreign.addr).await;
    assert_eq!(
        say(&to_foreign, "").await.unwrap_err().code(),
        Code::Unavailable
    );
    // Ours, but not the one that was meant.
    let (other, more) = echo_service(authority.transport("roster-service")).await;
    let to_other = channel(&gateway, other.addr).await;
    assert_eq!(
        say(&to_other, "").await.unwrap_err().code(),
        Code::Unavailable
    );
    assert_eq!(
        calls.load(Ordering::Relaxed) + more.load(Ordering::Relaxed),
        0
    );
}

#[test]
fn a_certificate_names_one_service_or_is_not_used() {
    let authority = Authority::new("bord");
    let folder = tempfile::tempdir().unwrap();
    let load = |uris: &[&str]| {
        let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
        let files = authority.write_with(folder.path(), "localhost", &uris, &authority.pem);
        Identity::load(files).map(|identity| identity.name())
    };
    assert_eq!(load(&["spiffe://bord/gateway"]).unwrap(), "gateway");
    for uris in [
        &[][..],
        &["spiffe://elsewhere/gateway"],
        &["spiffe://bord/"],
        &["spiffe://bord/a/gateway"],
        &["spiffe://bord/*"],
        &["spiffe://bord/gateway", "spiffe://bord/operator"],
        &["https://example.org", "spiffe://bord/operator"],
    ] {
        assert!(load(uris).is_err(), "{uris:?}");
    }
}

#[tokio::test]
async fn a_server_that_can_be_reached_from_elsewhere_speaks_plain_text_only_when_told() {
    let serve = async |transport: Transport| {
        let bound = Bound::at(([0, 0, 0, 0], 0).into()).await.unwrap();
        let life = Life::for_test();
        life.stop();
        let server = Server::new("echo-service", bound);
        transport::with(Arc::new(transport), server.serve(life)).await
    };
    let refused = serve(Transport::default()).await.unwrap_err().to_string();
    assert!(refused.contains("TLS_CERT") && refused.contains("ALLOW_PLAINTEXT"));
    let asked_for = Transport {
        allow_plaintext: true,
        ..Transport::default()
    };
    serve(asked_for).await.unwrap();
}

#[tokio::test]
async fn a_server_with_a_certificate_and_no_table_does_not_start() {
    let authority = Authority::new("bord");
    let bound = Bound::local().await.unwrap();
    let serving = Server::new("echo-service", bound).serve(Life::for_test());
    let refused = transport::with(authority.transport("echo-service"), serving).await;
    assert!(refused.unwrap_err().to_string().contains("callers()"));
}

#[tokio::test]
async fn probes_are_answered_in_plain_text_on_a_door_of_their_own() {
    let authority = Authority::new("bord");
    let probed = Bound::local().await.unwrap().addr();
    let folder = tempfile::tempdir().unwrap();
    let files = authority.write(folder.path(), "echo-service", &authority.pem);
    let with_probes = Transport {
        identity: Some(Identity::load(files).unwrap()),
        health: Some(probed),
        ..Transport::default()
    };
    let (_server, calls) = echo_service(Arc::new(with_probes)).await;
    let probe = client::channel(format!("http://{probed}")).unwrap();
    let request = tonic_health::pb::HealthCheckRequest {
        service: "test.Echo".to_owned(),
    };
    HealthClient::new(probe.clone())
        .check(request)
        .await
        .unwrap();
    assert_eq!(
        say(&probe, "").await.unwrap_err().code(),
        Code::Unimplemented
    );
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn reflection_can_be_switched_off() {
    let hidden = Transport {
        hide_reflection: true,
        ..Transport::default()
    };
    let serving = serve_with(Echo::new(async |text| Ok(text)), |server| server);
    let server = transport::with(Arc::new(hidden), serving).await;
    let channel = client::channel(&server.url).unwrap();
    assert_eq!(say(&channel, "served").await.unwrap(), "served");
    assert_eq!(
        describe(channel).await.unwrap_err().code(),
        Code::Unimplemented
    );
}

#[test]
fn every_setting_of_the_transport_at_fault_is_named() {
    let mut env = Env::from_map([
        ("TLS_CERT", "/nowhere/tls.crt"),
        ("ALLOW_PLAINTEXT", "perhaps"),
        ("GRPC_REFLECTION", "sometimes"),
        ("HEALTH_ADDR", "here"),
    ]);
    let _ = Transport::read(&mut env);
    let faults = env.finish().unwrap_err();
    let mut names: Vec<_> = faults.0.iter().map(|fault| fault.variable).collect();
    names.sort_unstable();
    let wanted = [
        "ALLOW_PLAINTEXT",
        "GRPC_REFLECTION",
        "HEALTH_ADDR",
        "TLS_CA",
        "TLS_KEY",
    ];
    assert_eq!(names, wanted);
}
