//! FindAtCarrier and ListDeliveries: what the carriers and the store show of a lead's messages.

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use tonic::Code;

use crate::harness::*;

async fn find(world: &mut World, address: &str) -> Vec<wire::CarrierMessage> {
    let request = wire::FindAtCarrierRequest {
        reference: "GZ-ZCVEX".to_owned(),
        since_time: Some(prost_types::Timestamp {
            seconds: world.db.now_us().await.unwrap() / 1_000_000 - 600,
            nanos: 0,
        }),
        address: address.to_owned(),
    };
    world
        .client
        .find_at_carrier(request)
        .await
        .unwrap()
        .into_inner()
        .messages
}

on_both! {
    /// B3: the carriers show each message with the lead's reference, masked, with its delivery.
    async fn messages_are_found_at_the_carriers_by_their_reference(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        let (other, request) = of_lead(OTHER_LEAD, assigned());
        world.notify(request).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        world.until_all(&other, &[State::Delivered]).await;
        let found = find(&mut world, "").await;
        let known = world.deliveries(&key(1)).await;
        assert_eq!(found.len(), known.len());
        for delivery in &known {
            let seen = found.iter().find(|m| m.delivery_id == delivery.delivery_id).unwrap();
            assert_eq!(seen.carrier_id, delivery.carrier_id);
            assert_eq!((seen.channel(), seen.status.as_str()), (delivery.channel(), "delivered"));
            assert_eq!(seen.masked_address, delivery.masked_address);
            assert_eq!(seen.to_operator, delivery.recipient() == wire::RecipientKind::Operator);
        }
        assert!(!format!("{found:?}").contains("1234567"));
        let one = find(&mut world, CUSTOMER_PHONE).await;
        assert_eq!(one.len(), 1);
        let mails = find(&mut world, PROVIDER_MAIL).await;
        assert_eq!((mails.len(), mails[0].channel()), (1, Email));
    }

    /// Half of the truth would pass for the whole: a carrier that does not answer is said.
    async fn a_carrier_that_does_not_answer_is_said(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.refuse_connections(true);
        let request = wire::FindAtCarrierRequest {
            reference: "GZ-ZCVEX".to_owned(),
            since_time: Some(prost_types::Timestamp { seconds: 1, nanos: 0 }),
            address: String::new(),
        };
        let refused = world.client.find_at_carrier(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        let nothing = wire::FindAtCarrierRequest { reference: "x".to_owned(), ..Default::default() };
        let refused = world.client.find_at_carrier(nothing).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }

    /// CheckOwnership reads the provider's messages of many leads at once.
    async fn deliveries_are_listed_by_leads_and_recipient(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        let (_, request) = of_lead(OTHER_LEAD, assigned());
        world.notify(request).await;
        let third = "00000000-0000-5000-8000-000000000003";
        let (_, request) = of_lead(third, assigned());
        world.notify(request).await;
        let list = wire::ListDeliveriesRequest {
            lead_ids: vec![LEAD.to_owned(), OTHER_LEAD.to_owned()],
            recipient: Provider.into(), page_size: 4, ..Default::default()
        };
        let first = world.client.list_deliveries(list.clone()).await.unwrap().into_inner();
        let next = wire::ListDeliveriesRequest { page_token: first.next_page_token.clone(), ..list.clone() };
        let second = world.client.list_deliveries(next).await.unwrap().into_inner();
        assert_eq!((first.deliveries.len(), second.deliveries.len()), (4, 2));
        let all = first.deliveries.iter().chain(&second.deliveries);
        assert!(all.clone().all(|d| d.recipient() == Provider && d.recipient_id == "plomberie-du-rhone"));
        assert!(all.clone().all(|d| d.message_key != format!("lead:{third}:1")));
        let both = wire::ListDeliveriesRequest { lead_id: third.to_owned(), ..list };
        let refused = world.client.list_deliveries(both).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}
