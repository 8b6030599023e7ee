//! The saga resumes from the database alone, at whatever step it was dropped.

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use lead_service::crash::DISPATCH as POINTS;
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::harness::{World, settings};

/// Arms a point, lets a tool call run into it, and returns the lead's id.
pub(crate) async fn run_into(
    world: &mut World,
    n: u32,
    point: &'static str,
    action: Action,
) -> String {
    let before = world.points.fired(point);
    world.points.arm(point, action);
    let mut client = world.client.clone();
    let asked = chassis::run::spawn(async move {
        let _ = client.dispatch_lead(tool_call(n)).await;
    });
    let points = world.points.clone();
    eventually(Duration::from_secs(10), async || {
        (points.fired(point) > before).then_some(())
    })
    .await;
    asked.abort();
    let request = wire::ListLeadsRequest {
        conversation_id: format!("conv_{n}"),
        ..Default::default()
    };
    let listed = world
        .client
        .list_leads(request)
        .await
        .unwrap()
        .into_inner()
        .leads;
    assert_eq!(listed.len(), 1, "{point}: committed before anything else");
    listed[0].lead_id.clone()
}

async fn ends_notified_once(world: &mut World, lead_id: &str, point: &str) {
    world.reaches(lead_id, wire::LeadState::Notified).await;
    let told = world.notification.told(&format!("lead:{lead_id}"));
    assert_eq!(told.len(), 1, "{point}: told once");
    let owners = world
        .roster
        .asked()
        .iter()
        .filter(|a| a.lead_id == lead_id)
        .count();
    assert!((1..=2).contains(&owners), "{point}: asked {owners} times");
    let events = world.events(lead_id).await;
    assert_eq!(events, ["stored", "assigned", "notified"], "{point}");
}

on_both! {
    async fn resumes_after_every_step(db: TestDb) {
        let mut world = World::start(db).await;
        for (n, point) in (1..).zip(POINTS) {
            let lead_id = run_into(&mut world, n, point, Action::Hang).await;
            world.restart().await;
            ends_notified_once(&mut world, &lead_id, point).await;
            let answer = world.dispatch(tool_call(n)).await;
            assert!(answer.ok && answer.lead_id == lead_id, "{point}");
        }
        assert_eq!(world.roster.owners(), POINTS.len());
    }

    async fn an_unmatched_lead_resumes_after_every_step(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let mut waiting = Vec::new();
        // From before the roster is asked to after people are told.
        for (n, point) in (1..).zip(&POINTS[1..5]) {
            let lead_id = run_into(&mut world, n, point, Action::Hang).await;
            world.restart().await;
            eventually(Duration::from_secs(15), async || {
                let events = world.events(&lead_id).await;
                (events == ["stored", "unmatched", "told"]).then_some(())
            })
            .await;
            assert_eq!(world.notification.told(&format!("lead:{lead_id}")).len(), 1, "{point}");
            waiting.push(lead_id);
        }
        world.roster.set_capacity(waiting.len());
        world.pass_time(Duration::from_secs(1800)).await;
        for lead_id in waiting {
            world.reaches(&lead_id, wire::LeadState::Notified).await;
            assert_eq!(world.notification.told(&format!("lead:{lead_id}")).len(), 2);
        }
        assert_eq!(world.roster.owners(), 4);
    }

    async fn every_step_may_run_twice(db: TestDb) {
        let mut world = World::start(db).await;
        for (n, point) in (1..).zip(POINTS) {
            // The step is slower than its lease, so another one does it meanwhile.
            let slow = Action::Sleep(Duration::from_millis(900));
            let lead_id = run_into(&mut world, n, point, slow).await;
            ends_notified_once(&mut world, &lead_id, point).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            ends_notified_once(&mut world, &lead_id, point).await;
        }
    }

    async fn an_error_or_a_panic_at_any_step_only_delays(db: TestDb) {
        let mut world = World::start(db).await;
        for (n, point) in (1..).zip(POINTS) {
            for (more, action) in [(0, Action::Error), (50, Action::Panic)] {
                let lead_id = run_into(&mut world, n + more, point, action).await;
                ends_notified_once(&mut world, &lead_id, point).await;
            }
        }
    }

    async fn what_does_not_finish_in_the_budget_is_noted_and_finished_by_the_worker(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(200),
            ..settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.roster.fail(4);
        let started = std::time::Instant::now();
        let answer = world.dispatch(tool_call(1)).await;
        assert!(started.elapsed() < Duration::from_secs(2));
        assert!(answer.ok && answer.say.contains("noté"), "{}", answer.say);
        world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
        assert_eq!(world.dispatch(tool_call(1)).await, answer);
    }

    async fn a_step_that_keeps_failing_alarms_the_operator_and_stays_due_i8(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(50),
            ..settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.roster.fail(10_000);
        let answer = world.dispatch(tool_call(1)).await;
        world.tells(&format!("alarm:LEAD_STUCK:{}:", answer.lead_id)).await;
        let lead = world.lead(&answer.lead_id).await;
        assert!(lead.due_time.is_some());
        world.roster.heal();
        world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
        assert_eq!(world.notification.told("alarm:LEAD_STUCK:").len(), 1);
    }

    async fn while_messages_cannot_be_planned_the_lead_stays_with_its_provider(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(50),
            ..settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.notification.fail(10_000);
        let answer = world.dispatch(tool_call(1)).await;
        world.reaches(&answer.lead_id, wire::LeadState::Assigned).await;
        world.restart().await;
        world.notification.heal();
        world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
        assert_eq!(world.roster.owners(), 1);
    }

    async fn a_closed_attempt_is_followed_by_the_next_one(db: TestDb) {
        let mut world = World::start(db).await;
        let mut unproven = tool_call(1);
        unproven.call_token.clear();
        let lead_id = world.dispatch(unproven).await.lead_id;
        world.roster.close_attempt(&lead_id, 1);
        world.dispatch(tool_call(1)).await;
        let lead = world.reaches(&lead_id, wire::LeadState::Notified).await;
        assert_eq!(lead.attempt, 2);
        assert_eq!(world.notification.keys(), [format!("lead:{lead_id}:2")]);
    }

    async fn an_assignment_that_stands_already_is_the_answer_i4(db: TestDb) {
        let mut world = World::start(db).await;
        let mut unproven = tool_call(1);
        unproven.call_token.clear();
        let lead_id = world.dispatch(unproven).await.lead_id;
        // As after a restored database: the roster remembers more than we do.
        world.roster.stands(&lead_id, 3);
        world.dispatch(tool_call(1)).await;
        let lead = world.reaches(&lead_id, wire::LeadState::Notified).await;
        assert_eq!(lead.attempt, 3);
        assert_eq!(world.roster.owners(), 1);
    }
}
