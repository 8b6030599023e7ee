//! The listener: real connections, some of them hostile, and a stop with an end.

use std::time::{Duration, Instant};

use chassis::run::Life;
use chassis::server::Bound;
use contracts::telephony::v1 as telephony;
use futures::stream::{self, StreamExt as _};
use test_support::eventually;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::world::{TWIML, World, twilio_request};

async fn listening(world: &World) -> (std::net::SocketAddr, Life, JoinHandle<anyhow::Result<()>>) {
    let bound = Bound::local().await.unwrap();
    let (addr, life) = (bound.addr(), Life::for_test());
    let serving = gateway::start(world.config.clone(), bound, life.clone());
    (addr, life, chassis::run::spawn(serving))
}

fn ring() -> Vec<u8> {
    let body = "CallSid=CA1&To=%2B41225394512";
    let request = twilio_request("/twilio/voice", body.as_bytes());
    let signature = request.headers()["x-twilio-signature"].to_str().unwrap();
    format!(
        "POST /twilio/voice HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\n\
         x-twilio-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn answer_to(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_ring_is_answered_over_a_real_connection() {
    let world = World::new().await;
    let (addr, life, serving) = listening(&world).await;
    let mut connection = TcpStream::connect(addr).await.unwrap();
    connection.write_all(&ring()).await.unwrap();
    let answer = answer_to(&mut connection).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(TWIML));
    life.stop();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_hundred_announced_megabytes_are_refused_before_they_are_sent() {
    let world = World::new().await;
    let (addr, life, serving) = listening(&world).await;
    let mut connection = TcpStream::connect(addr).await.unwrap();
    let head = "POST /mailgun/events HTTP/1.1\r\nhost: x\r\ncontent-length: 104857600\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let answer = answer_to(&mut connection).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("BODY_TOO_LARGE"));
    life.stop();
    serving.await.unwrap().unwrap();
}

/// I21: axum's own server waits on these for ever.
#[tokio::test]
async fn a_stop_ends_in_time_with_hostile_connections_open() {
    let world = World::new().await;
    let (addr, life, serving) = listening(&world).await;
    let _silent = TcpStream::connect(addr).await.unwrap();
    let mut half_a_head = TcpStream::connect(addr).await.unwrap();
    half_a_head
        .write_all(b"POST /twilio/voice HTTP/1.1\r\nhost:")
        .await
        .unwrap();
    let mut half_a_body = TcpStream::connect(addr).await.unwrap();
    let mut ring = ring();
    ring.truncate(ring.len() - 3);
    half_a_body.write_all(&ring).await.unwrap();
    let started = Instant::now();
    life.stop();
    tokio::time::timeout(Duration::from_secs(4), serving)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(started.elapsed() < Duration::from_secs(4));
    tokio::time::timeout(Duration::from_secs(1), life.drained())
        .await
        .unwrap();
    TcpStream::connect(addr).await.unwrap_err();
}

#[tokio::test]
async fn a_request_that_runs_is_finished_before_the_stop() {
    let world = World::new().await;
    world.services.stream(
        "CallService/AnswerCall",
        |_: telephony::AnswerCallRequest| {
            let late = async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                Ok(telephony::AnswerCallResponse {
                    twiml: TWIML.to_owned(),
                    handling: 1,
                })
            };
            Ok(stream::once(late).boxed())
        },
    );
    let (addr, life, serving) = listening(&world).await;
    let mut connection = TcpStream::connect(addr).await.unwrap();
    connection.write_all(&ring()).await.unwrap();
    let reached = async || (!world.services.methods().is_empty()).then_some(());
    eventually(Duration::from_secs(5), reached).await;
    life.stop();
    assert!(answer_to(&mut connection).await.ends_with(TWIML));
    serving.await.unwrap().unwrap();
}
