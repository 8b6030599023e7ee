//! catalog.toml: senders, channels, disclosures (D9, D11) and ContentSids (R46).

use crate::catalog::model::{Country, Sms};
use crate::catalog::phone::{Phone, classify};
use crate::catalog::words;

use super::Lint;

/// Six seconds of speech.
const DISCLOSURE_CHARACTERS: usize = 90;
/// The template without which no provider hears of a lead, and those that may stand beside it.
const OFFER: &str = "provider_offer";
const TEMPLATES: [&str; 3] = [OFFER, "provider_released", "channel_proof"];

pub(super) fn check(lint: &Lint<'_>) {
    let operator = &lint.catalog.operator;
    let at = &operator.at;
    for (index, language) in operator.languages.iter().enumerate() {
        if words::of(language).is_none() {
            let message = format!(
                "`languages` names \"{language}\", for which the prompt rules have no words: its prompts could not be checked; remove it, or add its words"
            );
            lint.report
                .error(at.item("languages", index), "language", message);
        }
    }
    for country in operator.countries.values() {
        check_country(lint, country);
    }
    check_templates(lint);
}

fn check_country(lint: &Lint<'_>, country: &Country) {
    let at = &country.at;
    lint.country(at.head(), "countries", &country.code);
    let sms = country.sms != Sms::None;
    if !sms && country.sms_reason.is_none() {
        let message = "`sms` is \"none\" without `sms_reason`: say why the channel is not possible";
        lint.report.error(at.field("sms"), "R44", message);
    }
    for (key, number, wanted) in [
        ("sms_from", &country.sms_from, sms),
        ("whatsapp_from", &country.whatsapp_from, country.whatsapp),
    ] {
        match number {
            None if wanted => {
                let message =
                    format!("`{key}` is missing: without a sender the channel cannot work");
                lint.report.error(at.head(), "R44", message);
            }
            Some(number) => match classify(number, &country.code) {
                Phone::Invalid => {
                    let message =
                        format!("`{key}` is not a phone number in E.164 form: write + and digits");
                    lint.report.error(at.field(key), "phone", message);
                }
                Phone::OtherCountry => {
                    let message = format!(
                        "`{key}` is not a number of {}: receivers and carriers distrust it; use one of that country",
                        country.code
                    );
                    lint.report.error(at.field(key), "R43", message);
                }
                Phone::Landline if key == "sms_from" => {
                    let message =
                        "`sms_from` is a landline, which sends no SMS: use a mobile number";
                    lint.report.error(at.field(key), "D11", message);
                }
                Phone::Landline | Phone::Mobile => {}
            },
            None => {}
        }
    }
    for (language, text) in &country.disclosure {
        lint.language(
            country.disclosure_at.field(language),
            "disclosure",
            language,
        );
        check_disclosure(lint, country, language, text);
    }
}

fn check_disclosure(lint: &Lint<'_>, country: &Country, language: &str, text: &str) {
    let place = || country.disclosure_at.field(language);
    let length = text.chars().count();
    if length > DISCLOSURE_CHARACTERS {
        let message = format!(
            "`disclosure` is {length} characters long, which takes more than 6 s to speak: at most {DISCLOSURE_CHARACTERS}"
        );
        lint.report.error(place(), "D9", message);
    }
    if !text.trim_end().ends_with('?') {
        let message =
            "`disclosure` does not end in a question: end in one, so that the caller speaks next";
        lint.report.error(place(), "D9", message);
    }
    let Some(words) = words::of(language) else {
        return;
    };
    let folded = words::fold(text);
    for (phrases, what) in [
        (words.artificial, "that an AI speaks"),
        (words.recorded, "that the call is recorded"),
    ] {
        if !words::has(&folded, phrases) {
            let message = format!(
                "`disclosure` does not say {what}: say it in the words of \"{language}\" ({})",
                phrases[0]
            );
            lint.report.error(place(), "D9", message);
        }
    }
}

fn check_templates(lint: &Lint<'_>) {
    for (language, templates) in &lint.catalog.operator.templates {
        lint.language(templates.at.head(), "templates", language);
        for (name, sid) in &templates.content_sids {
            let place = templates.at.field(name);
            if !TEMPLATES.contains(&name.as_str()) {
                let message = format!(
                    "`{name}` is not a template that bord sends: use one of {}",
                    TEMPLATES.join(", ")
                );
                lint.report.error(place.clone(), "R46", message);
            }
            if !is_content_sid(sid) {
                let message = format!(
                    "`{name}` is not a ContentSid: HX and 32 digits of 0-9a-f, as Twilio shows it"
                );
                lint.report.error(place, "R46", message);
            }
        }
        if !templates.content_sids.contains_key(OFFER) {
            let message = format!(
                "`{OFFER}` is missing: without it no provider hears of a lead by WhatsApp in \"{language}\""
            );
            lint.report.error(templates.at.head(), "R46", message);
        }
    }
}

fn is_content_sid(text: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.strip_prefix("HX")
        .is_some_and(|rest| rest.len() == 32 && rest.chars().all(hex))
}

pub(super) fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let clean = |s: &str| {
        !s.is_empty()
            && s.chars()
                .all(|c| c.is_ascii_graphic() && !"<>,;\"@".contains(c))
    };
    clean(name)
        && clean(host)
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
}
