//! Requests as other services send them: an ordinary Geneva lead and its provider.

use contracts::notification::v1::{self as wire, notify_request::Notice};

pub(crate) const LEAD: &str = "5f0c3f2e-5b1a-5c9d-8e7f-0a1b2c3d4e5f";
pub(crate) const OTHER_LEAD: &str = "7b1d5c40-91aa-5e0b-9a3c-44d2f0a6b9c1";
pub(crate) const OPERATOR: &str = "operator@bord.example";
pub(crate) const PROVIDER_PHONE: &str = "+41795530141";
pub(crate) const PROVIDER_MAIL: &str = "pikett@plomberie-du-rhone.example";
pub(crate) const CUSTOMER_PHONE: &str = "+41791234567";

pub(crate) fn rules() -> wire::PutChannelRulesRequest {
    let country = |country: &str, sms: &str, whatsapp: &str, two_way_sms| wire::CountryRules {
        country: country.to_owned(),
        sms_from: sms.to_owned(),
        whatsapp_from: whatsapp.to_owned(),
        two_way_sms,
    };
    let languages = ["fr", "de", "it", "en", "id", "es"];
    wire::PutChannelRulesRequest {
        countries: vec![
            country("CH", "+41798071420", "+41798071421", true),
            country("ID", "+6281190071420", "+6281190071421", false),
            country("ES", "+34644071420", "", true),
            country("DE", "", "+491713920021", true),
        ],
        whatsapp_templates: languages
            .iter()
            .map(|language| wire::WhatsappTemplate {
                template: "provider_offer".to_owned(),
                language: (*language).to_owned(),
                content_sid: format!("HX{language:0>32}"),
            })
            .collect(),
        languages: languages.map(str::to_owned).to_vec(),
        dry_run: false,
        ..Default::default()
    }
}

pub(crate) fn lead() -> wire::LeadFacts {
    let names = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    wire::LeadFacts {
        lead_id: LEAD.to_owned(),
        attempt: 1,
        source_country: "CH".to_owned(),
        allowed_countries: vec!["CH".to_owned(), "FR".to_owned()],
        site_url: "https://plombiersgeneve.ch".to_owned(),
        customer_name: "Marie Dupont".to_owned(),
        customer_phone_e164: CUSTOMER_PHONE.to_owned(),
        language: "fr".to_owned(),
        service: "Fuite sous l'évier de la cuisine".to_owned(),
        category: "plumbing".to_owned(),
        category_names: names(&[("fr", "Plomberie"), ("de", "Sanitär"), ("en", "Plumbing")]),
        location: "Rue de Carouge 12, Carouge".to_owned(),
        city: "geneve".to_owned(),
        city_names: names(&[("fr", "Genève"), ("de", "Genf"), ("en", "Geneva")]),
        urgency: "emergency".to_owned(),
        health: false,
        recording_url: String::new(),
        create_time: Some(prost_types::Timestamp {
            seconds: 1_795_250_000,
            nanos: 0,
        }),
        time_zone: "Europe/Zurich".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn provider() -> wire::ProviderFacts {
    wire::ProviderFacts {
        provider_id: "plomberie-du-rhone".to_owned(),
        name: "Plomberie du Rhône Sàrl".to_owned(),
        language: "fr".to_owned(),
        country: "CH".to_owned(),
        whatsapp_e164: PROVIDER_PHONE.to_owned(),
        sms_e164: PROVIDER_PHONE.to_owned(),
        email: PROVIDER_MAIL.to_owned(),
        address: "Rue de la Coulouvrenière 118, 1204 Genève".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn key(attempt: i32) -> String {
    format!("lead:{LEAD}:{attempt}")
}

pub(crate) fn assigned() -> wire::NotifyRequest {
    assigned_with(lead(), provider())
}

pub(crate) fn assigned_with(
    lead: wire::LeadFacts,
    provider: wire::ProviderFacts,
) -> wire::NotifyRequest {
    let notice = wire::LeadAssigned {
        lead: Some(lead),
        provider: Some(provider),
    };
    wire::NotifyRequest {
        message_key: key(1),
        not_after: None,
        notice: Some(Notice::LeadAssigned(notice)),
    }
}

/// An offer that goes out by one text message only: the other channels have no address.
pub(crate) fn one_sms() -> wire::NotifyRequest {
    let provider = wire::ProviderFacts {
        whatsapp_e164: String::new(),
        email: String::new(),
        ..provider()
    };
    let lead = wire::LeadFacts {
        customer_phone_e164: String::new(),
        ..lead()
    };
    assigned_with(lead, provider)
}

pub(crate) fn one_whatsapp() -> wire::NotifyRequest {
    let provider = wire::ProviderFacts {
        sms_e164: String::new(),
        email: String::new(),
        ..provider()
    };
    let lead = wire::LeadFacts {
        customer_phone_e164: String::new(),
        ..lead()
    };
    assigned_with(lead, provider)
}

pub(crate) fn alarm(slot: u32) -> wire::NotifyRequest {
    let notice = wire::OperatorAlarm {
        kind: "SCAN_LATE".to_owned(),
        subject: "quality".to_owned(),
        text: "The last good scan is 40 minutes old.".to_owned(),
    };
    wire::NotifyRequest {
        message_key: format!("alarm:SCAN_LATE:quality:{slot}"),
        not_after: None,
        notice: Some(Notice::OperatorAlarm(notice)),
    }
}

/// The same request about another lead, with the key that goes with it.
pub(crate) fn of_lead(id: &str, mut request: wire::NotifyRequest) -> (String, wire::NotifyRequest) {
    request.message_key = format!("lead:{id}:1");
    if let Some(Notice::LeadAssigned(wire::LeadAssigned {
        lead: Some(lead), ..
    })) = &mut request.notice
    {
        lead.lead_id = id.to_owned();
    }
    (request.message_key.clone(), request)
}
