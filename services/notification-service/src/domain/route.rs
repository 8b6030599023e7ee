//! The route of one planned message: from which number, in which language, under which template;
//! or why it cannot (D11) or must not (R43) go out.

use super::border;
use super::clean;
use super::delivery::{Channel, Recipient, Template};
use super::notice::LeadFacts;
use super::phone::Phone;
use super::plan::{Planned, Setting, Verdict};

/// From which country a message leaves, and where else its customer may be (D5).
pub(super) struct Scope<'a> {
    pub(super) source: &'a str,
    pub(super) allowed: &'a [String],
}

impl<'a> Scope<'a> {
    pub(super) fn of(lead: &'a LeadFacts) -> Self {
        Self {
            source: &lead.source_country,
            allowed: &lead.allowed_countries,
        }
    }
}

/// One delivery by one channel, and whether it can and may go out.
pub(super) fn plan(
    template: Template,
    recipient: Recipient,
    channel: Channel,
    address: &str,
    wanted: &str,
    scope: &Scope<'_>,
    setting: &Setting<'_>,
) -> Planned {
    let rules = setting.rules.country(scope.source);
    let mut planned = Planned {
        template,
        recipient,
        channel,
        address: address.trim().to_owned(),
        language: language(wanted, setting),
        source_country: scope.source.to_owned(),
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
    let allowed = border::allowed_country(recipient, &phone, scope.source, scope.allowed);
    planned.allowed_country = allowed.unwrap_or_default().to_owned();
    if !border::may_cross(recipient, &phone, scope.source, &planned.allowed_country) {
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
        _ => whatsapp_verdict(
            template,
            &rules.whatsapp_from,
            &mut planned.language,
            setting,
        ),
    };
    planned
}

/// Words of our own within the conversation that the recipient opened, else an approved template;
/// its language is the one that was approved.
fn whatsapp_verdict(
    template: Template,
    from: &str,
    language: &mut String,
    setting: &Setting<'_>,
) -> Verdict {
    let from = from.to_owned();
    if template.is_answer() {
        let content_sid = String::new();
        return Verdict::Send { from, content_sid };
    }
    let approved = match template.opens_whatsapp() {
        true => setting.rules.content(template, &[language]),
        false => None,
    };
    let Some((content_sid, approved_in)) = approved else {
        return Verdict::NotPossible("NO_WHATSAPP_TEMPLATE");
    };
    let content_sid = content_sid.to_owned();
    *language = approved_in.to_owned();
    Verdict::Send { from, content_sid }
}

pub(super) fn email_verdict(address: &str) -> Verdict {
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
pub(super) fn language(wanted: &str, setting: &Setting<'_>) -> String {
    let wanted = wanted.trim().to_ascii_lowercase();
    let primary = wanted.split(['-', '_']).next().unwrap_or_default();
    let declared = setting.rules.languages.first().map_or("", String::as_str);
    [primary, declared, "en"]
        .into_iter()
        .find(|language| setting.known.contains(language))
        .unwrap_or("en")
        .to_owned()
}
