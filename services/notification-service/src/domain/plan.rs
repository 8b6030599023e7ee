//! The plan of a notice: which deliveries it makes, to whom, by what (R44, R50, R51), and which of
//! them cannot or must not go out (D11, R43). Pure: the same notice and rules give the same plan.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::border;
use super::clean;
use super::delivery::{Channel, Recipient, Template};
use super::notice::{LeadFacts, Notice, ProviderFacts};
use super::phone::Phone;
use super::rules::Rules;

/// An offer that names no end is of no use to a provider later than this.
const OFFER_LIFE: Duration = Duration::from_secs(2 * 3600);
/// A confirmation that comes a day late helps no customer.
const CUSTOMER_LIFE: Duration = Duration::from_secs(24 * 3600);
/// The operator must hear of everything (R51), for as long as a delivery may live (I10).
pub const OPERATOR_LIFE: Duration = Duration::from_secs(24 * 3600);

/// One planned delivery.
#[derive(Clone)]
pub struct Planned {
    pub template: Template,
    pub recipient: Recipient,
    pub channel: Channel,
    /// Number or email address; empty when there is none.
    pub address: String,
    /// In which the text is written.
    pub language: String,
    pub source_country: String,
    /// Country of the number; empty for email.
    pub address_country: String,
    /// Country of the provider; empty for others.
    pub recipient_country: String,
    pub allowed_country: String,
    /// Whether an answer by SMS reaches us.
    pub two_way_sms: bool,
    pub verdict: Verdict,
}

/// What becomes of a planned delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `from` is our number, empty for email; `content_sid` is set for WhatsApp.
    Send {
        from: String,
        content_sid: String,
    },
    Withheld(&'static str),
    NotPossible(&'static str),
}

/// What the plan needs to know besides the notice.
pub struct Setting<'a> {
    pub rules: &'a Rules,
    pub operator_email: &'a str,
    pub operator_language: &'a str,
    /// The languages in which texts exist.
    pub known: &'a [&'a str],
}

/// All deliveries of a notice, in a fixed order.
#[must_use]
pub fn of(notice: &Notice, setting: &Setting<'_>) -> Vec<Planned> {
    match notice {
        Notice::LeadAssigned { lead, provider } => vec![
            to_provider(lead, provider, Channel::Whatsapp, setting),
            to_provider(lead, provider, Channel::Sms, setting),
            to_provider(lead, provider, Channel::Email, setting),
            to_customer(lead, Template::CustomerConfirmation, setting),
            to_operator(Template::OperatorCopy, &lead.source_country, setting),
        ],
        Notice::LeadUnmatched { lead, .. } => vec![
            to_customer(lead, Template::CustomerUnmatched, setting),
            to_operator(Template::OperatorUnmatched, &lead.source_country, setting),
        ],
        Notice::OperatorAlarm { .. } => vec![to_operator(Template::OperatorAlarm, "", setting)],
        Notice::InboundReply { .. } => vec![to_operator(Template::InboundReply, "", setting)],
    }
}

/// Beyond it a delivery is never sent. Only the messages to the provider of an offer end with it:
/// customer and operator are told what happened, which stays true when the offer is over.
#[must_use]
pub fn not_after(
    recipient: Recipient,
    now: DateTime<Utc>,
    offer_end: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    match recipient {
        Recipient::Provider => offer_end.unwrap_or(now + OFFER_LIFE),
        Recipient::Customer => now + CUSTOMER_LIFE,
        Recipient::Operator => now + OPERATOR_LIFE,
    }
}

fn to_provider(
    lead: &LeadFacts,
    provider: &ProviderFacts,
    channel: Channel,
    setting: &Setting<'_>,
) -> Planned {
    let address = match channel {
        Channel::Whatsapp => &provider.whatsapp,
        Channel::Sms => &provider.sms,
        Channel::Email => &provider.email,
    };
    let mut planned = plan(
        Template::ProviderOffer,
        Recipient::Provider,
        channel,
        address,
        &provider.language,
        lead,
        setting,
    );
    planned.recipient_country.clone_from(&provider.country);
    // R42, R43: a provider of another country hears nothing, whatever the number.
    if provider.country != lead.source_country {
        planned.verdict = Verdict::Withheld(border::PROVIDER_ABROAD);
    }
    planned
}

fn to_customer(lead: &LeadFacts, template: Template, setting: &Setting<'_>) -> Planned {
    let phone = &lead.customer_phone;
    plan(
        template,
        Recipient::Customer,
        Channel::Sms,
        phone,
        &lead.language,
        lead,
        setting,
    )
}

fn to_operator(template: Template, source_country: &str, setting: &Setting<'_>) -> Planned {
    Planned {
        template,
        recipient: Recipient::Operator,
        channel: Channel::Email,
        address: setting.operator_email.trim().to_owned(),
        language: language(setting.operator_language, setting),
        source_country: source_country.to_owned(),
        address_country: String::new(),
        recipient_country: String::new(),
        allowed_country: String::new(),
        two_way_sms: false,
        verdict: email_verdict(setting.operator_email.trim()),
    }
}

fn plan(
    template: Template,
    recipient: Recipient,
    channel: Channel,
    address: &str,
    wanted: &str,
    lead: &LeadFacts,
    setting: &Setting<'_>,
) -> Planned {
    let rules = setting.rules.country(&lead.source_country);
    let mut planned = Planned {
        template,
        recipient,
        channel,
        address: address.trim().to_owned(),
        language: language(wanted, setting),
        source_country: lead.source_country.clone(),
        address_country: String::new(),
        recipient_country: String::new(),
        allowed_country: String::new(),
        two_way_sms: rules.is_some_and(|rules| rules.two_way_sms),
        verdict: Verdict::NotPossible("NO_ADDRESS"),
    };
    if channel == Channel::Email {
        planned.verdict = email_verdict(&planned.address);
        return planned;
    }
    if planned.address.is_empty() {
        return planned;
    }
    let Some(phone) = Phone::parse(&planned.address) else {
        planned.verdict = Verdict::NotPossible("ADDRESS_INVALID");
        return planned;
    };
    phone.country().clone_into(&mut planned.address_country);
    phone.e164().clone_into(&mut planned.address);
    let source = &lead.source_country;
    let allowed = border::allowed_country(recipient, &phone, source, &lead.allowed_countries);
    planned.allowed_country = allowed.unwrap_or_default().to_owned();
    if !border::may_cross(recipient, &phone, source, &planned.allowed_country) {
        planned.verdict = Verdict::Withheld(border::ABROAD);
        return planned;
    }
    let Some(rules) = rules else {
        planned.verdict = Verdict::NotPossible("NO_COUNTRY_RULES");
        return planned;
    };
    planned.verdict = match channel {
        Channel::Sms if rules.sms_from.is_empty() => Verdict::NotPossible("NO_SMS_SENDER"),
        Channel::Sms if !phone.may_take_sms() => Verdict::NotPossible("LANDLINE"),
        Channel::Sms => Verdict::Send {
            from: rules.sms_from.clone(),
            content_sid: String::new(),
        },
        _ if rules.whatsapp_from.is_empty() => Verdict::NotPossible("NO_WHATSAPP_SENDER"),
        _ => match setting.rules.content(template, &[&planned.language]) {
            None => Verdict::NotPossible("NO_WHATSAPP_TEMPLATE"),
            Some((content_sid, approved_in)) => {
                let from = rules.whatsapp_from.clone();
                let content_sid = content_sid.to_owned();
                planned.language = approved_in.to_owned();
                Verdict::Send { from, content_sid }
            }
        },
    };
    planned
}

fn email_verdict(address: &str) -> Verdict {
    if address.is_empty() {
        Verdict::NotPossible("NO_ADDRESS")
    } else if clean::is_email(address) {
        Verdict::Send {
            from: String::new(),
            content_sid: String::new(),
        }
    } else {
        Verdict::NotPossible("ADDRESS_INVALID")
    }
}

/// The language to write in: the one that is wanted where texts exist in it, else the first that
/// the catalogue declares, else English. "fr-CH" is French.
fn language(wanted: &str, setting: &Setting<'_>) -> String {
    let wanted = wanted.trim().to_ascii_lowercase();
    let primary = wanted.split(['-', '_']).next().unwrap_or_default();
    let declared = setting.rules.languages.first().map_or("", String::as_str);
    [primary, declared, "en"]
        .into_iter()
        .find(|language| setting.known.contains(language))
        .unwrap_or("en")
        .to_owned()
}
