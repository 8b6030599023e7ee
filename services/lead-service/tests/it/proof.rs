//! Nothing is dispatched without proof of the call, and nothing is lost for want of it.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::OperatorAlarm;
use contracts::notification::v1::notify_request::Notice;
use test_support::on_both;

use crate::calls::{GENEVA_DID, ZURICH_DID, call_token, tool_call};
use crate::harness::World;
use crate::schema::execute;

fn verify(n: u32, did: &str) -> wire::VerifyLeadRequest {
    wire::VerifyLeadRequest {
        conversation_id: format!("conv_{n}"),
        call_sid: format!("CA{n:032x}"),
        called_number: did.to_owned(),
    }
}

const SECRET: &str = "call-token-secret";

on_both! {
    async fn a_token_that_proves_nothing_dispatches_nothing_and_loses_nothing(db: TestDb) {
        let mut world = World::start(db).await;
        let sid = |n: u32| format!("CA{n:032x}");
        let tokens = [
            String::new(),
            "forged.forged".to_owned(),
            call_token("another secret", &sid(2), "plombiersgeneve", GENEVA_DID, 25),
            call_token(SECRET, &sid(3), "plombiersgeneve", GENEVA_DID, -1),
            call_token(SECRET, "CAother", "plombiersgeneve", GENEVA_DID, 25),
            call_token(SECRET, &sid(5), "zurich-hilfe", ZURICH_DID, 25),
            call_token(SECRET, &sid(6), "zurich-hilfe", GENEVA_DID, 25),
            call_token(SECRET, &sid(7), "nobody", GENEVA_DID, 25),
        ];
        let count = tokens.len();
        for (n, token) in tokens.into_iter().enumerate() {
            let mut call = tool_call(u32::try_from(n).unwrap());
            call.call_token = token;
            let answer = world.dispatch(call).await;
            assert!(answer.ok, "{n}");
            assert_eq!(answer.status, "pending", "{n}");
            // Nobody has it yet and nobody may: no professional is promised.
            assert_eq!(answer.say, "Votre demande est notée. Nous revenons vers vous.", "{n}");
            let lead = world.lead(&answer.lead_id).await;
            assert_eq!(lead.verification(), wire::Verification::Unverified, "{n}");
            assert_eq!(lead.state(), wire::LeadState::Pending, "{n}");
            assert!(lead.due_time.is_some());
        }
        assert_eq!(world.leads().await.len(), count);
        assert_eq!((world.roster.asked().len(), world.notification.keys().len()), (0, 0));
    }

    async fn an_old_secret_is_still_accepted(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token =
            call_token("the old one", &call.call_sid, "plombiersgeneve", GENEVA_DID, 25);
        assert_eq!(world.dispatch(call).await.status, "notified");
    }

    async fn verify_lead_dispatches_once(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token.clear();
        let kept = world.dispatch(call.clone()).await;
        let verified = world.client.verify_lead(verify(1, GENEVA_DID)).await.unwrap().into_inner();
        assert_eq!(verified.lead_ids, std::slice::from_ref(&kept.lead_id));
        world.reaches(&kept.lead_id, wire::LeadState::Notified).await;
        let again = world.client.verify_lead(verify(1, GENEVA_DID)).await.unwrap().into_inner();
        assert!(again.lead_ids.is_empty());
        assert_eq!(world.dispatch(call).await, kept);
        assert_eq!(world.notification.keys().len(), 1);
    }

    async fn a_later_tool_call_with_the_token_verifies_too(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token = "forged.forged".to_owned();
        let kept = world.dispatch(call).await;
        assert_eq!(world.dispatch(tool_call(1)).await, kept);
        world.reaches(&kept.lead_id, wire::LeadState::Notified).await;
    }

    async fn proof_that_comes_before_the_tool_call_counts(db: TestDb) {
        let mut world = World::start(db).await;
        world.client.verify_lead(verify(1, GENEVA_DID)).await.unwrap();
        let mut call = tool_call(1);
        call.call_token.clear();
        assert_eq!(world.dispatch(call).await.status, "notified");
    }

    async fn the_number_that_telephony_proves_is_the_source_d5(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token.clear();
        call.called_number = "+49301234567".to_owned();
        let kept = world.dispatch(call).await;
        let lead = world.lead(&kept.lead_id).await;
        assert_eq!((lead.site_id.as_str(), lead.source_country.as_str()), ("", ""));
        world.client.verify_lead(verify(1, GENEVA_DID)).await.unwrap();
        let lead = world.reaches(&kept.lead_id, wire::LeadState::Notified).await;
        assert_eq!((lead.site_id.as_str(), lead.source_country.as_str()), ("plombiersgeneve", "CH"));
        assert_eq!(lead.city, "geneva");
    }

    async fn a_proof_for_a_number_that_is_not_ours_tells_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token.clear();
        let kept = world.dispatch(call).await;
        let answer = world.client.verify_lead(verify(1, "+49301234567")).await.unwrap();
        assert!(answer.into_inner().lead_ids.is_empty());
        world.tells("alarm:UNKNOWN_NUMBER:").await;
        let text = alarm(&world, "alarm:UNKNOWN_NUMBER:").text;
        assert!(text.contains(&format!("`bord lead {}`", kept.lead_id)), "{text}");
        assert_eq!(
            world.lead(&kept.lead_id).await.verification(),
            wire::Verification::Unverified
        );
    }

    async fn what_nobody_proves_goes_to_the_operator_and_never_to_a_provider(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token.clear();
        let kept = world.dispatch(call).await;
        world.pass_time(Duration::from_secs(600 + 299)).await;
        assert_eq!(world.dispatch(tool_call(2)).await.status, "notified");
        assert!(world.notification.told("alarm:").is_empty());
        world.pass_time(Duration::from_secs(2)).await;
        world.tells(&format!("alarm:LEAD_UNVERIFIED:{}:", kept.lead_id)).await;
        let text = alarm(&world, "alarm:LEAD_UNVERIFIED:").text;
        assert!(text.contains(&format!("`bord lead {}`", kept.lead_id)), "{text}");
        let lead = world.lead(&kept.lead_id).await;
        assert_eq!((lead.state(), lead.due_time), (wire::LeadState::Pending, None));
        assert_eq!(world.roster.asked().len(), 1, "only the other lead was offered");
        // Proof that comes later still counts: the call was real.
        world.client.verify_lead(verify(1, GENEVA_DID)).await.unwrap();
        world.reaches(&kept.lead_id, wire::LeadState::Notified).await;
    }

    async fn a_lead_without_a_source_reaches_the_operator_by_an_alarm(db: TestDb) {
        let mut world = World::start(db).await;
        let mut kept = Vec::new();
        for (n, say) in [(1, "fuite d'eau"), (2, "un avocat"), (3, "fuite d'eau")] {
            let mut call = tool_call(n);
            call.call_token.clear();
            call.called_number = "+49301234567".to_owned();
            call.service = say.to_owned();
            if n == 3 {
                call.customer_name.clear();
            }
            kept.push(world.dispatch(call).await.lead_id);
        }
        // Proven, and yet of no site that the catalogue knows: due in each state that it can have.
        world.notification.fail(3);
        for sql in [
            "UPDATE lead SET verified = TRUE, due_us = 0 WHERE need_number = 1 AND call_sid LIKE '%1'",
            "UPDATE lead SET verified = TRUE, state = 'unmatched', operator_owned = TRUE, due_us = 0
              WHERE call_sid LIKE '%2'",
            "UPDATE lead SET verified = TRUE, due_us = 0 WHERE call_sid LIKE '%3'",
        ] {
            assert_eq!(execute(&world.store, sql).await.unwrap(), 1);
        }
        for lead_id in &kept {
            let key = format!("alarm:LEAD_WITHOUT_SOURCE:{lead_id}:1");
            world.tells(&key).await;
            let told = alarm(&world, &key);
            assert_eq!(&told.subject, lead_id);
            assert!(told.text.contains(&format!("`bord lead {lead_id}`")), "{}", told.text);
            let lead = world.lead(lead_id).await;
            assert_eq!((lead.state(), lead.due_time), (wire::LeadState::Unmatched, None));
        }
        assert_eq!((world.notification.refused(), world.roster.asked().len()), (0, 0));
        assert!(world.notification.told("lead:").is_empty());
    }
}

fn alarm(world: &World, key: &str) -> OperatorAlarm {
    match world
        .notification
        .told(key)
        .into_iter()
        .next()
        .and_then(|told| told.notice)
    {
        Some(Notice::OperatorAlarm(alarm)) => alarm,
        _ => panic!("no alarm"),
    }
}
