//! Notify's request: the notice with its facts about lead and provider.

use chassis::clock;
use chassis::fault::Violations;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;
use tonic::Status;

use crate::domain::notice::{LeadFacts, Notice, ProviderFacts, Urgency};

use super::fields::{country, id, key, optional_id, required, text, time};

pub(crate) struct Notify {
    pub(crate) key: String,
    pub(crate) not_after: Option<DateTime<Utc>>,
    pub(crate) notice: Notice,
}

pub(crate) fn notify(request: wire::NotifyRequest) -> Result<Notify, Status> {
    let wire::NotifyRequest {
        message_key,
        not_after,
        notice,
    } = request;
    let mut faults = Violations::new();
    let key = key(&mut faults, message_key);
    let not_after = not_after.and_then(|at| time(&mut faults, "not_after", at));
    use wire::notify_request::Notice as N;
    let notice = match notice {
        None => {
            faults.add(
                "notice",
                "is required: lead_assigned, lead_unmatched, operator_alarm or inbound_reply",
            );
            None
        }
        Some(N::LeadAssigned(wire::LeadAssigned {
            lead: facts,
            provider: to,
        })) => {
            let facts = lead(&mut faults, "lead_assigned.lead", facts);
            let to = provider(&mut faults, "lead_assigned.provider", to);
            facts.zip(to).map(|(facts, to)| Notice::LeadAssigned {
                lead: Box::new(facts),
                provider: Box::new(to),
            })
        }
        Some(
            N::OfferReminder(_)
            | N::LeadReleased(_)
            | N::LeadConfirmed(_)
            | N::ReplyAnswer(_)
            | N::ResultReminder(_)
            | N::ChannelProof(_),
        ) => {
            faults.add("notice", "is of a kind that is not served yet");
            None
        }
        Some(N::LeadUnmatched(wire::LeadUnmatched { lead: facts, cause })) => {
            let facts = lead(&mut faults, "lead_unmatched.lead", facts);
            let cause = text(&mut faults, "lead_unmatched.cause", cause);
            facts.map(|facts| Notice::LeadUnmatched {
                lead: Box::new(facts),
                cause,
            })
        }
        Some(N::OperatorAlarm(wire::OperatorAlarm {
            kind,
            subject,
            text: body,
        })) => Some(Notice::OperatorAlarm {
            kind: required(&mut faults, "operator_alarm.kind", kind),
            subject: required(&mut faults, "operator_alarm.subject", subject),
            text: required(&mut faults, "operator_alarm.text", body),
        }),
        Some(N::InboundReply(wire::InboundReply {
            from,
            channel,
            body,
            lead_id,
            health,
        })) => Some(Notice::InboundReply {
            from: required(&mut faults, "inbound_reply.from", from),
            channel: text(&mut faults, "inbound_reply.channel", channel),
            body: text(&mut faults, "inbound_reply.body", body),
            lead_id: optional_id(&mut faults, "inbound_reply.lead_id", &lead_id),
            health,
        }),
    };
    faults.finish()?;
    // Without a violation there is a notice: each arm that yields none has recorded one.
    let notice = notice.ok_or_else(|| Status::invalid_argument("notice is required"))?;
    Ok(Notify {
        key,
        not_after,
        notice,
    })
}

fn lead(faults: &mut Violations, at: &str, facts: Option<wire::LeadFacts>) -> Option<LeadFacts> {
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
        reference: _,
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
    })
}

/// In a fixed order, so that a language without a name always falls back to the same one.
fn sorted(names: std::collections::HashMap<String, String>) -> Vec<(String, String)> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort();
    names
}

fn provider(
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
        answer_url: _,
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
    })
}
