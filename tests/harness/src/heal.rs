//! Healing: every fault ends, and the promises of liveness are measured: operations succeed within
//! 10 s, the outbox drains within 60 s; then what waits for a carrier's late word is given its time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chassis::db::StoreError;
use chassis::on;
use rustix::process::Signal;
use tokio::time::Instant;

use crate::arena::Arena;
use crate::books::{Books, set_clock};
use crate::ledger::client::{Key, Outcome};
use crate::load;
use crate::need::Need;
use crate::tell::progress;

const OPERATIONS: Duration = Duration::from_secs(10);
const DRAIN: Duration = Duration::from_secs(60);
/// For what follows on the last answers, look-ups included.
const SETTLE: Duration = Duration::from_secs(60);
/// Nothing moved for so long: nothing moves any more.
const QUIET: Duration = Duration::from_secs(3);

/// What healing took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Healed {
    pub operations: Duration,
    pub drain: Duration,
}

/// Ends every fault, and measures.
pub async fn heal(arena: &Arc<Arena>, number: usize) -> Healed {
    arena.twin.clear_faults();
    for slot in &arena.slots {
        if let Some(proxy) = &slot.proxy {
            proxy.heal();
        }
        let mut state = slot.lock().await;
        if let Some(process) = &state.process {
            process.signal(Signal::CONT);
        }
        let changed = !state.extra.is_empty();
        let started = match changed {
            true => slot.start(&mut state, &[]).await,
            false => slot.revive(&mut state).await,
        };
        if let Err(error) = started {
            arena.trouble("NO_RECOVERY", slot.label.clone(), format!("{error:#}"));
        }
    }
    let began = Instant::now();
    let mut healed = Healed::default();
    let need = Need::nth(arena.seed, number);
    let key = Key {
        conversation: need.conversation.clone(),
        second: false,
    };
    loop {
        let outcome = load::ask(arena, &need, &need.body, Duration::from_secs(3)).await;
        let done = matches!(outcome, Outcome::Ok(_));
        arena.client().note(&key, outcome);
        if done || began.elapsed() > DRAIN {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    healed.operations = began.elapsed();
    if healed.operations > OPERATIONS {
        arena.trouble(
            "SLOW",
            format!("{:?}", healed.operations),
            "operations within 10 s of healing",
        );
    }
    healed.drain = until(began, 2 * DRAIN, async || outbox(&arena.books).await).await;
    if healed.drain > DRAIN {
        let left = outbox(&arena.books).await.unwrap_or(-1);
        arena.trouble(
            "SLOW",
            format!("{:?}, {left} left", healed.drain),
            "the outbox drains within 60 s",
        );
    }
    progress(format!(
        "healed: operations after {:?}, outbox drained after {:?}",
        healed.operations, healed.drain
    ));
    healed
}

/// Gives ambiguous sends the time in which carriers tell: a minute for messages, half an hour for
/// Mailgun's events, by notification's clock alone. Before and after, whatever people answered is
/// waited for: ledgers are compared while nothing moves.
pub async fn settle(arena: &Arc<Arena>) {
    let took = quiet(arena).await;
    progress(format!("quiet after {took:?}"));
    let base = arena.books.offset();
    for minutes in [2, 11, 22, 34, 36, 60] {
        let clock = set_clock(&arena.books.notification, base + minutes * 60).await;
        if let Err(error) = clock {
            progress(format!("notification's clock cannot be moved: {error}"));
        }
        let began = Instant::now();
        let took = until(began, SETTLE, async || moving(&arena.books).await).await;
        progress(format!("settled at +{minutes} min after {took:?}"));
    }
    let took = quiet(arena).await;
    progress(format!("quiet after {took:?}"));
    let left = unsettled(&arena.books).await.unwrap_or(-1);
    if left != 0 {
        progress(format!("{left} leads and deliveries still move"));
    }
}

/// Waits until for some seconds nobody is about to answer and nothing is due.
async fn quiet(arena: &Arc<Arena>) -> Duration {
    let began = Instant::now();
    let mut since = began;
    while began.elapsed() < 2 * SETTLE && since.elapsed() < QUIET {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let answering = arena.answering.load(Ordering::SeqCst);
        if answering > 0 || !matches!(moving(&arena.books).await, Ok(0)) {
            since = Instant::now();
        }
    }
    began.elapsed()
}

/// Waits until a count is 0.
async fn until(
    began: Instant,
    limit: Duration,
    count: impl AsyncFn() -> Result<i64, StoreError>,
) -> Duration {
    while began.elapsed() < limit {
        if matches!(count().await, Ok(0)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    began.elapsed()
}

/// Deliveries that wait to be sent. A telephone that was off is left alone for a while, by the fact
/// sheet, whatever else is well.
async fn outbox(books: &Books) -> Result<i64, StoreError> {
    let mut db = books.notification.read().await?;
    Ok(on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM deliveries
          WHERE task = 'send' AND NOT (state = 'queued' AND reason = 'TWILIO_30003')")
        .fetch_one(c).await?))
}

/// Deliveries and leads that somebody will work on within the next second, by their own clocks.
/// What is due later is waited for by moving the clock.
async fn moving(books: &Books) -> Result<i64, StoreError> {
    let mut db = books.notification.read().await?;
    let open: i64 = on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM deliveries WHERE state IN ('queued', 'sending')
            AND due_us <= (SELECT us FROM clock)").fetch_one(c).await?);
    let mut db = books.lead.read().await?;
    let between: i64 = on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM lead WHERE due_us <= (SELECT us FROM clock) + 1000000
            AND (NOT settled OR (verified AND NOT operator_owned
                                 AND state IN ('pending', 'assigned', 'releasing')))")
        .fetch_one(c).await?);
    Ok(open + between)
}

/// Deliveries whose outcome is open, leads between two owners, ends that the roster has not heard of.
async fn unsettled(books: &Books) -> Result<i64, StoreError> {
    let mut db = books.notification.read().await?;
    let open: i64 = on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM deliveries WHERE state IN ('queued', 'sending')").fetch_one(c).await?);
    let mut db = books.lead.read().await?;
    let between: i64 = on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM lead WHERE NOT settled OR (verified AND NOT operator_owned
           AND state IN ('pending', 'assigned', 'releasing'))").fetch_one(c).await?);
    Ok(open + between)
}
