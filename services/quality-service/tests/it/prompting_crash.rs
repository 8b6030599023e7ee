//! A crash at any point of the mending: whoever comes next finishes it, once.

use chassis::crash::Action;
use contracts::quality::v1 as quality;
use quality_service::app::prompt::Prompts;
use quality_service::domain::flag::Kind;
use test_support::{eventually, on_both};

use crate::prompting_world::{AGENT, Mending, PROMPT};
use crate::world::PATIENCE;

on_both! {
    async fn a_candidate_that_breaks_while_it_is_made_is_finished_and_released_once(db: TestDb) {
        let mending = Mending::new(&db).await;
        for point in ["quality.before_propose", "quality.after_propose"] {
            let before = mending.vendor().releases.len();
            let flag = mending.flag(Kind::AddressTold, point).await;
            mending.world.config.crash_points.arm(point, Action::Error);
            let broken = async || {
                let _ = mending.prompts.step().await;
                (mending.world.config.crash_points.fired(point) == 1).then_some(())
            };
            eventually(PATIENCE, broken).await;
            // A process of its own: the first one died, the next one finds the rows.
            let next = Prompts::new(&mending.world.config, mending.db.clone()).unwrap();
            let healed = async || {
                while next.step().await.unwrap() {}
                Some(mending.flag_now(flag).await).filter(|flag| flag.0 == "resolved")
            };
            eventually(PATIENCE, healed).await;
            assert_eq!(mending.vendor().releases.len(), before + 1, "{point}");
        }
    }

    async fn a_release_that_breaks_is_noted_by_whoever_comes_next(db: TestDb) {
        // A rule for each: what was taken back is not made again.
        let rules = [Kind::AddressTold, Kind::BirthAsked];
        for (point, rule) in ["quality.before_release", "quality.after_release"].into_iter().zip(rules) {
            let mut mending = Mending::new(&db).await;
            let flag = mending.flag(rule, point).await;
            mending.world.config.crash_points.arm(point, Action::Error);
            mending.world.start().await;
            mending.flag_when(flag, "resolved").await;
            assert_eq!(mending.world.config.crash_points.fired(point), 1);
            // And back, broken at the same point: the intention stands, so that it is finished.
            mending.world.config.crash_points.arm(point, Action::Error);
            let rollback = quality::RollbackPromptRequest {
                agent_name: AGENT.to_owned(),
                actor: "operator:ana".to_owned(),
                cause: String::new(),
            };
            assert!(mending.rpc().rollback_prompt(rollback).await.is_err());
            mending.revision_when(|found| {
                found.state() == quality::RevisionState::Live && found.cause.starts_with("rolled back")
            }).await;
            assert_eq!(mending.vendor().live, PROMPT);
            mending.world.stop().await;
        }
    }
}
