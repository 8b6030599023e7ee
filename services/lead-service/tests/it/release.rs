//! The release of an offer: in its order, resumed at every point, and never twice (D8, I8).

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use contracts::roster::v1::AssignmentState;
use test_support::{TestDb, eventually, on_both};
use tonic::Code;

use crate::calls::{refusal, tool_call};
use crate::fake_roster::{PROVIDER, SECOND, THIRD};
use crate::harness::World;
use crate::verbs::{LINK, won};

const RELEASE: [&str; 3] = [
    "lead.before_release",
    "lead.after_cancel",
    "lead.after_release",
];

async fn fires(world: &World, point: &'static str, before: usize) {
    let points = world.points.clone();
    eventually(Duration::from_secs(10), async || {
        (points.fired(point) > before).then_some(())
    })
    .await;
}

fn actions() -> [Action; 4] {
    [
        Action::Error,
        Action::Panic,
        Action::Hang,
        Action::Sleep(Duration::from_millis(900)),
    ]
}

on_both! {
    async fn messages_are_taken_back_before_the_roster_lets_go_and_both_before_the_next_is_asked(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.notification.sends_meanwhile(3);
        world.decline(&id, 1, LINK).await.unwrap();
        world.is_offered(&id, 2).await;
        let taken_back = world.notification.cancelled();
        for suffix in ["", ":reminder", ":confirmed", ":result"] {
            assert!(taken_back.contains(&format!("lead:{id}:1{suffix}")), "{taken_back:?}");
        }
        let offers = taken_back.iter().filter(|key| **key == format!("lead:{id}:1")).count();
        assert!(offers >= 2, "asked again until none was being sent: {taken_back:?}");
        let kinds = world.events(&id).await;
        let tail: Vec<_> = kinds.iter().map(String::as_str).skip(3).collect();
        assert_eq!(tail, ["declined", "released", "assigned", "notified"]);
        assert!(world.notification.told("alarm:").is_empty(), "waiting is no failure");
    }

    async fn a_release_resumes_at_every_point_whatever_happens_there(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let mut n = 0;
        for point in RELEASE {
            for action in actions() {
                n += 1;
                // Each a customer of its own, who has no provider from before (D13).
                let mut call = tool_call(n);
                call.phone = format!("079 100 10 {n:02}");
                let id = world.dispatch(call).await.lead_id;
                let before = world.points.fired(point);
                world.points.arm(point, action);
                world.decline(&id, 1, LINK).await.unwrap();
                fires(&world, point, before).await;
                if action == Action::Hang {
                    world.restart().await;
                }
                let lead = world.is_offered(&id, 2).await;
                assert_eq!(lead.provider_id, SECOND, "{point} {action:?}");
                assert_eq!(world.roster.holder(&id).unwrap().attempt, 2);
                let told = world.notification.told(&format!("lead:{id}:1:released"));
                assert_eq!(told.len(), 1, "{point} {action:?}: told once");
                let released = world.events(&id).await.into_iter().filter(|kind| kind == "released");
                assert_eq!(released.count(), 1, "{point} {action:?}");
            }
        }
    }

    async fn a_cancel_resumes_at_every_point_whatever_happens_there(db: TestDb) {
        let mut world = World::start(db).await;
        let mut n = 0;
        for point in RELEASE {
            for action in actions() {
                n += 1;
                let id = world.dispatch(tool_call(n)).await.lead_id;
                let before = world.points.fired(point);
                world.points.arm(point, action);
                world.cancel(&id).await.unwrap();
                fires(&world, point, before).await;
                if action == Action::Hang {
                    world.restart().await;
                }
                world.logs(&id, "released").await;
                assert!(world.roster.holder(&id).is_none(), "{point} {action:?}");
                let lead = world.lead(&id).await;
                assert_eq!((lead.state(), lead.due_time), (wire::LeadState::Cancelled, None));
            }
        }
    }

    async fn a_confirmation_resumes_whatever_happens_after_the_roster_heard_of_it(db: TestDb) {
        let mut world = World::start(db).await;
        for (n, action) in (1..).zip(actions()) {
            let id = world.dispatch(tool_call(n)).await.lead_id;
            let before = world.points.fired("lead.after_confirm");
            world.points.arm("lead.after_confirm", action);
            world.confirm(&id, 1, LINK).await.unwrap();
            fires(&world, "lead.after_confirm", before).await;
            if action == Action::Hang {
                world.restart().await;
            }
            world.logs(&id, "settled").await;
            assert_eq!(world.roster.holder(&id).unwrap().state, AssignmentState::Confirmed);
            assert_eq!(world.notification.told(&format!("lead:{id}:1:confirmed")).len(), 1);
        }
    }

    async fn while_roster_and_messages_are_away_what_was_decided_stands_and_goes_on(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let ids: Vec<String> = {
            let mut ids = Vec::new();
            for n in 1..=3 {
                ids.push(world.dispatch(tool_call(n)).await.lead_id);
            }
            ids
        };
        world.roster.fail(10_000);
        world.notification.fail(10_000);
        world.confirm(&ids[0], 1, LINK).await.unwrap();
        world.decline(&ids[1], 1, LINK).await.unwrap();
        world.cancel(&ids[2]).await.unwrap();
        // The result overtakes the roster's word of the confirmation.
        world.close(&ids[0], 1, won(100)).await.unwrap();
        world.restart().await;
        assert_eq!(world.lead(&ids[1]).await.state(), wire::LeadState::Releasing);
        world.roster.heal();
        world.notification.heal();
        world.is_offered(&ids[1], 2).await;
        world.logs(&ids[2], "released").await;
        world.logs(&ids[0], "settled").await;
        assert_eq!(world.roster.holder(&ids[0]).unwrap().state, AssignmentState::Completed);
        assert!(world.roster.holder(&ids[2]).is_none());
    }

    async fn everybody_who_had_it_is_left_out_d8(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        world.roster.add(THIRD);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        for (attempt, provider) in [(1, PROVIDER), (2, SECOND), (3, THIRD)] {
            assert_eq!(world.is_offered(&id, attempt).await.provider_id, provider);
            world.decline(&id, attempt, LINK).await.unwrap();
        }
        world.tells(&format!("lead:{id}:unmatched:4")).await;
        let lead = world.reaches(&id, wire::LeadState::Unmatched).await;
        assert_eq!(lead.provider_id, "");
        let mut excluded = world.roster.asked().last().unwrap().excluded_provider_ids.clone();
        excluded.sort();
        assert_eq!(excluded, [PROVIDER, SECOND, THIRD]);
        let open = "SELECT COUNT(*) FROM lead_attempt WHERE state <> 'released'";
        assert_eq!(world.count(open).await, 0);
    }

    async fn a_cancel_that_overtakes_a_delayed_assign_leaves_no_reservation_behind(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(100),
            ..crate::harness::settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.roster.set_delay(Duration::from_millis(800));
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.cancel(&id).await.unwrap();
        world.logs(&id, "released").await;
        let roster = world.roster.clone();
        eventually(Duration::from_secs(10), async || (!roster.asked().is_empty()).then_some(())).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(world.roster.holder(&id).is_none(), "the attempt was closed before it was asked for");
        assert_eq!(world.lead(&id).await.state(), wire::LeadState::Cancelled);
        assert!(world.notification.told(&format!("lead:{id}:1")).is_empty());
    }
}

/// Until so many wait for a row: whoever moves the lead first holds it, and waits for its attempt.
async fn waiting(world: &World, count: i64) {
    eventually(Duration::from_secs(5), async || {
        let waiting = world
            .count(
                "SELECT COUNT(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .await;
        (waiting >= count).then_some(())
    })
    .await;
}

/// The provider's answer and the end of its time at the same moment: exactly one wins. SQLite has
/// one writer, so there the two cannot meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_and_the_deadline_at_the_same_moment_have_one_winner() {
    use chassis::db::{self, StoreError};
    use chassis::{on, run};
    use tokio::sync::oneshot;
    for answer_first in [true, false] {
        let mut world = World::start(TestDb::postgres().await).await;
        world.roster.add(SECOND);
        world.notification.carriers_accept();
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.logs(&id, "reached").await;
        let store = world.store.clone();
        let (began, begun) = oneshot::channel();
        let (end, ended) = oneshot::channel::<()>();
        let holder = run::spawn(db::unit(async move {
            let mut tx = store.begin().await?;
            on!(tx, c => sqlx::query("SELECT lead_id FROM lead_attempt FOR UPDATE").fetch_all(c).await?.len());
            began.send(()).unwrap();
            ended.await.unwrap();
            tx.commit().await?;
            Ok::<_, StoreError>(())
        }));
        begun.await.unwrap();
        let mut client = world.client.clone();
        let request = wire::ConfirmLeadRequest {
            lead_id: id.clone(),
            attempt: 1,
            actor: LINK.to_owned(),
            cause: String::new(),
        };
        let ask = async move { client.confirm_lead(request).await };
        let answer = if answer_first {
            let answer = run::spawn(ask);
            waiting(&world, 1).await;
            world.pass_time(Duration::from_secs(601)).await;
            waiting(&world, 1).await;
            answer
        } else {
            world.pass_time(Duration::from_secs(601)).await;
            waiting(&world, 1).await;
            let answer = run::spawn(ask);
            waiting(&world, 2).await;
            answer
        };
        end.send(()).unwrap();
        holder.await.unwrap().unwrap();
        let answered = answer.await.unwrap();
        if answer_first {
            assert!(answered.unwrap().into_inner().changed);
            world.logs(&id, "settled").await;
            assert_eq!(world.lead(&id).await.state(), wire::LeadState::Confirmed);
            assert_eq!(world.roster.holder(&id).unwrap().provider, PROVIDER);
        } else {
            let status = answered.unwrap_err();
            assert_eq!(
                refusal(&status),
                (Code::FailedPrecondition, "OFFER_OVER".to_owned())
            );
            assert_eq!(world.is_offered(&id, 2).await.provider_id, SECOND);
        }
        let attempts = world
            .count("SELECT COUNT(*) FROM lead_attempt WHERE state <> 'released'")
            .await;
        assert_eq!(attempts, 1, "one owner");
    }
}
