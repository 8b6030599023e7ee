//! Erase (B10): nothing of a caller is left here or at Twilio; what cannot go is said; keys and ids
//! stay (I2, I26).

use std::time::Duration;

use chassis::db::StoreError;
use chassis::on;
use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::{eventually, on_both};
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::*;

/// Everything that messages still say.
async fn said(world: &World) -> Result<String, StoreError> {
    let mut tx = world.db.read().await?;
    let rows: Vec<(String, String, String, String, serde_json::Value)> = on!(tx, c => sqlx::query_as(
        "SELECT address, subject, body, html, variables FROM messages").fetch_all(c).await?);
    let phones: Vec<String> = on!(tx, c => sqlx::query_scalar("SELECT phone FROM erasures")
        .fetch_all(c).await?);
    Ok(format!("{rows:?} {phones:?}"))
}

fn inbound() -> wire::NotifyRequest {
    let notice = wire::InboundReply {
        from: CUSTOMER_PHONE.to_owned(),
        channel: "sms".to_owned(),
        body: "Merci, à bientôt".to_owned(),
        ..Default::default()
    };
    request(
        "reply:SM1",
        wire::notify_request::Notice::InboundReply(notice),
    )
}

on_both! {
    async fn a_caller_is_erased_here_and_at_the_carrier(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        world.notify(inbound()).await;
        let (other, request) = of_lead(OTHER_LEAD, {
            let facts = wire::LeadFacts {
                customer_phone_e164: "+41791112233".to_owned(),
                customer_name: "Somebody Else".to_owned(), ..lead()
            };
            assigned_with(facts, provider())
        });
        world.notify(request).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        world.until_all("reply:SM1", &[State::Delivered]).await;
        world.until_all(&other, &[State::Delivered]).await;
        world.twin.reply(vendor_twin::Reply::sms(CUSTOMER_PHONE, "+41798071420", "Merci")).await;

        let tried = world.erase(CUSTOMER_PHONE, &[LEAD], true).await;
        assert_eq!((tried[0].count, tried[1].count), (6, 3));
        assert!(said(&world).await.unwrap().contains("Dupont"));
        let receipt = world.erase(CUSTOMER_PHONE, &[LEAD], false).await;
        let counts: Vec<(&str, i64)> = receipt.iter().map(|line| (line.store.as_str(), line.count)).collect();
        assert_eq!(counts, [
            ("notification.messages", 6), ("twilio.messages", 3), ("mailgun.messages", 0),
        ]);
        assert!(receipt[2].kept.contains("Mailgun deletes none"), "{receipt:?}");
        assert!(receipt.iter().all(|line| !line.due), "a mail's copy stays for good: {receipt:?}");
        let left = eventually(SOON, async || {
            let all = world.twin.messages();
            let ours = all.iter().any(|m| m.body.contains("GZ-ZCVEX") || m.to == CUSTOMER_PHONE
                || m.from.as_deref() == Some(CUSTOMER_PHONE));
            (!ours).then_some(all)
        }).await;
        // The other customer's messages stay, everywhere.
        assert_eq!(left.len(), 3);
        let text = eventually(SOON, async || {
            let text = said(&world).await.unwrap();
            (!text.contains(CUSTOMER_PHONE)).then_some(text)
        }).await;
        assert!(!text.contains("Dupont") && !text.contains("123 45 67"), "{text}");
        assert!(text.contains("Somebody Else"));
        // Keys and ids stay: a repeat writes nothing, and a second erasure finds nothing.
        assert!(!world.notify(assigned()).await.created);
        let again = world.erase(CUSTOMER_PHONE, &[LEAD], false).await;
        assert!(again.iter().all(|line| {
            line.count == 0 && line.kept.is_empty() && !line.due
        }), "{again:?}");
    }

    /// A carrier that refuses is asked again until it has deleted, and until then a repeat of the
    /// erasure, which knows the number alone, is told what is due.
    async fn a_deletion_is_tried_until_it_is_done(db: TestDb) {
        let mut world = World::start(&db).await;
        let down = FaultKind::ServerError { status: 503 };
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.delete", down));
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let first = world.erase(CUSTOMER_PHONE, &[LEAD], false).await;
        assert!(first[1].due && first[1].kept.starts_with("3 still"), "{first:?}");
        assert!(!first[0].due && !first[2].due, "{first:?}");
        assert_eq!(world.twin.messages().len(), 3);
        for dry_run in [true, false] {
            let again = world.erase(CUSTOMER_PHONE, &[], dry_run).await;
            assert_eq!((again[1].count, again[1].due), (0, true), "{again:?}");
            assert!(again[1].kept.starts_with("3 still"), "{again:?}");
        }
        world.twin.clear_faults();
        world.pass(Duration::from_secs(1_800)).await;
        eventually(SOON, async || world.twin.messages().is_empty().then_some(())).await;
        let last = world.erase(CUSTOMER_PHONE, &[], false).await;
        assert!(last.iter().all(|line| line.kept.is_empty() && !line.due), "{last:?}");
        // The number stays for as long as something is left to do.
        eventually(SOON, async || {
            (!said(&world).await.unwrap().contains(CUSTOMER_PHONE)).then_some(())
        }).await;
    }

    /// What Twilio holds that nobody here knows of is due until it was asked.
    async fn a_carrier_that_does_not_list_is_due(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.refuse_connections(true);
        let first = world.erase(CUSTOMER_PHONE, &[], false).await;
        assert!(first[1].due && first[1].kept.contains("not answered yet"), "{first:?}");
        world.twin.refuse_connections(false);
        world.pass(Duration::from_secs(1_800)).await;
        let last = world.erase(CUSTOMER_PHONE, &[], false).await;
        assert!(last.iter().all(|line| line.kept.is_empty() && !line.due), "{last:?}");
    }

    /// Others' leads that a provider was told of are the provider's, for good.
    async fn a_providers_own_messages_stay_for_good(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let before = world.twin.messages().len();
        let receipt = world.erase(PROVIDER_PHONE, &[], false).await;
        assert!(receipt[1].kept.contains("a provider's too") && !receipt[1].due, "{receipt:?}");
        assert!(receipt.iter().all(|line| !line.due), "{receipt:?}");
        assert_eq!(world.twin.messages().len(), before);
    }

    /// What has not left is taken back; what comes to light later goes as well.
    async fn what_has_not_left_never_leaves(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.refuse_connections(true);
        let offer = world.notify(one_sms()).await.deliveries;
        let queued = offer.into_iter().find(|d| d.channel() == Sms && d.recipient() == Provider).unwrap();
        world.erase(CUSTOMER_PHONE, &[LEAD], false).await;
        eventually(SOON, async || {
            let all = world.deliveries(&key(1)).await;
            let done = [State::Cancelled, State::Dead, State::NotPossible];
            all.iter().all(|d| done.contains(&d.state())).then_some(())
        }).await;
        world.twin.refuse_connections(false);
        assert!(world.twin.messages().is_empty());
        world.report(&queued.delivery_id, "SM00000000000000000000000000000001", "sent", 0).await;
        eventually(SOON, async || (world.twin.requests("messages.delete") > 0).then_some(())).await;
        assert!(!said(&world).await.unwrap().contains("Dupont"));
    }

    async fn an_erasure_without_a_number_is_refused(db: TestDb) {
        let mut world = World::start(&db).await;
        let request = wire::EraseRequest { phone_e164: "079".to_owned(), ..Default::default() };
        let refused = world.client.erase(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    }
}
