//! PutChannelRules' request: senders, templates and languages as the catalogue declares them.

use chassis::fault::Violations;
use contracts::notification::v1 as wire;
use tonic::Status;

use crate::domain::delivery::Template;
use crate::domain::phone::Phone;
use crate::domain::rules::{CountryRules, Rules, WhatsappTemplate};

use super::fields::{country, required};

/// For a catalogue that names none.
const RETENTION_DAYS: i64 = 90;

pub(crate) fn rules(request: wire::PutChannelRulesRequest) -> Result<(Rules, bool), Status> {
    let wire::PutChannelRulesRequest {
        countries,
        whatsapp_templates,
        languages,
        dry_run,
        message_retention_days,
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
    rules.message_retention_days = match message_retention_days {
        0 => RETENTION_DAYS,
        days if days > 0 => i64::from(days),
        _ => {
            faults.add("message_retention_days", "is negative");
            RETENTION_DAYS
        }
    };
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
