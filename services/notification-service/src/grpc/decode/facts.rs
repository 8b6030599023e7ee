//! The facts that a notice tells: about a lead, and about the provider whom its messages go to.

use chassis::clock;
use chassis::fault::Violations;
use contracts::notification::v1 as wire;

use crate::domain::notice::{LeadFacts, ProviderFacts, Urgency};
use crate::domain::reference;

use super::fields::{country, id, required, text, time};

pub(super) fn lead(
    faults: &mut Violations,
    at: &str,
    facts: Option<wire::LeadFacts>,
) -> Option<LeadFacts> {
    let Some(facts) = facts else {
        faults.add(at, "is required");
        return None;
    };
    let wire::LeadFacts {
        lead_id,
        attempt,
        source_country,
        allowed_countries,
        site_url,
        customer_name,
        customer_phone_e164,
        language,
        service,
        category,
        category_names,
        location,
        city,
        city_names,
        urgency,
        health,
        recording_url,
        create_time,
        time_zone,
        reference,
    } = facts;
    let lead_id = id(faults, &format!("{at}.lead_id"), &lead_id);
    if attempt < 0 {
        faults.add(format!("{at}.attempt"), "is negative");
    }
    let source_country = country(faults, &format!("{at}.source_country"), &source_country);
    let field = format!("{at}.allowed_countries");
    let allowed: Vec<Option<String>> = allowed_countries
        .iter()
        .map(|code| country(faults, &field, code))
        .collect();
    let urgency = match urgency.as_str() {
        "emergency" => Urgency::Emergency,
        "soon" => Urgency::Soon,
        "flexible" => Urgency::Flexible,
        "" => Urgency::Unknown,
        _ => {
            faults.add(
                format!("{at}.urgency"),
                "is emergency, soon, flexible or empty",
            );
            Urgency::Unknown
        }
    };
    if !reference.is_empty() && !reference::is_one(&reference) {
        faults.add(
            format!("{at}.reference"),
            "is of the form K7-3F9AQ, or empty",
        );
    }
    let create_time = match create_time {
        Some(create_time) => time(faults, &format!("{at}.create_time"), create_time)?,
        None => clock::now(),
    };
    let mut said = |name: &str, value: String| text(faults, &format!("{at}.{name}"), value);
    let customer_name = said("customer_name", customer_name);
    let service = said("service", service);
    let location = said("location", location);
    let recording_url = said("recording_url", recording_url);
    let site_url = said("site_url", site_url);
    let customer_phone = said("customer_phone_e164", customer_phone_e164);
    Some(LeadFacts {
        lead_id: lead_id?,
        attempt,
        source_country: source_country?,
        allowed_countries: allowed.into_iter().flatten().collect(),
        site_url,
        customer_name,
        customer_phone,
        language,
        service,
        category,
        category_names: sorted(category_names),
        location,
        city,
        city_names: sorted(city_names),
        urgency,
        health,
        recording_url,
        create_time,
        time_zone,
        reference,
    })
}

/// In a fixed order, so that a language without a name always falls back to the same one.
fn sorted(names: std::collections::HashMap<String, String>) -> Vec<(String, String)> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort();
    names
}

pub(super) fn provider(
    faults: &mut Violations,
    at: &str,
    facts: Option<wire::ProviderFacts>,
) -> Option<ProviderFacts> {
    let Some(facts) = facts else {
        faults.add(at, "is required");
        return None;
    };
    let wire::ProviderFacts {
        provider_id,
        name,
        language,
        country: code,
        whatsapp_e164,
        sms_e164,
        email,
        address,
        answer_url,
    } = facts;
    let code = country(faults, &format!("{at}.country"), &code);
    Some(ProviderFacts {
        provider_id: required(faults, &format!("{at}.provider_id"), provider_id),
        name: required(faults, &format!("{at}.name"), name),
        language: required(faults, &format!("{at}.language"), language),
        country: code?,
        whatsapp: whatsapp_e164,
        sms: sms_e164,
        email,
        address: text(faults, &format!("{at}.address"), address),
        answer_url: text(faults, &format!("{at}.answer_url"), answer_url),
    })
}
