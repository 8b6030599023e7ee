//! One service behind several addresses, as a headless Service has: calls are spread, replicas come
//! and go, and no call notices.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chassis::client::{self, Channel};
use test_support::eventually;

use crate::echo::{Echo, Running, say, serve};

/// A replica that answers with its own address.
async fn replica() -> Running {
    let own = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&own);
    let running = serve(Echo::new(move |_| {
        let own = told.lock().unwrap().clone();
        async { Ok(own) }
    }))
    .await;
    *own.lock().unwrap() = running.addr.to_string();
    running
}

/// What the name service says; a test changes it at will, and empties it to make it fail.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<SocketAddr>>>);

impl Names {
    fn of(replicas: &[&Running]) -> Self {
        let names = Self::default();
        names.become_those(replicas);
        names
    }

    fn become_those(&self, replicas: &[&Running]) {
        *self.0.lock().unwrap() = replicas.iter().map(|replica| replica.addr).collect();
    }

    fn channel(&self) -> Channel {
        let names = self.0.clone();
        client::channel_with("http://localhost:50052", move |_, _| {
            let found = names.lock().unwrap().clone();
            let away = || std::io::Error::other("the name service is away");
            let answer = if found.is_empty() {
                Err(away())
            } else {
                Ok(found)
            };
            std::future::ready(answer)
        })
        .unwrap()
    }
}

async fn asked(channel: &Channel) -> String {
    say(channel, "").await.unwrap()
}

/// Waits until calls reach exactly `replicas`.
async fn reaches(channel: &Channel, replicas: &[&Running]) {
    let wanted: BTreeSet<String> = replicas.iter().map(|r| r.addr.to_string()).collect();
    eventually(Duration::from_secs(8), async || {
        let mut seen = BTreeSet::new();
        for _ in 0..50 {
            seen.insert(asked(channel).await);
        }
        (seen == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn calls_are_spread_over_every_address() {
    let (a, b, c) = (replica().await, replica().await, replica().await);
    let channel = Names::of(&[&a, &b, &c]).channel();
    reaches(&channel, &[&a, &b, &c]).await;
    let mut calls: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..600 {
        *calls.entry(asked(&channel).await).or_default() += 1;
    }
    // Chance gives 200 each; 120 is seven standard deviations away.
    assert!(calls.values().all(|calls| *calls >= 120), "{calls:?}");
}

/// Calls without a pause, from several callers, until told to stop.
struct Load {
    on: Arc<AtomicBool>,
    calls: Arc<AtomicU32>,
    callers: Vec<tokio::task::JoinHandle<Vec<String>>>,
}

impl Load {
    fn on(channel: &Channel) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let calls = Arc::new(AtomicU32::new(0));
        let callers = (0..16).map(|_| {
            let (channel, on, calls) = (channel.clone(), Arc::clone(&on), Arc::clone(&calls));
            chassis::run::spawn(async move {
                let mut failures = Vec::new();
                while on.load(Ordering::Relaxed) {
                    if let Err(status) = say(&channel, "").await {
                        failures.push(format!("{status:?}"));
                    }
                    calls.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
                failures
            })
        });
        let callers = callers.collect();
        Self { on, calls, callers }
    }

    /// Waits for that many calls more.
    async fn goes_on(&self, calls: u32) {
        let wanted = self.calls.load(Ordering::Relaxed) + calls;
        eventually(Duration::from_secs(20), async || {
            (self.calls.load(Ordering::Relaxed) >= wanted).then_some(())
        })
        .await;
    }

    async fn ends_without_failure(self) {
        self.goes_on(200).await;
        self.on.store(false, Ordering::Relaxed);
        for caller in self.callers {
            let failures = caller.await.unwrap();
            assert!(
                failures.is_empty(),
                "{} failed: {}",
                failures.len(),
                failures[0]
            );
        }
    }
}

/// Issue: from one to three replicas spreads the load within seconds, and back without an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn scaling_to_three_and_back_to_one_fails_no_call() {
    let (a, b, c) = (replica().await, replica().await, replica().await);
    let names = Names::of(&[&a]);
    let channel = names.channel();
    let load = Load::on(&channel);
    reaches(&channel, &[&a]).await;
    names.become_those(&[&a, &b, &c]);
    reaches(&channel, &[&a, &b, &c]).await;
    load.goes_on(500).await;
    // As Kubernetes does it: the names change, and the processes stop at about the same time.
    b.life.stop();
    c.life.stop();
    names.become_those(&[&a]);
    reaches(&channel, &[&a]).await;
    load.ends_without_failure().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_address_that_stops_while_still_named_fails_no_call_and_may_return() {
    let (a, b) = (replica().await, replica().await);
    let channel = Names::of(&[&a, &b]).channel();
    reaches(&channel, &[&a, &b]).await;
    let load = Load::on(&channel);
    load.goes_on(500).await;
    b.life.stop();
    b.stopped.await.unwrap().unwrap();
    reaches(&channel, &[&a]).await;
    load.ends_without_failure().await;
    let bound = chassis::server::Bound::at(b.addr).await.unwrap();
    let life = chassis::run::Life::for_test();
    let again = Echo::new(async |_| Ok("returned".to_owned()));
    let server = chassis::server::Server::new("echo-service", bound).add(again, &[]);
    chassis::run::spawn(server.serve(life));
    eventually(Duration::from_secs(8), async || {
        (asked(&channel).await == "returned").then_some(())
    })
    .await;
}

#[tokio::test]
async fn names_that_cannot_be_looked_up_change_nothing() {
    let (a, b) = (replica().await, replica().await);
    let names = Names::of(&[&a, &b]);
    let channel = names.channel();
    reaches(&channel, &[&a, &b]).await;
    names.become_those(&[]);
    let load = Load::on(&channel);
    // Longer than the time from one look-up to the next.
    tokio::time::sleep(Duration::from_secs(4)).await;
    reaches(&channel, &[&a, &b]).await;
    load.ends_without_failure().await;
}

#[tokio::test]
async fn a_host_that_has_no_address_yet_is_found_when_it_has_one() {
    let names = Names::default();
    let channel = names.channel();
    let status = say(&channel, "").await.unwrap_err();
    assert_eq!(
        chassis::fault::reason(&status).as_deref(),
        Some("UNREACHABLE")
    );
    let a = replica().await;
    names.become_those(&[&a]);
    assert_eq!(asked(&channel).await, a.addr.to_string());
}
