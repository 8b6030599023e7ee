//! Requests as callers may get them wrong, and lists page by page.

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use contracts::notification::v1::notify_request::Notice;
use test_support::on_both;
use tonic::Code;

use crate::harness::*;

on_both! {
    async fn every_fault_of_a_request_is_named(db: TestDb) {
        let mut world = World::start(&db).await;
        let bad = wire::LeadFacts {
            lead_id: "not a uuid".to_owned(), source_country: "Switzerland".to_owned(),
            urgency: "now".to_owned(), attempt: -1, ..lead()
        };
        let nobody = wire::ProviderFacts { name: String::new(), language: " ".to_owned(), ..provider() };
        let mut request = assigned_with(bad, nobody);
        request.message_key = String::new();
        request.not_after = Some(prost_types::Timestamp { seconds: i64::MAX, nanos: -1 });
        let refused = world.client.notify(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(chassis::fault::reason(&refused).as_deref(), Some("INVALID_REQUEST"));
        let fields: Vec<String> =
            chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        for field in ["message_key", "not_after", "lead_assigned.lead.lead_id", "lead_assigned.lead.attempt",
                      "lead_assigned.lead.source_country", "lead_assigned.lead.urgency",
                      "lead_assigned.provider.name", "lead_assigned.provider.language"] {
            assert!(fields.iter().any(|f| f == field), "{field} in {fields:?}");
        }
        let empty = wire::NotifyRequest { message_key: "k".to_owned(), ..Default::default() };
        assert_eq!(world.client.notify(empty).await.unwrap_err().code(), Code::InvalidArgument);
        let half = wire::NotifyRequest {
            message_key: "k".to_owned(), not_after: None,
            notice: Some(Notice::LeadAssigned(wire::LeadAssigned::default())),
        };
        assert_eq!(world.client.notify(half).await.unwrap_err().code(), Code::InvalidArgument);
        assert!(world.twin.ledger().is_empty());
    }

    async fn an_unknown_message_is_not_found(db: TestDb) {
        let mut world = World::start(&db).await;
        let request = wire::GetMessageRequest { message_key: "lead:nobody:1".to_owned() };
        let missing = world.client.get_message(request).await.unwrap_err();
        assert_eq!(missing.code(), Code::NotFound);
        assert_eq!(chassis::fault::reason(&missing).as_deref(), Some("UNKNOWN_MESSAGE"));
    }

    async fn lists_go_page_by_page_by_lead_and_state(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        for slot in 0..3 {
            world.notify(alarm(slot)).await;
        }
        world.until_all(&key(1), &[State::Delivered]).await;
        let mut listed = Vec::new();
        let mut request = wire::ListDeliveriesRequest {
            lead_id: LEAD.to_owned(), page_size: 2, ..Default::default()
        };
        loop {
            let page = world.client.list_deliveries(request.clone()).await.unwrap().into_inner();
            assert!(page.deliveries.len() <= 2);
            listed.extend(page.deliveries);
            if page.next_page_token.is_empty() { break }
            request.page_token = page.next_page_token;
        }
        let mut ids: Vec<_> = listed.iter().map(|d| &d.delivery_id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5);
        let all = wire::ListDeliveriesRequest::default();
        let all = world.client.list_deliveries(all).await.unwrap().into_inner().deliveries;
        assert_eq!(all.len(), 8);
        let queued = wire::ListDeliveriesRequest {
            lead_id: LEAD.to_owned(), state: State::Withheld.into(), ..Default::default()
        };
        assert!(world.client.list_deliveries(queued).await.unwrap().into_inner().deliveries.is_empty());
        for (token, size) in [("rubbish", 0), ("1:2", 0), ("", -1)] {
            let request = wire::ListDeliveriesRequest {
                page_token: token.to_owned(), page_size: size, ..Default::default()
            };
            let refused = world.client.list_deliveries(request).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument);
        }
    }
}
