//! Whose number is this? Providers by contact, assignments of many leads, and what erasure finds.

use contracts::bord::roster::v1 as pb;
use pb::ChannelKind::{Email, Sms};
use test_support::on_both;

use crate::channel_desk::PHONE;
use crate::harness::{RosterTest, channel, fields, lead, plumber, with_capacity};

async fn who_has(roster: &RosterTest, contact: &str, country: &str) -> Vec<String> {
    let request = pb::ListProvidersRequest {
        contact: contact.to_owned(),
        country: country.to_owned(),
        ..pb::ListProvidersRequest::default()
    };
    let found = roster.client.clone().list_providers(request).await.unwrap();
    let found = found.into_inner().providers.into_iter();
    found
        .map(|provider| {
            assert_eq!(
                provider.channels.len(),
                2,
                "with its channels as they stand"
            );
            provider.provider_id
        })
        .collect()
}

async fn of_leads(roster: &RosterTest, request: pb::ListAssignmentsRequest) -> Vec<String> {
    let found = roster
        .client
        .clone()
        .list_assignments(request)
        .await
        .unwrap();
    let found = found.into_inner().assignments.into_iter();
    found.map(|one| one.lead_id).collect()
}

on_both! {
    async fn providers_are_found_by_a_contact_of_now_or_before_however_it_is_written(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("a")).await;
        roster.put(pb::Provider { country: "FR".to_owned(), ..plumber("b") }).await;
        let mut other = plumber("c");
        other.channels = vec![channel(Sms, "+41795530199"), channel(Email, "Chef@Rhone.example")];
        roster.put(other).await;
        let mut moved = plumber("a");
        moved.channels[0] = channel(Sms, "+41795530177");
        roster.put(moved).await;
        for text in [PHONE, "whatsapp:+41795530141", "0041 79 553 01 41"] {
            assert_eq!(who_has(&roster, text, "").await, ["a", "b"], "{text}");
        }
        assert_eq!(who_has(&roster, PHONE, "FR").await, ["b"]);
        assert_eq!(who_has(&roster, "chef@rhone.EXAMPLE", "").await, ["c"]);
        assert!(who_has(&roster, "+41795530100", "").await.is_empty());
        let request = pb::ListProvidersRequest {
            contact: "someone".to_owned(),
            ..pb::ListProvidersRequest::default()
        };
        let refused = roster.client.clone().list_providers(request).await.unwrap_err();
        assert_eq!(fields(&refused), ["contact"]);
    }

    async fn assignments_of_many_leads_are_listed_at_once(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("a", 9)).await;
        let leads: Vec<_> = (0..4).map(|_| lead()).collect();
        for lead in &leads {
            roster.assign(*lead, 1).await;
        }
        let asked = |ids: &[usize]| pb::ListAssignmentsRequest {
            lead_ids: ids.iter().map(|n| leads[*n].to_string()).collect(),
            ..pb::ListAssignmentsRequest::default()
        };
        let text = |n: usize| leads[n].to_string();
        assert_eq!(of_leads(&roster, asked(&[0, 2])).await, [text(2), text(0)], "newest first");
        let unknown = pb::ListAssignmentsRequest {
            lead_ids: vec![lead().to_string()],
            ..pb::ListAssignmentsRequest::default()
        };
        assert!(of_leads(&roster, unknown).await.is_empty());
        let both = pb::ListAssignmentsRequest { lead_id: text(0), ..asked(&[0, 1]) };
        assert_eq!(of_leads(&roster, both).await, [text(0)]);
        let apart = pb::ListAssignmentsRequest { lead_id: text(3), ..asked(&[0, 1]) };
        assert!(of_leads(&roster, apart).await.is_empty());
        let of_a = pb::ListAssignmentsRequest { provider_id: "a".to_owned(), ..asked(&[1]) };
        assert_eq!(of_leads(&roster, of_a).await, [text(1)]);
        let of_b = pb::ListAssignmentsRequest { provider_id: "b".to_owned(), ..asked(&[1]) };
        assert!(of_leads(&roster, of_b).await.is_empty());

        let many = |n: usize| pb::ListAssignmentsRequest {
            lead_ids: (0..n).map(|_| lead().to_string()).collect(),
            ..pb::ListAssignmentsRequest::default()
        };
        assert!(of_leads(&roster, many(200)).await.is_empty());
        let refused = roster.client.clone().list_assignments(many(201)).await.unwrap_err();
        assert_eq!(fields(&refused), ["lead_ids"]);
        let wrong = pb::ListAssignmentsRequest {
            lead_ids: vec![lead().to_string(), "x".to_owned()],
            ..pb::ListAssignmentsRequest::default()
        };
        let refused = roster.client.clone().list_assignments(wrong).await.unwrap_err();
        assert_eq!(fields(&refused), ["lead_ids[1]"]);
    }

    /// B10: no caller's data is here; a provider's own contact is kept, and said so.
    async fn erasure_keeps_a_providers_contact_and_says_why(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("a")).await;
        let erase = async |phone: &str, dry_run| {
            let request = pb::EraseRequest {
                phone_e164: phone.to_owned(),
                actor: "operator:ana".to_owned(),
                dry_run,
            };
            let erased = roster.client.clone().erase(request).await;
            erased.map(|erased| erased.into_inner().stores)
        };
        for dry_run in [true, false] {
            let stores = erase(PHONE, dry_run).await.unwrap();
            assert_eq!((stores[0].store.as_str(), stores[0].count), ("roster.channel", 1));
            assert!(stores[0].kept.contains("providers declared") && !stores[0].due, "for good");
        }
        let stores = erase("+41795530100", false).await.unwrap();
        assert_eq!((stores[0].count, stores[0].kept.as_str()), (0, ""));
        assert_eq!(roster.provider("a").await.channels.len(), 2);
        assert_eq!(fields(&erase("me", false).await.unwrap_err()), ["phone_e164"]);
    }
}
