//! From the wire to domain values. Each message is taken apart by naming every field, and every
//! fault of a request is told at once.

use chassis::clock;
use chassis::fault::Violations;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;
use tonic::Status;
use uuid::Uuid;

use crate::app::record_report::Incoming;
use crate::domain::delivery::{Recipient, State, Template};
use crate::domain::mail_errors::MailEvent;
use crate::domain::notice::{LeadFacts, Notice, ProviderFacts, Urgency};
use crate::domain::phone::Phone;
use crate::domain::rules::{CountryRules, Rules, WhatsappTemplate};
use crate::store::deliveries::After;

/// Longer keys name nothing.
const KEY_LIMIT: usize = 300;
/// No text of ours is longer; what is beyond was not said by a person.
const TEXT_LIMIT: usize = 20_000;
const PAGE_SIZE: usize = 50;
const LARGEST_PAGE: usize = 200;

pub(super) struct Notify {
    pub(super) key: String,
    pub(super) not_after: Option<DateTime<Utc>>,
    pub(super) notice: Notice,
}

pub(super) fn notify(request: wire::NotifyRequest) -> Result<Notify, Status> {
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
        })) => Some(Notice::InboundReply {
            from: required(&mut faults, "inbound_reply.from", from),
            channel: text(&mut faults, "inbound_reply.channel", channel),
            body: text(&mut faults, "inbound_reply.body", body),
            lead_id: optional_id(&mut faults, "inbound_reply.lead_id", &lead_id),
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

pub(super) fn cancel(
    request: wire::CancelDeliveriesRequest,
) -> Result<(String, Option<Recipient>), Status> {
    let wire::CancelDeliveriesRequest {
        message_key,
        recipient: kind,
    } = request;
    let mut faults = Violations::new();
    let key = key(&mut faults, message_key);
    let recipient = match wire::RecipientKind::try_from(kind) {
        Ok(wire::RecipientKind::Unspecified) => None,
        Ok(wire::RecipientKind::Provider) => Some(Recipient::Provider),
        Ok(wire::RecipientKind::Customer) => Some(Recipient::Customer),
        Ok(wire::RecipientKind::Operator) => Some(Recipient::Operator),
        Err(_) => {
            faults.add("recipient", "is no kind of recipient");
            None
        }
    };
    faults.finish()?;
    Ok((key, recipient))
}

pub(super) fn message_key(value: String) -> Result<String, Status> {
    let mut faults = Violations::new();
    let key = key(&mut faults, value);
    faults.finish()?;
    Ok(key)
}

pub(super) struct List {
    pub(super) lead_id: Option<Uuid>,
    pub(super) state: Option<State>,
    pub(super) after: Option<After>,
    pub(super) size: usize,
}

pub(super) fn list(request: wire::ListDeliveriesRequest) -> Result<List, Status> {
    let wire::ListDeliveriesRequest {
        lead_id,
        state: kind,
        page_size,
        page_token,
    } = request;
    let mut faults = Violations::new();
    let lead_id = optional_id(&mut faults, "lead_id", &lead_id);
    let state = match wire::DeliveryState::try_from(kind) {
        Ok(kind) => state(kind),
        Err(_) => {
            faults.add("state", "is no state of a delivery");
            None
        }
    };
    let size = match usize::try_from(page_size) {
        Ok(0) => PAGE_SIZE,
        Ok(size) => size.min(LARGEST_PAGE),
        Err(_) => {
            faults.add("page_size", "is negative");
            PAGE_SIZE
        }
    };
    let after = match page_token.as_str() {
        "" => None,
        token => {
            let parsed = parse_token(token);
            if parsed.is_none() {
                faults.add("page_token", "is not a token of ours");
            }
            parsed
        }
    };
    faults.finish()?;
    Ok(List {
        lead_id,
        state,
        after,
        size,
    })
}

fn parse_token(token: &str) -> Option<After> {
    let (micros, id) = token.split_once(':')?;
    let create_time = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(After {
        create_time,
        id: id.parse().ok()?,
    })
}

fn state(kind: wire::DeliveryState) -> Option<State> {
    use wire::DeliveryState as W;
    Some(match kind {
        W::Unspecified => return None,
        W::Queued => State::Queued,
        W::Sending => State::Sending,
        W::Accepted => State::Accepted,
        W::Delivered => State::Delivered,
        W::Failed => State::Failed,
        W::Dead => State::Dead,
        W::Expired => State::Expired,
        W::Withheld => State::Withheld,
        W::NotPossible => State::NotPossible,
        W::Unknown => State::Unknown,
        W::Cancelled => State::Cancelled,
    })
}

pub(super) fn report(request: wire::RecordDeliveryReportRequest) -> Result<Incoming, Status> {
    use wire::record_delivery_report_request::Report as R;
    let wire::RecordDeliveryReportRequest { report } = request;
    let mut faults = Violations::new();
    let incoming = match report {
        None => {
            faults.add("report", "is required: twilio or mailgun");
            None
        }
        Some(R::Twilio(wire::TwilioReport {
            delivery_id,
            message_sid,
            status,
            error_code,
        })) => {
            Some(Incoming::Twilio {
                // A foreign id in a callback is no fault of the carrier's: it finds nothing.
                delivery_id: delivery_id.parse().ok(),
                message_sid: required(&mut faults, "twilio.message_sid", message_sid),
                status: required(&mut faults, "twilio.status", status),
                code: u32::try_from(error_code).unwrap_or(0),
            })
        }
        Some(R::Mailgun(wire::MailgunReport {
            token,
            event_key,
            event,
            severity,
            reason,
            code,
            message_id,
            delivery_id,
        })) => Some(Incoming::Mailgun {
            token: required(&mut faults, "mailgun.token", token),
            event_key: required(&mut faults, "mailgun.event_key", event_key),
            event: MailEvent {
                event: required(&mut faults, "mailgun.event", event),
                severity,
                reason,
                code,
            },
            message_id: message_id.trim_matches(['<', '>']).to_owned(),
            delivery_id: delivery_id.parse().ok(),
        }),
    };
    faults.finish()?;
    incoming.ok_or_else(|| Status::invalid_argument("report is required"))
}

pub(super) fn rules(request: wire::PutChannelRulesRequest) -> Result<(Rules, bool), Status> {
    let wire::PutChannelRulesRequest {
        countries,
        whatsapp_templates,
        languages,
        dry_run,
    } = request;
    let mut faults = Violations::new();
    let mut rules = Rules::default();
    for (index, entry) in countries.into_iter().enumerate() {
        let wire::CountryRules {
            country: code,
            sms_from,
            whatsapp_from,
            two_way_sms,
        } = entry;
        let at = format!("countries[{index}]");
        let Some(code) = country(&mut faults, &format!("{at}.country"), &code) else {
            continue;
        };
        if rules.country(&code).is_some() {
            faults.add(format!("{at}.country"), "is declared twice");
        }
        let sms_from = sender(&mut faults, &format!("{at}.sms_from"), sms_from);
        let whatsapp_from = sender(&mut faults, &format!("{at}.whatsapp_from"), whatsapp_from);
        rules.countries.push(CountryRules {
            country: code,
            sms_from,
            whatsapp_from,
            two_way_sms,
        });
    }
    for (index, entry) in whatsapp_templates.into_iter().enumerate() {
        let wire::WhatsappTemplate {
            template,
            language,
            content_sid,
        } = entry;
        let at = format!("whatsapp_templates[{index}]");
        let template = template_name(required(&mut faults, &format!("{at}.template"), template));
        let language = required(&mut faults, &format!("{at}.language"), language);
        let content_sid = required(&mut faults, &format!("{at}.content_sid"), content_sid);
        if !content_sid.starts_with("HX") {
            faults.add(format!("{at}.content_sid"), "begins with HX");
        }
        let twice =
            |known: &WhatsappTemplate| known.template == template && known.language == language;
        if rules.templates.iter().any(twice) {
            faults.add(at, "is declared twice");
        }
        rules.templates.push(WhatsappTemplate {
            template,
            language,
            content_sid,
        });
    }
    for language in languages {
        if !rules.languages.contains(&language) {
            rules.languages.push(language);
        }
    }
    faults.finish()?;
    Ok((rules, dry_run))
}

/// The catalogue's short name for the offer is understood as well.
fn template_name(name: String) -> String {
    if name == "offer" {
        Template::ProviderOffer.name().to_owned()
    } else {
        name
    }
}

fn sender(faults: &mut Violations, at: &str, number: String) -> String {
    if !number.is_empty() && Phone::parse(&number).is_none() {
        faults.add(at, "is a number in E.164, +41791234567, or empty");
    }
    number
}

fn key(faults: &mut Violations, value: String) -> String {
    if value.is_empty() || value.len() > KEY_LIMIT || value.chars().any(char::is_control) {
        faults.add(
            "message_key",
            "is required, of at most 300 visible characters",
        );
    }
    value
}

fn required(faults: &mut Violations, field: &str, value: String) -> String {
    if value.trim().is_empty() {
        faults.add(field, "is required");
    }
    text(faults, field, value)
}

fn text(faults: &mut Violations, field: &str, value: String) -> String {
    if value.len() > TEXT_LIMIT {
        faults.add(field, "is longer than 20,000 bytes");
    }
    value
}

fn id(faults: &mut Violations, field: &str, value: &str) -> Option<Uuid> {
    let parsed = value.parse().ok();
    if parsed.is_none() {
        faults.add(field, "is a UUID");
    }
    parsed
}

fn optional_id(faults: &mut Violations, field: &str, value: &str) -> Option<Uuid> {
    if value.is_empty() {
        None
    } else {
        id(faults, field, value)
    }
}

fn country(faults: &mut Violations, field: &str, value: &str) -> Option<String> {
    let code = value.trim().to_ascii_uppercase();
    let good = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if !good {
        faults.add(field, "is an ISO 3166-1 code of two letters");
    }
    good.then_some(code)
}

fn time(faults: &mut Violations, field: &str, at: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(at.nanos).ok();
    let time = nanos.and_then(|nanos| DateTime::from_timestamp(at.seconds, nanos));
    // Times that a database column cannot hold are no times.
    let time = time.filter(|time| (1970..10_000).contains(&chrono::Datelike::year(time)));
    if time.is_none() {
        faults.add(field, "is a time between 1970 and 9999");
    }
    time.and_then(|time| DateTime::from_timestamp_micros(time.timestamp_micros()))
}
