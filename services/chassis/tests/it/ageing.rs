//! Connections that reach their age: renewed under load, and nobody notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chassis::client;
use chassis::config::Env;
use chassis::transport::{self, Transport};
use tokio::net::{TcpListener, TcpStream};

use crate::echo::{Echo, say, serve_with};

/// Passes connections on to `server` and counts them.
async fn counted(server: std::net::SocketAddr) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let made = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&made);
    chassis::run::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            chassis::run::spawn(async move {
                let mut onward = TcpStream::connect(server).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut caller, &mut onward).await;
            });
        }
    });
    (url, made)
}

/// Some calls are always under way when a connection ends: they last longer than a look-up.
#[tokio::test]
async fn connections_are_renewed_at_their_age_and_no_call_fails() {
    let transport = Transport {
        connection_age: Some(Duration::from_secs(1)),
        ..Transport::default()
    };
    let echo = Echo::new(|text| async {
        tokio::time::sleep(Duration::from_millis(120)).await;
        Ok(text)
    });
    let serving = serve_with(echo, |server| server);
    let server = transport::with(Arc::new(transport), serving).await;
    let (url, made) = counted(server.addr).await;
    let channel = client::channel(url.as_str()).unwrap();
    let until = Instant::now() + Duration::from_secs(4);
    let callers = (0..4).map(|_| {
        let channel = channel.clone();
        chassis::run::spawn(async move {
            let mut answered = 0;
            while Instant::now() < until {
                assert_eq!(say(&channel, "on").await.unwrap(), "on");
                answered += 1;
            }
            answered
        })
    });
    let mut answered = 0;
    for caller in callers.collect::<Vec<_>>() {
        answered += caller.await.unwrap();
    }
    assert!(answered > 60, "{answered} calls");
    let made = made.load(Ordering::Relaxed);
    assert!(
        (3..=8).contains(&made),
        "{made} connections in four seconds"
    );
}

#[test]
fn the_age_is_a_setting_and_never_zero() {
    let mut env = Env::from_map([("MAX_CONNECTION_AGE_SECONDS", "60")]);
    let transport = Transport::read(&mut env);
    assert_eq!(transport.connection_age, Some(Duration::from_secs(60)));
    env.finish().unwrap();
    let mut env = Env::from_map([("MAX_CONNECTION_AGE_SECONDS", "0")]);
    let _ = Transport::read(&mut env);
    assert!(env.finish().is_err());
}
