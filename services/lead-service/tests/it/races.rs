//! A tool call and a step of the saga at the same moment.

use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::{on, run};
use contracts::lead::v1 as wire;
use test_support::{TestDb, eventually};
use tokio::sync::oneshot;

use crate::calls::tool_call;
use crate::harness::World;

/// SQLite has one writer, so there the two cannot meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_amendment_waits_for_a_step_and_both_stand_in_the_log() {
    let mut world = World::start(TestDb::postgres().await).await;
    let first = world.dispatch(tool_call(1)).await;
    let store = world.store.clone();
    let (began, begun) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let step = run::spawn(db::unit(async move {
        let mut tx = store.begin().await?;
        on!(tx, c => sqlx::query("UPDATE lead SET version = version + 1")
            .execute(c).await?.rows_affected());
        on!(tx, c => sqlx::query(
            "INSERT INTO lead_event (lead_id, number, event_time, kind, from_state, to_state,
                                     actor, cause, attributes)
             SELECT id, 4, create_time, 'step', state, state, 'dispatcher', 'a step',
                    CAST('{}' AS JSONB) FROM lead")
            .execute(c).await?.rows_affected());
        began.send(()).unwrap();
        ended.await.unwrap();
        tx.commit().await?;
        Ok::<_, StoreError>(())
    }));
    begun.await.unwrap();
    let mut client = world.client.clone();
    let amended = run::spawn(async move {
        let mut changed = tool_call(1);
        changed.phone = "078 765 43 21".to_owned();
        client.dispatch_lead(changed).await
    });
    // The step ends once the amendment waits for it.
    eventually(Duration::from_secs(5), async || {
        let waiting = world
            .count(
                "SELECT COUNT(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .await;
        (waiting > 0).then_some(())
    })
    .await;
    end.send(()).unwrap();
    step.await.unwrap().unwrap();
    let answer: wire::DispatchLeadResponse = amended.await.unwrap().unwrap().into_inner();
    assert_eq!(answer, first);
    let kinds = world.events(&first.lead_id).await;
    assert_eq!(kinds, ["stored", "assigned", "notified", "step", "amended"]);
}
