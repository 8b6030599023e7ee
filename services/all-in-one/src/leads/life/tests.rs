//! The life of a made-up lead: everything shown, and the words of a health-related one hidden.

use super::*;

fn stamp(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp {
        seconds: 1_795_253_436 + seconds,
        nanos: 0,
    })
}

fn candidate(id: &str, rank: i32, removed_by: &str) -> lead::MatchCandidate {
    lead::MatchCandidate {
        provider_id: id.into(),
        rank,
        removed_by: removed_by.into(),
        explanation: "priority 1".into(),
    }
}

fn story() -> Story {
    let lead = lead::Lead {
        lead_id: "0b5f2a70".into(),
        reference: "K7-3F9AQ".into(),
        state: lead::LeadState::Won.into(),
        customer_name: "Marie Dupont".into(),
        phone_e164: "+41791234567".into(),
        language: "fr".into(),
        service: "mal de dents".into(),
        location: "Carouge".into(),
        category: "dental".into(),
        city: "geneve".into(),
        attempt: 2,
        provider_id: "clinique-b".into(),
        create_time: stamp(0),
        confirm_time: stamp(90),
        result: Some(lead::Result {
            result: Some(lead::result::Result::Won(lead::Won {
                amount_minor: 45_000,
                currency: "CHF".into(),
            })),
        }),
        health: Some(false),
        ..Default::default()
    };
    let delivery = notification::Delivery {
        delivery_id: "d-1".into(),
        template: "provider_offer".into(),
        recipient: notification::RecipientKind::Provider.into(),
        recipient_id: "clinique-b".into(),
        channel: notification::ChannelKind::Sms.into(),
        state: notification::DeliveryState::Delivered.into(),
        masked_address: "+41 79 *** ** 41".into(),
        carrier_id: "SM1".into(),
        attempts: 2,
        ambiguous_attempts: 1,
        create_time: stamp(1),
        accept_time: stamp(2),
        settle_time: stamp(4),
        ..Default::default()
    };
    let event = lead::LeadEvent {
        number: 3,
        event_time: stamp(90),
        kind: "confirmed".into(),
        from_state: lead::LeadState::Notified.into(),
        to_state: lead::LeadState::Confirmed.into(),
        actor: "provider:sms".into(),
        cause: "the provider accepts".into(),
        attributes: [
            ("attempt".to_owned(), "2".to_owned()),
            (CANDIDATES.to_owned(), "[]".to_owned()),
        ]
        .into(),
    };
    Story {
        lead,
        candidates: Vec::new(),
        events: vec![event],
        deliveries: vec![delivery],
        attempts: vec![
            Attempt {
                number: 1,
                candidates: vec![candidate("clinique-a", 1, "")],
                page: Some(lead::OfferState::Over),
            },
            Attempt {
                number: 2,
                candidates: vec![
                    candidate("clinique-b", 1, ""),
                    candidate("clinique-a", 0, "EXCLUDED"),
                ],
                page: Some(lead::OfferState::Won),
            },
        ],
    }
}

#[test]
fn the_life_shows_every_attempt_message_receipt_event_and_the_result() {
    let shown = story().lines(false).join("\n");
    for part in [
        "Lead 0b5f2a70  K7-3F9AQ",
        "Marie Dupont, +41791234567, speaks fr",
        "result     won, 450.00 CHF",
        "Attempt 1, its page: over",
        "Attempt 2, its page: won",
        "out: EXCLUDED  clinique-a",
        "provider clinique-b  SMS  delivered  +41 79 *** ** 41  2026-11-21T09:30:37Z  +1.0 s",
        "+3.0 s   2 (1 of unknown outcome)  -       SM1         d-1",
        "2026-11-21T09:32:06Z  confirmed  notified → confirmed  provider:sms  the provider accepts  attempt 2",
    ] {
        assert!(shown.contains(part), "« {part} » is missing in:\n{shown}");
    }
}

/// D10: hidden where the lead is health-related, and where nobody says that it is not.
#[test]
fn the_words_of_a_health_related_lead_are_shown_only_in_full() {
    for health in [Some(true), None] {
        let mut story = story();
        story.lead.health = health;
        let shown = story.lines(false).join("\n") + &story.as_json(false).to_string();
        for word in ["Marie", "+41791234567", "mal de dents", "Carouge"] {
            assert!(!shown.contains(word), "{word} in:\n{shown}");
        }
        assert!(shown.contains("--full") && shown.contains("+41 79 *** ** 67"));
        assert_eq!(story.as_json(false)["lead"]["words_hidden"], true);
        let full = story.lines(true).join("\n");
        assert!(full.contains("mal de dents") && full.contains("Carouge"));
        assert_eq!(story.as_json(true)["lead"]["customer_name"], "Marie Dupont");
    }
}

#[test]
fn the_life_as_json_has_attempts_deliveries_and_events() {
    let json = story().as_json(false);
    assert_eq!(json["attempts"][0]["page"], "over");
    assert_eq!(
        json["attempts"][1]["candidates"][1]["removed_by"],
        "EXCLUDED"
    );
    assert_eq!(json["deliveries"][0]["accept_time"], "2026-11-21T09:30:38Z");
    assert_eq!(json["events"][0]["actor"], "provider:sms");
    assert_eq!(json["events"][0]["attributes"].get(CANDIDATES), None);
    assert_eq!(json["lead"]["result"]["won"]["amount_minor"], 45_000);
}
