//! providers.toml: the roster as declared.

use crate::catalog::breach::Report;
use crate::catalog::model::{Provider, Terms};
use crate::catalog::reader::Reader;

use super::hours;
use super::operator::by_key;

pub(super) fn read(mut root: Reader<'_>, report: &Report) -> Vec<Provider> {
    let readers = root.tables("provider", "provider");
    let providers = readers
        .into_iter()
        .map(|reader| provider(reader, report))
        .collect();
    root.finish();
    providers
}

fn provider(mut reader: Reader<'_>, report: &Report) -> Provider {
    let mut provider = Provider {
        id: reader.text("id"),
        name: reader.text("name"),
        country: reader.text("country"),
        language: reader.text("language"),
        categories: reader.texts("categories"),
        cities: reader.texts("cities"),
        priority: reader.integer("priority"),
        capacity: reader.integer("capacity"),
        max_per_day: reader.maybe_integer("max_per_day"),
        timezone: reader.text("timezone"),
        hours: Vec::new(),
        whatsapp: reader.maybe_text("whatsapp"),
        sms: reader.maybe_text("sms"),
        email: reader.maybe_text("email"),
        without: Default::default(),
        address: reader.text("address"),
        terms: None,
        at: Default::default(),
    };
    let spans = reader.texts("hours");
    if let Some(mut without) = reader.maybe_table("without", "table of channels") {
        provider.without = by_key(&mut without);
        without.finish();
    }
    let terms = reader.table("terms", "terms");
    provider.at = reader.finish();
    provider.hours = hours::read(&spans, &provider.at, report);
    provider.terms = terms.and_then(|reader| self::terms(reader, report));
    provider
}

fn terms(mut reader: Reader<'_>, report: &Report) -> Option<Terms> {
    let percent = reader.maybe_integer("percent");
    let minor = reader.maybe_integer("flat_minor");
    let currency = reader.maybe_text("currency");
    let at = reader.finish();
    match (percent, minor, currency) {
        (Some(percent), None, None) => Some(Terms::Percent(percent)),
        (None, Some(minor), Some(currency)) => Some(Terms::Flat { minor, currency }),
        _ => {
            let message =
                "`terms` must be { percent = 15 } or { flat_minor = 10000, currency = \"EUR\" }";
            report.error(at.head(), "R80", message);
            None
        }
    }
}
