//! Calls between services: deadlines, overload, errors, panics, retries, and a stop that ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chassis::fault::{self, Fault, Kind, Violations};
use chassis::{client, deadline};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tonic::{Code, Request, Status};

use crate::echo::{Echo, say, say_through, serve, serve_with};

/// Answers with what is left of the deadline, in milliseconds.
fn tells_remaining() -> Echo {
    Echo::new(async |_| {
        let left = deadline::remaining().unwrap_or_default();
        Ok(left.as_millis().to_string())
    })
}

fn never_answers() -> Echo {
    Echo::new(async |_| std::future::pending().await)
}

async fn plain_channel(url: &str) -> tonic::transport::Channel {
    tonic::transport::Endpoint::from_shared(url.to_owned())
        .unwrap()
        .connect()
        .await
        .unwrap()
}

#[tokio::test]
async fn each_hop_passes_on_the_remaining_time() {
    let second = serve(tells_remaining()).await;
    let onwards = client::channel(&second.url).unwrap();
    let first = serve(Echo::new(move |_| {
        let onwards = onwards.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            say(&onwards, "").await
        }
    }))
    .await;
    let channel = client::channel(&first.url).unwrap();
    let limit = Duration::from_millis(2000);
    let left: u64 = client::with_timeout(limit, say(&channel, ""))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        (200..=1700).contains(&left),
        "{left} ms left of 2000 after 300"
    );
}

/// Hazard: tonic takes a malformed `grpc-timeout` for none, and none means for ever.
#[tokio::test]
async fn a_missing_or_malformed_deadline_counts_as_the_default() {
    let running = serve_with(tells_remaining(), |s| {
        s.default_deadline(Duration::from_millis(700))
    })
    .await;
    let channel = plain_channel(&running.url).await;
    for header in [
        None,
        Some("soon"),
        Some("5"),
        Some("123456789S"),
        Some("-1S"),
    ] {
        let mut request = Request::new(String::new());
        if let Some(header) = header {
            request
                .metadata_mut()
                .insert("grpc-timeout", header.parse().unwrap());
        }
        let left: u64 = say_through(channel.clone(), request)
            .await
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=700).contains(&left), "{header:?}: {left}");
    }
    let mut request = Request::new(String::new());
    request
        .metadata_mut()
        .insert("grpc-timeout", "5S".parse().unwrap());
    let left: u64 = say_through(channel, request)
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!((4000..=5000).contains(&left), "a good one counts: {left}");
}

/// Hazard: tonic reports deadlines as CANCELLED, on both sides.
#[tokio::test]
async fn a_deadline_that_passes_is_told_as_such_by_server_and_client() {
    let running = serve_with(never_answers(), |s| {
        s.default_deadline(Duration::from_millis(100))
    })
    .await;
    let plain = say_through(
        plain_channel(&running.url).await,
        Request::new(String::new()),
    )
    .await;
    let by_server = plain.unwrap_err();
    assert_eq!(by_server.code(), Code::DeadlineExceeded);
    assert_eq!(
        fault::reason(&by_server).as_deref(),
        Some("DEADLINE_EXCEEDED")
    );

    // A peer that takes the connection and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = client::channel(format!("http://{}", silent.local_addr().unwrap())).unwrap();
    let started = Instant::now();
    let by_client = client::with_timeout(Duration::from_millis(200), say(&channel, "")).await;
    assert_eq!(by_client.unwrap_err().code(), Code::DeadlineExceeded);
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// I22: excess is refused at once, with a reason; probes pass.
#[tokio::test]
async fn more_calls_than_allowed_are_refused_with_a_reason() {
    let entered = Arc::new(Notify::new());
    let inside = Arc::clone(&entered);
    let stays = Echo::new(move |_| {
        inside.notify_one();
        std::future::pending()
    });
    let running = serve_with(stays, |s| s.at_once(1)).await;
    let channel = client::channel(&running.url).unwrap();
    let first = chassis::run::spawn({
        let channel = channel.clone();
        async move { say(&channel, "").await }
    });
    entered.notified().await;
    let refused = say(&channel, "").await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(fault::reason(&refused).as_deref(), Some("OVERLOADED"));
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
    let request = tonic_health::pb::HealthCheckRequest {
        service: "test.Echo".to_owned(),
    };
    let answer = health.check(request).await.unwrap().into_inner();
    assert_eq!(
        answer.status(),
        tonic_health::pb::health_check_response::ServingStatus::Serving
    );
    first.abort();
}

#[derive(Debug, thiserror::Error)]
#[error("the vault of +41225394512 is broken")]
struct Secretive;

impl Fault for Secretive {
    fn kind(&self) -> Kind {
        Kind::Internal
    }

    fn reason(&self) -> &'static str {
        "VAULT_BROKEN"
    }
}

#[tokio::test]
async fn errors_keep_code_reason_and_every_violation_and_hide_what_is_internal() {
    let running = serve(Echo::new(async |text| {
        if text == "internal" {
            return Err(fault::status(&Secretive));
        }
        let mut violations = Violations::new();
        violations
            .add("phone", "must be E.164, as in +41225394512")
            .add("language", "is required");
        violations.finish()?;
        Ok(String::new())
    }))
    .await;
    let channel = client::channel(&running.url).unwrap();
    let invalid = say(&channel, "").await.unwrap_err();
    assert_eq!(invalid.code(), Code::InvalidArgument);
    assert_eq!(fault::reason(&invalid).as_deref(), Some("INVALID_REQUEST"));
    let fields: Vec<String> = fault::violations(&invalid)
        .into_iter()
        .map(|v| v.field)
        .collect();
    assert_eq!(fields, ["phone", "language"]);
    let internal = say(&channel, "internal").await.unwrap_err();
    assert_eq!(
        (internal.code(), internal.message()),
        (Code::Internal, "internal error")
    );
    assert_eq!(fault::reason(&internal).as_deref(), Some("VAULT_BROKEN"));
}

#[tokio::test]
async fn a_panic_in_a_handler_fails_its_call_only() {
    let running = serve(Echo::new(async |text| {
        assert!(text != "panic", "on purpose");
        Ok(text)
    }))
    .await;
    let channel = client::channel(&running.url).unwrap();
    assert_eq!(
        say(&channel, "panic").await.unwrap_err().code(),
        Code::Internal
    );
    assert_eq!(say(&channel, "still here").await.unwrap(), "still here");
}

/// Once the other side has seen a request, only its owner may repeat it.
#[tokio::test]
async fn a_call_that_was_answered_or_sent_is_never_repeated() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let running = serve(Echo::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Err(Status::unavailable("my database is away")) }
    }))
    .await;
    let channel = client::channel(&running.url).unwrap();
    assert_eq!(
        say(&channel, "").await.unwrap_err().code(),
        Code::Unavailable
    );
    assert_eq!(calls.load(Ordering::Relaxed), 1);

    // A peer that takes the request and dies.
    let dying = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = client::channel(format!("http://{}", dying.local_addr().unwrap())).unwrap();
    let deaths = chassis::run::spawn(async move {
        let mut deaths = 0;
        while let Ok(Ok((mut socket, _))) =
            tokio::time::timeout(Duration::from_secs(1), dying.accept()).await
        {
            // SETTINGS of its own, so that the client goes on to send the request.
            socket
                .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
                .await
                .unwrap();
            let mut seen = Vec::new();
            let taken = |seen: &[u8]| seen.windows(12).any(|window| window == b"take it once");
            while !taken(&seen) {
                let mut buffer = [0; 1024];
                match socket.read(&mut buffer).await {
                    Ok(read) if read > 0 => seen.extend_from_slice(&buffer[..read]),
                    // The channel connects anew, for the next call.
                    _ => break,
                }
            }
            deaths += u32::from(taken(&seen));
        }
        deaths
    });
    assert!(say(&channel, "take it once").await.is_err());
    drop(channel);
    assert_eq!(deaths.await.unwrap(), 1);
}

/// Hazard: one silent connection keeps tonic's graceful shutdown alive for ever (measured: 45 s).
#[tokio::test]
async fn a_stop_ends_within_the_drain_limit_with_hostile_connections_open() {
    let running = serve(never_answers()).await;
    let _silent = TcpStream::connect(running.addr).await.unwrap();
    let mut half = TcpStream::connect(running.addr).await.unwrap();
    // The HTTP/2 preface, SETTINGS, and the first bytes of a HEADERS frame.
    half.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    half.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 40, 1, 4, 0, 0, 0, 1, 0x82])
        .await
        .unwrap();
    let channel = client::channel(&running.url).unwrap();
    let stuck = chassis::run::spawn(async move { say(&channel, "").await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    running.life.stop();
    running.stopped.await.unwrap().unwrap();
    let took = started.elapsed();
    assert!(
        took < running.life.drain_limit() + Duration::from_secs(1),
        "{took:?}"
    );
    stuck.abort();
}

/// I21: what runs is finished, and new calls find the door closed.
#[tokio::test]
async fn a_stop_lets_running_calls_finish() {
    let (entered, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, released) = (Arc::clone(&entered), Arc::clone(&go));
    let running = serve(Echo::new(move |text| {
        let (inside, released) = (Arc::clone(&inside), Arc::clone(&released));
        async move {
            inside.notify_one();
            released.notified().await;
            Ok(text)
        }
    }))
    .await;
    let channel = client::channel(&running.url).unwrap();
    let call = chassis::run::spawn(async move { say(&channel, "done").await });
    entered.notified().await;
    running.life.stop();
    test_support::eventually(Duration::from_secs(1), async || {
        TcpStream::connect(running.addr).await.err()
    })
    .await;
    go.notify_one();
    assert_eq!(call.await.unwrap().unwrap(), "done");
    running.stopped.await.unwrap().unwrap();
}

#[tokio::test]
async fn requests_are_counted_by_service_method_and_code() {
    let running = serve(Echo::new(async |text| Ok(text))).await;
    let channel = client::channel(&running.url).unwrap();
    say(&channel, "").await.unwrap();
    let text = chassis::metrics::render();
    let line = text.lines().find(|line| {
        line.starts_with("rpc_server_requests_total")
            && line.contains(r#"service="test.Echo""#)
            && line.contains(r#"method="Say""#)
            && line.contains(r#"code="Ok""#)
    });
    assert!(line.is_some(), "{text}");
    assert!(text.contains("rpc_server_duration_seconds_bucket"));
}

#[tokio::test]
async fn reflection_answers_in_both_versions() {
    use tonic_reflection::pb::{v1, v1alpha};
    let running = serve(Echo::new(async |text| Ok(text))).await;
    let channel = plain_channel(&running.url).await;
    let list = v1::server_reflection_request::MessageRequest::ListServices(String::new());
    let request = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(list),
    };
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let answers = client
        .server_reflection_info(tokio_stream::iter([request]))
        .await
        .unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    assert!(format!("{answer:?}").contains("grpc.health.v1.Health"));
    let list = v1alpha::server_reflection_request::MessageRequest::ListServices(String::new());
    let request = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(list),
    };
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let answers = client
        .server_reflection_info(tokio_stream::iter([request]))
        .await
        .unwrap();
    assert!(answers.into_inner().message().await.unwrap().is_some());
}
