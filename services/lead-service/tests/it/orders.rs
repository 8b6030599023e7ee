//! Whatever comes in whatever order: every move is legal (D6), nobody is in limbo (I8), one owner.

use std::time::Duration;

use contracts::lead::v1 as wire;
use lead_service::domain::state::LeadState;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use test_support::on_both;

use crate::calls::{GENEVA_DID, tool_call};
use crate::harness::World;

#[derive(Debug, Clone)]
enum Step {
    Dispatch {
        service: usize,
        name: bool,
        place: usize,
        another: bool,
        token: bool,
    },
    Verify,
    Ended,
    Voicemail {
        known: bool,
    },
    Reply,
    Capacity(usize),
    Roster,
    RosterFails(usize),
    NotificationFails(usize),
    Time(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..4usize, any::<bool>(), 0..3usize, any::<bool>(), any::<bool>()).prop_map(
            |(service, name, place, another, token)| Step::Dispatch {
                service, name, place, another, token,
            }
        ),
        2 => Just(Step::Verify),
        2 => Just(Step::Ended),
        1 => any::<bool>().prop_map(|known| Step::Voicemail { known }),
        1 => Just(Step::Reply),
        2 => (0..3usize).prop_map(Step::Capacity),
        1 => Just(Step::Roster),
        1 => (1..3usize).prop_map(Step::RosterFails),
        1 => (1..3usize).prop_map(Step::NotificationFails),
        2 => prop_oneof![Just(121), Just(901), Just(1800)].prop_map(Step::Time),
        1 => Just(Step::Restart),
    ]
}

async fn run(world: &mut World, conversation: u32, step: Step) {
    let call = tool_call(conversation);
    match step {
        Step::Dispatch {
            service,
            name,
            place,
            another,
            token,
        } => {
            let mut call = call;
            call.service = ["plombier", "dentiste", "un avocat", ""][service].to_owned();
            call.location = ["Carouge", "Lugano", ""][place].to_owned();
            if !name {
                call.customer_name.clear();
            }
            if another {
                call.another_need = "true".to_owned();
            }
            if !token {
                call.call_token.clear();
            }
            let answer = world.dispatch(call.clone()).await;
            assert!(answer.ok && !answer.say.is_empty());
        }
        Step::Verify => {
            let request = wire::VerifyLeadRequest {
                conversation_id: call.conversation_id,
                call_sid: call.call_sid,
                called_number: GENEVA_DID.to_owned(),
            };
            world.client.verify_lead(request).await.unwrap();
        }
        Step::Ended => {
            let request = wire::RecordCallEndedRequest {
                call_sid: call.call_sid,
                conversation_id: call.conversation_id,
                ..Default::default()
            };
            world.client.record_call_ended(request).await.unwrap();
        }
        Step::Voicemail { known } => {
            let request = wire::CaptureVoicemailRequest {
                call_sid: call.call_sid,
                site_id: if known { "plombiersgeneve" } else { "nobody" }.to_owned(),
                caller: call.caller_id,
                recording_sid: "RE1".to_owned(),
                ..Default::default()
            };
            world.client.capture_voicemail(request).await.unwrap();
        }
        Step::Reply => {
            let request = wire::RecordReplyRequest {
                message_sid: format!("SM{conversation}"),
                from: call.caller_id,
                to: GENEVA_DID.to_owned(),
                channel: "sms".to_owned(),
                ..Default::default()
            };
            world.client.record_reply(request).await.unwrap();
        }
        Step::Capacity(free) => world.roster.set_capacity(free),
        Step::Roster => world.roster.publish("capacity", "CH"),
        Step::RosterFails(times) => world.roster.fail(times),
        Step::NotificationFails(times) => world.notification.fail(times),
        Step::Time(seconds) => world.pass_time(Duration::from_secs(seconds)).await,
        Step::Restart => world.restart().await,
    }
}

/// A lead and its log as they stand together; the service goes on meanwhile.
async fn consistent(world: &mut World, lead_id: &str) -> (wire::Lead, Vec<wire::LeadEvent>) {
    loop {
        let before = world.lead(lead_id).await;
        let request = wire::ListLeadEventsRequest {
            lead_id: lead_id.to_owned(),
            page_size: 200,
            page_token: String::new(),
        };
        let listed = world
            .client
            .list_lead_events(request)
            .await
            .unwrap()
            .into_inner();
        if world.lead(lead_id).await == before {
            return (before, listed.events);
        }
    }
}

/// Every recorded move is one of D6, and the log tells how the lead came to where it is.
pub(crate) async fn check(world: &mut World) {
    for lead in world.leads().await {
        let (lead, events) = consistent(world, &lead.lead_id).await;
        let name = |state: wire::LeadState| {
            state
                .as_str_name()
                .trim_start_matches("LEAD_STATE_")
                .to_ascii_lowercase()
        };
        let parse = |state: wire::LeadState| name(state).parse::<LeadState>().unwrap();
        let mut stands = None;
        for event in &events {
            let to = parse(event.to_state());
            if event.number == 1 {
                assert_eq!(event.from_state(), wire::LeadState::Unspecified);
            } else {
                let from = parse(event.from_state());
                assert_eq!(Some(from), stands, "{events:?}");
                assert!(
                    from == to || from.to(to).is_ok(),
                    "{from} to {to}: {events:?}"
                );
            }
            stands = Some(to);
        }
        assert_eq!(stands, Some(parse(lead.state())), "{events:?}");
        if lead.verification() == wire::Verification::Unverified {
            assert!(
                !world
                    .roster
                    .asked()
                    .iter()
                    .any(|a| a.lead_id == lead.lead_id)
            );
        }
    }
    let limbo = world
        .count(
            "SELECT COUNT(*) FROM lead WHERE state NOT IN ('won', 'lost', 'cancelled')
                AND due_us IS NULL AND NOT operator_owned",
        )
        .await;
    assert_eq!(limbo, 0, "nobody in limbo (I8)");
    let twice = world
        .count(
            "SELECT COUNT(*) FROM (SELECT 1 FROM lead WHERE need_number = 1
                GROUP BY conversation_key HAVING COUNT(*) > 1) AS twice",
        )
        .await;
    assert_eq!(twice, 0, "one lead for each first need (I2)");
}

on_both! {
    async fn any_order_of_calls_keeps_every_promise(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(150),
            ..crate::harness::settings()
        };
        let mut world = World::start_with(db, settings).await;
        let mut runner = TestRunner::deterministic();
        let orders = proptest::collection::vec((0..3u32, step()), 8..16);
        for round in 0..12 {
            let order = orders.new_tree(&mut runner).unwrap().current();
            for (conversation, step) in order {
                run(&mut world, round * 10 + conversation, step).await;
            }
            check(&mut world).await;
        }
        // Everything heals, and time passes: what can be dispatched is, the rest is the operator's.
        world.roster.heal();
        world.notification.heal();
        world.roster.set_capacity(1000);
        for _ in 0..4 {
            world.pass_time(Duration::from_secs(1801)).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        check(&mut world).await;
        for lead in world.leads().await {
            let owned = lead.due_time.is_none();
            assert!(owned || lead.state() == wire::LeadState::Notified, "{:?}", lead.state());
            let asked = lead.state() == wire::LeadState::Notified;
            let told = world.notification.told(&format!("lead:{}:{}", lead.lead_id, lead.attempt));
            assert!(!asked || told.len() == 1, "an owner that was told once");
        }
    }
}
