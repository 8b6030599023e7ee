//! Every text in every language: all facts are there, nothing is left open, lengths hold. Here are
//! the facts that the tests tell; `cargo test -p notification-service print_every_text --
//! --nocapture` shows all texts as their receivers see them.

mod follow;
mod limits;
mod offer;
mod others;
mod summary;
mod whole;

use chrono::DateTime;
use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{LeadFacts, Notice, ProviderFacts, Urgency};
use notification_service::domain::plan::{Planned, Verdict};
use notification_service::text::{About, Answering, LANGUAGES, Rendered, render};

const REFERENCE: &str = "K7-3F9AQ";
const PHONE: &str = "+41 79 123 45 67";

fn lead(language: &str) -> LeadFacts {
    let names = |text: &str| {
        LANGUAGES
            .iter()
            .map(|l| ((*l).to_owned(), format!("{text}-{l}")))
            .collect()
    };
    LeadFacts {
        lead_id: uuid::Uuid::nil(),
        attempt: 2,
        source_country: "CH".to_owned(),
        allowed_countries: Vec::new(),
        site_url: "https://www.plombiersgeneve.ch/contact?x=1".to_owned(),
        customer_name: "Marie Dupont".to_owned(),
        customer_phone: "+41791234567".to_owned(),
        language: language.to_owned(),
        service: "Fuite sous le lavabo".to_owned(),
        category: "plumbing".to_owned(),
        category_names: names("Trade"),
        location: "Rue de Carouge 12".to_owned(),
        city: "geneve".to_owned(),
        city_names: names("City"),
        urgency: Urgency::Emergency,
        health: false,
        recording_url: String::new(),
        create_time: DateTime::from_timestamp(1_795_250_000, 0).unwrap(),
        time_zone: "Europe/Zurich".to_owned(),
        reference: String::new(),
    }
}

fn provider() -> ProviderFacts {
    ProviderFacts {
        provider_id: "p1".to_owned(),
        name: "Plomberie Muster".to_owned(),
        language: "fr".to_owned(),
        country: "CH".to_owned(),
        whatsapp: String::new(),
        sms: String::new(),
        email: "a@b.example".to_owned(),
        address: "Rue du Stand 5, 1204 Geneve".to_owned(),
        answer_url: "https://bord.example/c/offer".to_owned(),
    }
}

fn planned(template: Template, recipient: Recipient, channel: Channel, language: &str) -> Planned {
    Planned {
        template,
        recipient,
        channel,
        address: "+41795530141".to_owned(),
        language: language.to_owned(),
        source_country: "CH".to_owned(),
        address_country: "CH".to_owned(),
        recipient_country: "CH".to_owned(),
        allowed_country: String::new(),
        two_way_sms: true,
        verdict: Verdict::Send {
            from: String::new(),
            content_sid: String::new(),
        },
    }
}

fn say(notice: &Notice, planned: &Planned) -> Rendered {
    let about = About {
        reference: REFERENCE,
        answering: Answering {
            whatsapp: true,
            sms: true,
        },
        others: &[],
        full: false,
    };
    render(notice, planned, &about)
}

fn assigned(lead: LeadFacts) -> Notice {
    Notice::LeadAssigned {
        lead: Box::new(lead),
        provider: Box::new(provider()),
    }
}

fn has(text: &str, facts: &[&str], what: &str) {
    assert!(
        !text.contains(['{', '}']),
        "{what} leaves a place open: {text}"
    );
    for fact in facts {
        assert!(text.contains(fact), "{what} lacks {fact}: {text}");
    }
}
