//! Certificates and their authority are replaced while calls go on: none of them fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use chassis::transport::Transport;
use test_support::eventually;

use crate::certificates::{Authority, from};
use crate::echo::say;
use crate::tls::{channel, echo_service};

/// Whether a fresh connection as `caller` gets an answer.
async fn gets_in(caller: &Arc<Transport>, addr: std::net::SocketAddr) -> bool {
    say(&channel(caller, addr).await, "").await.is_ok()
}

async fn until(wanted: bool, caller: &Arc<Transport>, addr: std::net::SocketAddr) {
    eventually(Duration::from_secs(10), async || {
        (gets_in(caller, addr).await == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn certificates_and_their_authority_are_replaced_without_a_failed_call() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let both = format!("{}{}", old.pem, new.pem);
    let (at_server, at_caller) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server_files = old.write(at_server.path(), "echo-service", &old.pem);
    let (server, _) = echo_service(from(server_files.clone())).await;
    let gateway = from(old.write(at_caller.path(), "gateway", &old.pem));

    // One caller keeps its connection, one makes a new one for each call.
    let (on, fresh) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
    let kept = channel(&gateway, server.addr).await;
    let load = chassis::run::spawn({
        let (on, fresh, gateway) = (Arc::clone(&on), Arc::clone(&fresh), Arc::clone(&gateway));
        async move {
            let mut failures = Vec::new();
            while on.load(Ordering::Relaxed) {
                failures.extend(say(&kept, "").await.err());
                let anew = channel(&gateway, server.addr).await;
                failures.extend(say(&anew, "").await.err());
                fresh.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            failures
        }
    });

    // What only the new authority vouches for, and only trusts it.
    let newcomer = new.transport("gateway");
    assert!(!gets_in(&newcomer, server.addr).await);
    // First everybody trusts both. The bundle alone is rewritten.
    std::fs::write(&server_files.ca, &both).unwrap();
    std::fs::write(at_caller.path().join("ca.crt"), &both).unwrap();
    let folder = tempfile::tempdir().unwrap();
    until(
        true,
        &from(new.write(folder.path(), "gateway", &both)),
        server.addr,
    )
    .await;
    // The caller's own bundle is read when it connects; that long after its last look it has been.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    // Then the certificates change, one file after the other, as no secret volume would be so rude.
    new.write(at_server.path(), "echo-service", &both);
    new.write(at_caller.path(), "gateway", &both);
    until(true, &newcomer, server.addr).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    // At last the old authority is forgotten.
    std::fs::write(&server_files.ca, &new.pem).unwrap();
    std::fs::write(at_caller.path().join("ca.crt"), &new.pem).unwrap();
    let folder = tempfile::tempdir().unwrap();
    until(
        false,
        &from(old.write(folder.path(), "gateway", &both)),
        server.addr,
    )
    .await;

    on.store(false, Ordering::Relaxed);
    let failures = load.await.unwrap();
    assert!(failures.is_empty(), "{failures:?}");
    assert!(fresh.load(Ordering::Relaxed) >= 100);
}

/// A certificate without its key, or half a file, is not taken up; what was there goes on.
#[tokio::test]
async fn files_that_do_not_fit_each_other_change_nothing_until_they_do() {
    let authority = Authority::new("bord");
    let folder = tempfile::tempdir().unwrap();
    let files = authority.write(folder.path(), "echo-service", &authority.pem);
    let (server, _) = echo_service(from(files.clone())).await;
    let gateway = authority.transport("gateway");
    assert!(gets_in(&gateway, server.addr).await);
    let (cert, key) = (
        std::fs::read(&files.cert).unwrap(),
        std::fs::read(&files.key).unwrap(),
    );
    std::fs::write(&files.cert, &cert[..cert.len() / 2]).unwrap();
    let other = Authority::new("other");
    let elsewhere = tempfile::tempdir().unwrap();
    let theirs = other.write(elsewhere.path(), "echo-service", &other.pem);
    std::fs::copy(&theirs.key, &files.key).unwrap();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(gets_in(&gateway, server.addr).await, "half a certificate");
    std::fs::write(&files.cert, &cert).unwrap();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(gets_in(&gateway, server.addr).await, "the key of another");
    std::fs::write(&files.key, &key).unwrap();
    std::fs::write(&files.ca, &other.pem).unwrap();
    until(false, &gateway, server.addr).await;
}
