//! A need that lacks something is stored, asked after, completed, and in the end dispatched with
//! what is known or given to the operator.

use std::time::Duration;

use contracts::lead::v1 as wire;
use test_support::on_both;

use crate::calls::{CALLER, tool_call};
use crate::dispatch::zurich_call;
use crate::harness::World;

type Fill = fn(&mut wire::DispatchLeadRequest, &wire::DispatchLeadRequest);

fn ended(n: u32) -> wire::RecordCallEndedRequest {
    wire::RecordCallEndedRequest {
        call_sid: format!("CA{n:032x}"),
        conversation_id: format!("conv_{n}"),
        ..Default::default()
    }
}

on_both! {
    /// The five fields of R30.
    async fn a_missing_field_is_asked_for_one_at_a_time(db: TestDb) {
        let mut world = World::start(db).await;
        let whole = tool_call(1);
        let mut call = wire::DispatchLeadRequest {
            customer_name: String::new(),
            phone: String::new(),
            language: String::new(),
            service: String::new(),
            location: String::new(),
            caller_id: "anonymous".to_owned(),
            ..whole.clone()
        };
        let steps: [(&str, Fill); 5] = [
            ("service", |call, whole| call.service.clone_from(&whole.service)),
            ("quartier", |call, whole| call.location.clone_from(&whole.location)),
            ("quel nom", |call, whole| call.customer_name.clone_from(&whole.customer_name)),
            ("quel numéro", |call, whole| call.phone.clone_from(&whole.phone)),
            ("quelle langue", |call, whole| call.language.clone_from(&whole.language)),
        ];
        let mut lead_id = String::new();
        for (asked, fill) in steps {
            let answer = world.dispatch(call.clone()).await;
            assert!(answer.ok, "committed, so it is true");
            assert_eq!(answer.status, "needs_field");
            assert!(answer.say.contains(asked), "{} should ask for {asked}", answer.say);
            assert_eq!(world.dispatch(call.clone()).await, answer, "a repeat asks the same");
            lead_id = answer.lead_id;
            fill(&mut call, &whole);
        }
        assert_eq!(world.roster.asked().len(), 0);
        let answer = world.dispatch(call.clone()).await;
        assert_eq!((answer.lead_id.as_str(), answer.status.as_str()), (lead_id.as_str(), "notified"));
        assert_eq!(world.dispatch(call).await, answer);
        assert_eq!(world.leads().await.len(), 1);
    }

    async fn the_next_call_may_carry_only_what_was_missing(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.location.clear();
        assert_eq!(world.dispatch(call.clone()).await.status, "needs_field");
        let answer = world
            .dispatch(wire::DispatchLeadRequest {
                customer_name: String::new(),
                phone: String::new(),
                service: String::new(),
                location: "Genf".to_owned(),
                ..call
            })
            .await;
        assert_eq!(answer.status, "notified");
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.customer_name.as_str(), lead.phone_e164.as_str()), ("Léa Rochat", CALLER));
    }

    async fn an_incomplete_lead_has_the_caller_id_and_a_time_i8(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.phone.clear();
        call.customer_name.clear();
        let answer = world.dispatch(call).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.state(), lead.phone_e164.as_str()), (wire::LeadState::Incomplete, CALLER));
        assert_eq!(lead.missing_fields, ["customer_name"]);
        assert!(lead.due_time.is_some());
    }

    async fn two_minutes_after_the_call_it_is_dispatched_with_what_is_known(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.customer_name.clear();
        call.service.clear();
        call.location.clear();
        let answer = world.dispatch(call).await;
        for _ in 0..2 {
            world.client.record_call_ended(ended(1)).await.unwrap();
        }
        world.pass_time(Duration::from_secs(110)).await;
        assert_eq!(world.dispatch(tool_call(2)).await.status, "notified");
        assert_eq!(world.lead(&answer.lead_id).await.state(), wire::LeadState::Incomplete);
        world.pass_time(Duration::from_secs(15)).await;
        let lead = world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
        assert_eq!((lead.category.as_str(), lead.city.as_str()), ("plumbing", "geneva"));
        let events = world.events(&answer.lead_id).await;
        assert_eq!(events, ["stored", "call_ended", "completed", "assigned", "notified"]);
    }

    async fn what_cannot_be_known_is_flagged_to_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = zurich_call(1);
        call.service.clear();
        let answer = world.dispatch(call).await;
        assert!(answer.say.contains("Leistung"), "{}", answer.say);
        world.client.record_call_ended(ended(1)).await.unwrap();
        world.pass_time(Duration::from_secs(121)).await;
        world.tells(&format!("alarm:LEAD_INCOMPLETE:{}:", answer.lead_id)).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.state(), lead.due_time), (wire::LeadState::Incomplete, None));
        assert_eq!(world.roster.asked().len(), 0);
        // The caller calls the tool after all: nothing is too late.
        assert_eq!(world.dispatch(zurich_call(1)).await.status, "notified");
    }

    async fn without_word_of_the_end_the_longest_call_counts(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.customer_name.clear();
        let answer = world.dispatch(call.clone()).await;
        world.pass_time(Duration::from_secs(600)).await;
        // A later tool call moves it: the call still runs.
        call.urgency = "soon".to_owned();
        world.dispatch(call).await;
        world.pass_time(Duration::from_secs(1000)).await;
        assert_eq!(world.dispatch(tool_call(2)).await.status, "notified");
        assert_eq!(world.lead(&answer.lead_id).await.state(), wire::LeadState::Incomplete);
        world.pass_time(Duration::from_secs(25)).await;
        world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
    }

    async fn an_end_that_was_told_before_the_tool_call_counts(db: TestDb) {
        let mut world = World::start(db).await;
        world.client.record_call_ended(ended(1)).await.unwrap();
        let mut call = tool_call(1);
        call.customer_name.clear();
        let answer = world.dispatch(call).await;
        world.pass_time(Duration::from_secs(121)).await;
        world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
    }

    async fn an_incomplete_lead_without_proof_never_reaches_a_provider(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.customer_name.clear();
        call.call_token.clear();
        let answer = world.dispatch(call).await;
        world.client.record_call_ended(ended(1)).await.unwrap();
        world.pass_time(Duration::from_secs(121)).await;
        assert_eq!(world.dispatch(tool_call(2)).await.status, "notified");
        assert!(world.notification.told("alarm:").is_empty());
        world.pass_time(Duration::from_secs(800)).await;
        world.tells(&format!("alarm:LEAD_UNVERIFIED:{}:", answer.lead_id)).await;
        assert_eq!(world.roster.asked().len(), 1);
    }
}
