//! Dispatch rates: a fall raises a flag (B13), silence another (R68), and a release of the machine's
//! that lowers the rate is taken back (B5).

use chassis::db::{self, Db, StoreError};
use chassis::{clock, on};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::quality::v1 as quality;
use quality_service::domain::flag::Kind;
use test_support::on_both;

use crate::prompting_world::{AGENT, Mending, PROMPT};

/// Real calls of the agent under a configuration, one second apart.
async fn calls(db: &Db, hash: &str, from: DateTime<Utc>, dispatched: &[bool]) {
    let (db, hash, dispatched) = (db.clone(), hash.to_owned(), dispatched.to_vec());
    let done: Result<(), StoreError> = db::unit(async move {
        let mut tx = db.begin().await?;
        let scan = uuid::Uuid::nil();
        on!(tx, c => sqlx::query(
            "INSERT INTO scan (scan_id, slot, slot_time, is_recovery, state, asked_by, start_time,
                    end_time, failures)
             VALUES ($1, 'slot', $2, FALSE, 'good', 'test', $2, $2, $3) ON CONFLICT DO NOTHING")
            .bind(scan).bind(from).bind(serde_json::json!([])).execute(c).await?.rows_affected());
        for (index, dispatched) in dispatched.into_iter().enumerate() {
            let time = from + TimeDelta::milliseconds(i64::try_from(index).unwrap());
            let id = format!("conv_{}", time.timestamp_micros());
            on!(tx, c => sqlx::query(
                "INSERT INTO conversation (conversation_id, call_sid, site_id, status, tell_time, summary)
                 VALUES ($1, '', '', 'done', $2, 'not_due')")
                .bind(&id).bind(time).execute(c).await?.rows_affected());
            on!(tx, c => sqlx::query(
                "INSERT INTO verdict (conversation_id, rules_version, scan_id, class, dispatched, broken,
                        agent_name, configuration_hash, start_time, judge_time)
                 VALUES ($1, '1', $2, 'real', $3, $4, $5, $6, $7, $7)")
                .bind(&id).bind(scan).bind(dispatched).bind(serde_json::json!([])).bind(AGENT)
                .bind(&hash).bind(time).execute(c).await?.rows_affected());
        }
        tx.commit().await
    })
    .await;
    done.unwrap();
}

fn mostly(count: usize) -> Vec<bool> {
    (0..count).map(|index| index % 10 != 9).collect()
}

on_both! {
    async fn a_falling_rate_is_found_once_and_shown_b13(db: TestDb) {
        let mending = Mending::new(&db).await;
        let hash = mending.vendor().agent.released_hash.clone();
        let start = clock::now() - TimeDelta::hours(5);
        calls(&mending.db, &hash, start, &mostly(50)).await;
        assert!(mending.prompts.check_rates().await.unwrap().is_empty());
        let later = start + TimeDelta::hours(1);
        let falling = [false, false, true, false, false, false, false, true];
        calls(&mending.db, &hash, later, &falling).await;
        let found = mending.prompts.check_rates().await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, found[0].agent_name.as_str()), (Kind::DispatchRate, AGENT));
        mending.prompts.raise(found).await.unwrap();
        assert!(mending.prompts.check_rates().await.unwrap().is_empty(), "told once");
        let rates = mending.prompts.rates().await.unwrap();
        assert_eq!((rates[0].real_calls, rates[0].dispatched_calls), (58, 47));
    }

    async fn an_agent_that_never_fires_its_tool_is_found_r68(db: TestDb) {
        let mending = Mending::new(&db).await;
        let hash = mending.vendor().agent.released_hash.clone();
        let start = clock::now() - TimeDelta::hours(5);
        calls(&mending.db, &hash, start, &[false, false]).await;
        assert!(mending.prompts.check_rates().await.unwrap().is_empty());
        calls(&mending.db, &hash, start + TimeDelta::hours(1), &[false]).await;
        let found = mending.prompts.check_rates().await.unwrap();
        assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [Kind::ToolSilent]);
    }

    async fn a_release_of_the_machines_that_lowers_the_rate_is_taken_back_in_one_step_b5(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        let before = mending.vendor().agent.released_hash.clone();
        calls(&mending.db, &before, clock::now() - TimeDelta::hours(5), &mostly(50)).await;
        let flag = mending.flag(Kind::AddressTold, "conv_1").await;
        mending.flag_when(flag, "resolved").await;
        let mended = mending.vendor().agent.released_hash.clone();
        assert_ne!(mended, before);
        calls(&mending.db, &mended, clock::now(), &[true, false, false, false, false]).await;
        mending.prompts.check_rates().await.unwrap();
        let taken = mending
            .revision_when(|found| found.state() == quality::RevisionState::RolledBack)
            .await;
        assert_eq!(taken.configuration_hash, mended);
        let live = mending
            .revision_when(|found| found.state() == quality::RevisionState::Live)
            .await;
        assert_eq!(live.configuration_hash, before);
        assert_eq!(mending.vendor().live, PROMPT);
        assert_eq!(mending.open(Kind::RolledBack).await, 1);
        mending.world.stop().await;
    }
}
