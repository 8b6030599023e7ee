//! R40, I4, I5 and I6 under contention: 1,000 leads from 64 clients against exactly as many slots.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::on;
use test_support::{TestDb, eventually, on_both};
use tokio::sync::oneshot;

use crate::harness::{RosterTest, lead, owner, wanted, with_capacity};

const LEADS: usize = 1000;
const CLIENTS: usize = 64;

/// Sends the leads and returns how many found nobody. Every call must be answered.
async fn unmatched(roster: &RosterTest) -> usize {
    let next = AtomicUsize::new(0);
    let client = async || {
        let mut unmatched = 0;
        while next.fetch_add(1, Ordering::Relaxed) < LEADS {
            let answer = roster.insist(&wanted(lead(), 1)).await;
            unmatched += usize::from(owner(&answer).is_none());
        }
        unmatched
    };
    let found = futures::future::join_all((0..CLIENTS).map(|_| client())).await;
    found.into_iter().sum()
}

async fn layout(db: TestDb, providers: usize, capacity: i32, missing: usize) {
    let roster = RosterTest::start(db).await;
    for n in 0..providers {
        let short = if n == 0 {
            i32::try_from(missing).unwrap()
        } else {
            0
        };
        roster
            .put(with_capacity(&format!("p{n:04}"), capacity - short))
            .await;
    }
    assert_eq!(
        unmatched(&roster).await,
        missing,
        "false refusals or overselling (I6, I5)"
    );
    let made = i64::try_from(LEADS - missing).unwrap();
    assert_eq!(roster.count("SELECT count(*) FROM assignment").await, made);
    assert_eq!(
        roster
            .count("SELECT count(*) FROM provider WHERE held <> capacity")
            .await,
        0
    );
    roster.assert_books_balance().await;
}

/// Holds the provider's row in a transaction of its own: the sender lets go, the receiver is told
/// when it is held.
fn hold_provider(roster: &RosterTest) -> (oneshot::Sender<()>, oneshot::Receiver<()>) {
    let (let_go, told_to) = oneshot::channel();
    let (tell, held) = oneshot::channel();
    let db = roster.db.clone();
    chassis::run::spawn(db::unit(async move {
        let mut tx = db.begin().await?;
        on!(tx, c => sqlx::query("UPDATE provider SET change_time = change_time")
            .execute(c).await?.rows_affected());
        tell.send(()).expect("the test waits");
        told_to.await.expect("the test lets go");
        tx.commit().await?;
        Ok::<_, StoreError>(())
    }));
    (let_go, held)
}

/// Whether somebody stands in line for the row that is held. On SQLite, whose line cannot be seen, a while is enough.
async fn somebody_waits(roster: &RosterTest) -> bool {
    if !roster.db.is_postgres() {
        tokio::time::sleep(Duration::from_millis(300)).await;
        return true;
    }
    // In line behind that very transaction: rounds of one lead also wait for each other.
    let waiting = "SELECT count(*)
          FROM pg_stat_activity w JOIN pg_stat_activity h ON h.pid = ANY (pg_blocking_pids(w.pid))
         WHERE w.datname = current_database() AND h.query LIKE 'UPDATE provider SET change_time%'";
    roster.count(waiting).await > 0
}

on_both! {
    /// I6: whoever moves the provider is waited for. A claim that skips a locked row answers before
    /// the row is free, whichever refusal it then finds.
    async fn a_lead_waits_for_whoever_holds_the_provider_and_then_gets_it(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("rhone", 1)).await;
        let (let_go, held) = hold_provider(&roster);
        held.await.unwrap();
        let mut ask = std::pin::pin!(roster.ask(wanted(lead(), 1)));
        let in_line = eventually(Duration::from_secs(30), async || {
            somebody_waits(&roster).await.then_some(())
        });
        tokio::select! {
            answer = &mut ask => panic!("answered while the provider was held (I6): {answer:?}"),
            () = in_line => {}
        }
        let_go.send(()).unwrap();
        assert_eq!(owner(&ask.await.unwrap()).as_deref(), Some("rhone"));
    }

    async fn a_thousand_providers_with_one_slot_each(db: TestDb) {
        layout(db, 1000, 1, 0).await;
    }

    async fn a_hundred_providers_with_ten_slots_each(db: TestDb) {
        layout(db, 100, 10, 0).await;
    }

    async fn ten_providers_with_a_hundred_slots_each(db: TestDb) {
        layout(db, 10, 100, 0).await;
    }

    async fn one_provider_with_a_thousand_slots(db: TestDb) {
        layout(db, 1, 1000, 0).await;
    }

    async fn with_one_slot_too_few_exactly_one_lead_is_unmatched(db: TestDb) {
        layout(db, 10, 100, 1).await;
    }

    /// D3 stays exact under contention: equal providers end with equal loads.
    async fn equal_providers_share_leads_evenly_at_every_moment(db: TestDb) {
        let roster = RosterTest::start(db).await;
        for n in 0..10 {
            roster.put(with_capacity(&format!("p{n}"), 50)).await;
        }
        let asks = (0..100).map(|_| roster.assign(lead(), 1));
        futures::future::join_all(asks).await;
        assert_eq!(roster.count("SELECT count(*) FROM provider WHERE held <> 10").await, 0);
    }

    /// Slots that come and go while others look: whoever is refused was refused rightly.
    async fn nobody_is_refused_while_slots_turn_over(db: TestDb) {
        let roster = RosterTest::start(db).await;
        for n in 0..4 {
            roster.put(with_capacity(&format!("p{n}"), 8)).await;
        }
        // 32 slots, 24 clients that hold one lead at a time: a slot is always free.
        let clients = (0..24).map(async |_| {
            for _ in 0..10 {
                let lead = lead();
                assert!(owner(&roster.assign(lead, 1).await).is_some(), "false refusal (I6)");
                roster.release(lead, 1).await.unwrap();
            }
        });
        futures::future::join_all(clients).await;
        assert_eq!(roster.count("SELECT count(*) FROM provider WHERE held <> 0").await, 0);
        roster.assert_books_balance().await;
    }
}
