//! What a message's outcome says of an address reaches the roster, however often it takes, and what
//! the roster makes of it reaches the operator (B4).

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::{ChannelKind as Told, DeliveryState};
use contracts::roster::v1::{ChannelChange, ChannelHealth, ChannelKind, EvidenceKind};
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;
use crate::verbs::{LINK, TAKEN, WRONG};

fn shut(serving: i32) -> ChannelChange {
    ChannelChange {
        provider_id: PROVIDER.to_owned(),
        kind: ChannelKind::Whatsapp.into(),
        health: ChannelHealth::Quarantined.into(),
        serving,
    }
}

async fn heard(world: &World, count: usize) {
    let roster = world.roster.clone();
    eventually(Duration::from_secs(10), async || {
        (roster.evidence().len() >= count).then_some(())
    })
    .await;
}

on_both! {
    async fn a_wrong_phone_reaches_the_roster_and_the_operator_and_the_offer_stays_while_another_channel_serves(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.email(&id, TAKEN);
        world.roster.next_evidence_changes(shut(1));
        // The roster is away for a moment: the evidence is stored, and told until it is heard.
        world.roster.fail(3);
        world.whatsapp(&id, WRONG);
        world.tells(&format!("alarm:WRONG_PHONE:{PROVIDER}:whatsapp")).await;
        let evidence = world.roster.evidence();
        assert_eq!(evidence.len(), 1);
        assert_eq!(evidence[0].evidence(), EvidenceKind::HardFailure);
        assert_eq!((evidence[0].provider_id.as_str(), evidence[0].reason.as_str()), (PROVIDER, "TWILIO_21211"));
        assert_eq!((evidence[0].masked_address.as_str(), evidence[0].address.as_str()), ("+41 79 *** ** 33", ""));
        assert!(evidence[0].evidence_key.ends_with(":failed:TWILIO_21211"));
        assert!(evidence[0].observe_time.is_some());
        assert_eq!(world.lead(&id).await.attempt, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM evidence WHERE due_us IS NOT NULL").await, 0);
        // The same word again is the same evidence.
        world.whatsapp(&id, WRONG);
        world.email(&id, (DeliveryState::Delivered, "", ""));
        heard(&world, 2).await;
        assert_eq!(world.roster.evidence()[1].evidence(), EvidenceKind::Delivered);
        assert_eq!(world.notification.told("alarm:WRONG_PHONE").len(), 1);
    }

    async fn where_no_channel_serves_any_more_the_open_offers_move_on_and_confirmed_leads_stay(db: TestDb) {
        let mut world = World::start(db).await;
        let confirmed = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&confirmed, 1, LINK).await.unwrap();
        let open = world.dispatch(tool_call(2)).await.lead_id;
        let other = world.dispatch(tool_call(3)).await.lead_id;
        world.roster.add(SECOND);
        // The roster no longer matches it.
        world.roster.pause(PROVIDER);
        world.roster.next_evidence_changes(shut(0));
        world.whatsapp(&open, WRONG);
        for id in [&open, &other] {
            assert_eq!(world.is_offered(id, 2).await.provider_id, SECOND);
            let log = world.log(id).await;
            assert!(log.iter().any(|event| event.kind == "undeliverable"), "{log:?}");
        }
        assert_eq!(world.lead(&confirmed).await.state(), wire::LeadState::Confirmed);
        world.tells("alarm:WRONG_PHONE").await;
    }

    async fn a_proof_and_a_stop_are_evidence_and_other_peoples_messages_are_not(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let proof = "7d1f6e3a-0000-4000-8000-000000000001";
        let delivered = (DeliveryState::Delivered, "", "");
        world.notification.outcome(&format!("proof:{proof}"), PROVIDER, Told::Email, delivered);
        let stopped = (DeliveryState::Failed, "opted_out", "TWILIO_21610");
        world.notification.outcome(&format!("lead:{id}:1:reminder"), PROVIDER, Told::Sms, stopped);
        // Whose message it was is unknown: nothing is said of anybody.
        world.notification.outcome("lead:x:1", "", Told::Sms, WRONG);
        world.notification.outcome("alarm:X:Y:1", PROVIDER, Told::Email, TAKEN);
        heard(&world, 2).await;
        let evidence = world.roster.evidence();
        let mut found: Vec<_> = evidence.iter().map(|e| (e.evidence(), e.proof_id.as_str())).collect();
        // Each is a job of its own, so the order is nobody's promise.
        found.sort_unstable_by_key(|(_, proof)| proof.is_empty());
        assert_eq!(found, [(EvidenceKind::Delivered, proof), (EvidenceKind::OptedOut, "")]);
        assert_eq!(world.lead(&id).await.attempt, 1, "a reminder is not the offer");
    }

    async fn outcomes_are_not_lost_over_a_restart(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.stop().await;
        world.whatsapp(&id, WRONG);
        world.email(&id, WRONG);
        world.serve().await;
        assert_eq!(world.is_offered(&id, 2).await.provider_id, SECOND);
        heard(&world, 2).await;
    }
}
