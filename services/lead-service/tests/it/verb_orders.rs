//! Verbs, outcomes and faults in whatever order: every move is one of D6, never two open attempts,
//! nobody in limbo, and the roster's books agree with ours in the end.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::DeliveryState;
use contracts::roster::v1::AssignmentState;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use test_support::{eventually, on_both};
use tonic::Code;

use crate::calls::{refusal, tool_call};
use crate::fake_roster::{PROVIDER, SECOND, THIRD};
use crate::harness::World;
use crate::orders::check;
use crate::verbs::{LINK, OPERATOR, lost, won};

#[derive(Debug, Clone)]
enum Step {
    Dispatch,
    Confirm(i32),
    Decline(i32),
    Offer(usize),
    Close(i32, bool),
    Cancel,
    Retry,
    Outcome(usize, bool),
    Capacity(usize),
    RosterFails(usize),
    NotificationFails(usize),
    Sending(usize),
    Time(u64),
    Restart,
}

const OUTCOMES: [(DeliveryState, &str, &str); 6] = [
    (DeliveryState::Accepted, "", ""),
    (DeliveryState::Delivered, "", ""),
    (DeliveryState::Failed, "address", "TWILIO_21211"),
    (DeliveryState::Dead, "config", "TWILIO_63016"),
    (DeliveryState::Failed, "opted_out", "TWILIO_21610"),
    (DeliveryState::Unknown, "ambiguous", "TIMEOUT"),
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Dispatch),
        3 => (0..3i32).prop_map(Step::Confirm),
        3 => (0..3i32).prop_map(Step::Decline),
        2 => (0..3usize).prop_map(Step::Offer),
        2 => (0..3i32, any::<bool>()).prop_map(|(attempt, won)| Step::Close(attempt, won)),
        1 => Just(Step::Cancel),
        2 => Just(Step::Retry),
        3 => (0..6usize, any::<bool>()).prop_map(|(what, mail)| Step::Outcome(what, mail)),
        1 => (0..4usize).prop_map(Step::Capacity),
        1 => (1..3usize).prop_map(Step::RosterFails),
        1 => (1..3usize).prop_map(Step::NotificationFails),
        1 => (1..3usize).prop_map(Step::Sending),
        2 => prop_oneof![Just(61), Just(301), Just(601), Just(1800)].prop_map(Step::Time),
        1 => Just(Step::Restart),
    ]
}

/// A refusal is an answer; what is under way or away may be asked again.
fn expected(outcome: Result<(), tonic::Status>) {
    if let Err(status) = outcome {
        let (code, reason) = refusal(&status);
        let known = match code {
            Code::FailedPrecondition => {
                matches!(
                    reason.as_str(),
                    "ILLEGAL_MOVE" | "OFFER_OVER" | "PROVIDER_UNAVAILABLE"
                )
            }
            Code::NotFound => reason == "UNKNOWN_OFFER",
            code => matches!(code, Code::Unavailable | Code::Aborted),
        };
        assert!(known, "{status}");
    }
}

fn actor(attempt: i32) -> &'static str {
    if attempt == 0 { OPERATOR } else { LINK }
}

async fn run(world: &mut World, n: u32, step: Step) {
    let id = chassis::ids::derive("lead", &[&format!("conversation:conv_{n}")]).to_string();
    let known = world.lead_if_any(&id).await.is_some();
    match step {
        Step::Dispatch => {
            assert!(world.dispatch(tool_call(n)).await.ok);
        }
        Step::Capacity(free) => world.roster.set_capacity(free),
        Step::RosterFails(times) => world.roster.fail(times),
        Step::NotificationFails(times) => world.notification.fail(times),
        Step::Sending(times) => world.notification.sends_meanwhile(times),
        Step::Time(seconds) => world.pass_time(Duration::from_secs(seconds)).await,
        Step::Restart => world.restart().await,
        _ if !known => {}
        Step::Confirm(attempt) => {
            expected(
                world
                    .confirm(&id, attempt, actor(attempt))
                    .await
                    .map(|_| ()),
            );
        }
        Step::Decline(attempt) => {
            expected(
                world
                    .decline(&id, attempt, actor(attempt))
                    .await
                    .map(|_| ()),
            );
        }
        Step::Offer(which) => {
            let provider = [PROVIDER, SECOND, THIRD][which];
            expected(world.offer(&id, provider).await.map(|_| ()));
        }
        Step::Close(attempt, as_won) => {
            let result = if as_won { won(100) } else { lost("no") };
            expected(world.close(&id, attempt, result).await.map(|_| ()));
        }
        Step::Cancel => expected(world.cancel(&id).await.map(|_| ())),
        Step::Retry => expected(world.retry(&id).await.map(|_| ())),
        Step::Outcome(what, mail) if mail => world.email(&id, OUTCOMES[what]),
        Step::Outcome(what, _) => world.whatsapp(&id, OUTCOMES[what]),
    }
}

on_both! {
    async fn any_order_of_verbs_outcomes_and_faults_keeps_every_promise(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(100),
            settle_pause: Duration::from_millis(20),
            ..crate::harness::settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.roster.add(SECOND);
        world.roster.add(THIRD);
        world.roster.pays_as_usual();
        let mut runner = TestRunner::deterministic();
        let orders = proptest::collection::vec((0..3u32, step()), 12..24);
        for round in 0..10 {
            let order = orders.new_tree(&mut runner).unwrap().current();
            for (conversation, step) in order {
                run(&mut world, round * 10 + conversation, step).await;
            }
            check(&mut world).await;
        }
        world.roster.heal();
        world.notification.heal();
        world.notification.sends_meanwhile(0);
        world.roster.set_capacity(1000);
        world.pass_time(Duration::from_secs(1)).await;
        let store = world.store.clone();
        eventually(Duration::from_secs(30), async || {
            let mut tx = store.read().await.ok()?;
            let left: i64 = left_over(&mut tx).await.ok()?;
            (left == 0).then_some(())
        })
        .await;
        check(&mut world).await;
        // Whatever was confirmed, taken back, closed and cancelled in whatever order: each charge and
        // each credit stands in the books once, and nothing else does.
        let books = world.check_books().await;
        assert_eq!(books.findings, []);
        assert!(books.transfers > 0 && books.income_lines > 0, "something was booked");
        let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM lead_attempt WHERE state <> 'released'
            GROUP BY lead_id HAVING COUNT(*) > 1) AS twice";
        assert_eq!(world.count(twice).await, 0, "one open attempt (I4)");
        for lead in world.leads().await {
            let held = world.roster.holder(&lead.lead_id);
            let owner = held.as_ref().map_or("", |held| held.provider.as_str());
            assert_eq!(owner, lead.provider_id, "{:?} {:?}", lead.state(), world.events(&lead.lead_id).await);
            let state = held.map(|held| held.state);
            match lead.state() {
                wire::LeadState::Confirmed => assert_eq!(state, Some(AssignmentState::Confirmed)),
                wire::LeadState::Won | wire::LeadState::Lost => {
                    assert_eq!(state, Some(AssignmentState::Completed));
                }
                wire::LeadState::Cancelled => assert_eq!(state, None),
                _ => {}
            }
        }
    }
}

/// Leads with a step due now: nothing is left over once it is 0.
async fn left_over(tx: &mut chassis::db::Tx) -> Result<i64, chassis::db::StoreError> {
    Ok(chassis::on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM lead WHERE due_us <= (SELECT us FROM clock) + 500000")
        .fetch_one(c).await?))
}
