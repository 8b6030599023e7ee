//! catalog.toml: languages, countries with their senders and disclosures, templates, voices,
//! retention and the rules on leads.

use std::collections::BTreeMap;

use crate::catalog::model::{Country, Operator, Sms, Templates, Voice};
use crate::catalog::reader::Reader;

pub(super) fn read(mut root: Reader<'_>) -> Operator {
    let mut operator = Operator {
        languages: root.texts("languages"),
        ..Operator::default()
    };
    if let Some(mut countries) = root.table("countries", "table of countries") {
        for code in countries.keys() {
            if let Some(reader) = countries.table(code, "country") {
                operator
                    .countries
                    .insert(code.to_owned(), country(code, reader));
            }
        }
        countries.finish();
    }
    if let Some(mut templates) = root.table("templates", "table of templates") {
        for language in templates.keys() {
            if let Some(mut reader) = templates.table(language, "table of templates") {
                let content_sids = by_key(&mut reader);
                let at = reader.finish();
                operator
                    .templates
                    .insert(language.to_owned(), Templates { content_sids, at });
            }
        }
        templates.finish();
    }
    if let Some(mut voices) = root.table("voices", "table of voices") {
        for key in voices.keys() {
            if let Some(mut reader) = voices.table(key, "voice") {
                let (id, name) = (reader.text("id"), reader.text("name"));
                let at = reader.finish();
                operator
                    .voices
                    .insert(key.to_owned(), Voice { id, name, at });
            }
        }
        voices.finish();
    }
    operator.retention = super::rules::retention(root.maybe_table("retention", "table of days"));
    operator.leads = super::rules::leads(root.maybe_table("leads", "table of rules on leads"));
    operator.at = root.finish();
    operator
}

fn country(code: &str, mut reader: Reader<'_>) -> Country {
    let sms = match reader.text("sms").as_str() {
        "two-way" => Some(Sms::TwoWay),
        "one-way" => Some(Sms::OneWay),
        "none" => Some(Sms::None),
        "" => Some(Sms::None),
        _ => None,
    };
    if sms.is_none() {
        reader.refuse("sms", "`sms` must be \"two-way\", \"one-way\" or \"none\"");
    }
    let mut country = Country {
        code: code.to_owned(),
        sms: sms.unwrap_or(Sms::None),
        sms_reason: reader.maybe_text("sms_reason"),
        whatsapp: reader.boolean("whatsapp"),
        sms_from: reader.maybe_text("sms_from"),
        whatsapp_from: reader.maybe_text("whatsapp_from"),
        disclosure: BTreeMap::new(),
        at: Default::default(),
        disclosure_at: Default::default(),
    };
    if let Some(mut disclosure) = reader.table("disclosure", "table of disclosures") {
        country.disclosure = by_key(&mut disclosure);
        country.disclosure_at = disclosure.finish();
    }
    country.at = reader.finish();
    country
}

/// A table whose keys are names and whose values are texts.
pub(super) fn by_key(reader: &mut Reader<'_>) -> BTreeMap<String, String> {
    reader
        .keys()
        .into_iter()
        .map(|key| (key.to_owned(), reader.text(key)))
        .collect()
}
