//! Settings, secrets, tokens, lives and workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chassis::config::{Env, Secret};
use chassis::run::{self, Life};
use chassis::{clock, deadline, token, worker};
use chrono::TimeDelta;
use test_support::eventually;
use tokio::sync::Notify;

#[test]
fn every_fault_is_told_at_once_and_no_value_with_it() {
    let mut env = Env::from_map([
        ("DRAIN_SECONDS", "hunter2-soon"),
        ("LEAD_URL", "hunter2 no url"),
        ("LINK_SECRET", " , "),
        ("CRON_SECRET", "hunter2"),
        ("LISTEN_ADDR", "   "),
    ]);
    let seconds = env.seconds_or("DRAIN_SECONDS", 20);
    let _ = env.url("LEAD_URL");
    assert!(env.secrets("LINK_SECRET").is_empty());
    let secret = env.secret("CRON_SECRET");
    let _ = env.text("OPERATOR_EMAIL");
    let listen = env.text_or("LISTEN_ADDR", "127.0.0.1:1");
    let faults = env.finish().unwrap_err();
    let names: Vec<&str> = faults.0.iter().map(|fault| fault.variable).collect();
    assert_eq!(
        names,
        ["DRAIN_SECONDS", "LEAD_URL", "LINK_SECRET", "OPERATOR_EMAIL"]
    );
    assert_eq!(
        (seconds, listen.as_str()),
        (Duration::from_secs(20), "127.0.0.1:1")
    );
    let told = format!("{faults}\n{faults:?}\n{env:?}\n{secret:?}");
    assert!(!told.contains("hunter2"), "{told}");
    assert!(secret.matches("hunter2") && !secret.matches("hunter"));
}

#[test]
fn several_secrets_hold_at_once() {
    let mut env = Env::from_map([("LINK_SECRET", "new, old")]);
    let secrets = env.secrets("LINK_SECRET");
    assert_eq!(
        secrets.iter().map(Secret::expose).collect::<Vec<_>>(),
        ["new", "old"]
    );
    env.finish().unwrap();
}

#[test]
fn a_token_opens_what_it_was_signed_for_and_nothing_else() {
    let (new, old) = (Secret::new("new"), Secret::new("old"));
    let now = clock::now();
    let claims = ("lead".to_owned(), 7u32);
    let signed = token::sign(&old, "offer", &claims, now + TimeDelta::minutes(5));
    let secrets = [new.clone(), old.clone()];
    let open =
        |purpose, token: &str, at| token::verify::<(String, u32)>(&secrets, purpose, token, at);
    assert_eq!(open("offer", &signed, now), Ok(claims));
    let later = now + TimeDelta::minutes(6);
    assert_eq!(open("offer", &signed, later), Err(token::Invalid::Expired));
    assert_eq!(open("recording", &signed, now), Err(token::Invalid::Forged));
    let alone = token::verify::<(String, u32)>(&[new], "offer", &signed, now);
    assert_eq!(
        alone,
        Err(token::Invalid::Forged),
        "the old secret is no longer accepted"
    );
    for index in 0..signed.len() {
        let mut forged = signed.clone().into_bytes();
        forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        let verdict = open("offer", &forged, now);
        // The last character of unpadded base64 holds spare bits, which the decoder refuses.
        assert_eq!(verdict, Err(token::Invalid::Forged), "changed at {index}");
    }
    for garbage in ["", ".", "a.b", "é.é", &"A".repeat(100_000)] {
        assert_eq!(open("offer", garbage, now), Err(token::Invalid::Forged));
    }
}

#[tokio::test]
async fn a_worker_works_while_there_is_work_sleeps_otherwise_and_wakes_on_a_signal() {
    let life = Life::for_test();
    let wake = Arc::new(Notify::new());
    let (runs, work) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(3)));
    let (counted, left) = (Arc::clone(&runs), Arc::clone(&work));
    let long = Duration::from_secs(3600);
    life.spawn(worker::run(
        "test",
        life.clone(),
        Arc::clone(&wake),
        long,
        async move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let take = |n: u32| n.checked_sub(1);
            Ok(left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                .is_ok())
        },
    ));
    let runs_are = async |n| {
        eventually(Duration::from_secs(5), async || {
            (runs.load(Ordering::SeqCst) == n).then_some(())
        })
        .await;
    };
    runs_are(4).await;
    work.store(1, Ordering::SeqCst);
    wake.notify_one();
    runs_are(6).await;
    life.stop();
    tokio::time::timeout(Duration::from_secs(1), life.drained())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_worker_that_fails_is_tried_again() {
    let life = Life::for_test();
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let long = Duration::from_secs(3600);
    life.spawn(worker::run(
        "test",
        life.clone(),
        Arc::default(),
        long,
        async move || {
            anyhow::ensure!(counted.fetch_add(1, Ordering::SeqCst) >= 2, "not yet");
            Ok(false)
        },
    ));
    eventually(Duration::from_secs(5), async || {
        (tries.load(Ordering::SeqCst) == 3).then_some(())
    })
    .await;
    life.stop();
}

/// Three places, five pieces of work of which the first hangs: the others go on in the places that
/// are left, and a stop waits for what is under way.
#[tokio::test]
async fn work_that_hangs_takes_its_own_place_only() {
    let life = Life::for_test();
    let (left, done) = (Arc::new(AtomicU32::new(5)), Arc::new(AtomicU32::new(0)));
    let most = Arc::new(AtomicU32::new(0));
    let hanging = Arc::new(Notify::new());
    let (claims, ended, asked, held) = (
        Arc::clone(&left),
        Arc::clone(&done),
        Arc::clone(&most),
        Arc::clone(&hanging),
    );
    let claim = async move |free: usize| {
        let free = u32::try_from(free).unwrap();
        asked.fetch_max(free, Ordering::SeqCst);
        let taken = claims.load(Ordering::SeqCst).min(free);
        let first = claims.fetch_sub(taken, Ordering::SeqCst);
        let work = |n: u32| {
            let (ended, held) = (Arc::clone(&ended), Arc::clone(&held));
            async move {
                if n == 5 {
                    held.notified().await;
                }
                ended.fetch_add(1, Ordering::SeqCst);
            }
        };
        Ok((0..taken).map(|n| work(first - n)).collect())
    };
    let long = Duration::from_secs(3600);
    life.spawn(worker::side_by_side(
        "test",
        life.clone(),
        Arc::default(),
        long,
        3,
        claim,
    ));
    let ended = async |n| {
        eventually(Duration::from_secs(5), async || {
            (done.load(Ordering::SeqCst) == n).then_some(())
        })
        .await;
    };
    ended(4).await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
    life.stop();
    let early = tokio::time::timeout(Duration::from_millis(50), life.drained()).await;
    assert!(early.is_err(), "one is still under way");
    hanging.notify_one();
    tokio::time::timeout(Duration::from_secs(5), life.drained())
        .await
        .unwrap();
    ended(5).await;
}

#[tokio::test]
async fn a_spawned_task_keeps_the_deadline_and_a_background_task_does_not() {
    let life = Life::for_test();
    let limit = Duration::from_secs(30);
    let (spawned, background) = deadline::within(limit, async {
        let spawned = run::spawn(async { deadline::remaining() }).await.unwrap();
        (
            spawned,
            life.spawn(async { deadline::remaining() }).await.unwrap(),
        )
    })
    .await
    .unwrap();
    assert!(spawned.is_some_and(|left| left <= limit));
    assert_eq!(background, None);
    let late = deadline::within(Duration::from_millis(5), std::future::pending::<()>()).await;
    assert_eq!(late, Err(deadline::Passed));
}

#[tokio::test]
async fn services_in_one_process_keep_their_names_through_their_tasks() {
    let life = Life::for_test();
    let seen = run::named("lead-service", async {
        let spawned = run::spawn(async { chassis::service() }).await.unwrap();
        (
            spawned,
            life.spawn(async { chassis::service() }).await.unwrap(),
        )
    })
    .await;
    assert_eq!(seen, (Some("lead-service"), Some("lead-service")));
    assert_eq!(chassis::service(), None);
}

#[tokio::test]
async fn a_child_life_stops_alone_and_its_parent_waits_for_its_tasks() {
    let parent = Life::for_test();
    let child = parent.child();
    let task = child.clone();
    parent.spawn({
        let parent = parent.clone();
        async move { parent.stopping().await }
    });
    child.spawn(async move { task.stopping().await });
    child.stop();
    child.drained().await;
    assert!(!parent.is_stopping());
    let early = tokio::time::timeout(Duration::from_millis(50), parent.drained()).await;
    assert!(early.is_err(), "its own task still runs");
    parent.stop();
    parent.drained().await;
}
