//! Providers as they are declared on the wire, each fault named. What is shown stands in `shown`.

use std::collections::BTreeSet;
use std::str::FromStr;

use chassis::fault::{InvalidRequest, Violations};
use chrono_tz::Tz;
use contracts::bord::roster::v1 as pb;
use pb::payout_terms::Terms as WireTerms;

use super::channel::kind_of;
use super::{parsed, short, text};
use crate::app::put_provider::Put;
use crate::domain::Invalid;
use crate::domain::channel::Contact;
use crate::domain::hours::{Hours, Window};
use crate::domain::provenance::Source;
use crate::domain::provider::{Declared, MOST_CELLS};
use crate::domain::terms::Terms;

pub(in crate::grpc) fn put(request: pb::PutProviderRequest) -> Result<Put, InvalidRequest> {
    let source = request.source();
    let pb::PutProviderRequest {
        provider,
        source: _,
        dry_run,
        overwrite,
    } = request;
    let mut violations = Violations::new();
    let source = match source {
        pb::Source::Catalog => Some(Source::Catalog),
        pb::Source::Operator => Some(Source::Operator),
        pb::Source::Unspecified => None,
    };
    let source = violations.required("source", source);
    let declared = violations
        .required("provider", provider)
        .and_then(|provider| declared(&mut violations, provider));
    violations.finish()?;
    let (source, declared) = source.zip(declared).expect("checked with the violations");
    Ok(Put {
        declared,
        source,
        dry_run,
        overwrite,
    })
}

fn declared(v: &mut Violations, provider: pb::Provider) -> Option<Declared> {
    let pb::Provider {
        provider_id,
        name,
        country,
        language,
        categories,
        cities,
        priority,
        capacity,
        max_per_day,
        time_zone,
        hours,
        channels,
        address,
        terms,
        // Output only: whatever a caller sends here is not read.
        paused: _,
        held: _,
        last_assign_time: _,
        version: _,
        pause_actor: _,
    } = provider;
    let provider_id = parsed(v, "provider.provider_id", &provider_id);
    let name = text(v, "provider.name", name, 200);
    let country = parsed(v, "provider.country", &country);
    let language = parsed(v, "provider.language", &language);
    let categories = names(v, "provider.categories", &categories);
    let cities = names(v, "provider.cities", &cities);
    if categories.len() * cities.len() > MOST_CELLS {
        v.add(
            "provider.cities",
            format!("times categories is more than {MOST_CELLS}; declare two providers"),
        );
    }
    let priority = in_range(v, "provider.priority", priority, 1, 1_000_000);
    let capacity = in_range(v, "provider.capacity", capacity, 1, 1_000_000);
    let max_per_day = in_range(v, "provider.max_per_day", max_per_day, 0, 1_000_000);
    let hours = hours_of(v, &time_zone, &hours);
    let contacts = contacts(v, &channels);
    let address = short(v, "provider.address", address, 500);
    let terms = terms_of(v, terms);
    Some(Declared {
        provider_id: provider_id?,
        name,
        country: country?,
        language: language?,
        categories,
        cities,
        priority,
        capacity,
        max_per_day,
        hours: hours?,
        contacts,
        address,
        terms: terms?,
    })
}

fn in_range(v: &mut Violations, field: &str, value: i32, least: i32, most: i32) -> i32 {
    if !(least..=most).contains(&value) {
        v.add(field, format!("is out of range; give {least} to {most}"));
    }
    value
}

fn names<T>(v: &mut Violations, field: &str, texts: &[String]) -> BTreeSet<T>
where
    T: FromStr<Err = Invalid> + Ord,
{
    if texts.is_empty() {
        v.add(field, "is empty; name at least one");
    }
    let mut names = BTreeSet::new();
    for (n, text) in texts.iter().enumerate() {
        let place = format!("{field}[{n}]");
        if let Some(name) = parsed(v, &place, text)
            && !names.insert(name)
        {
            v.add(place, "is named twice; remove one");
        }
    }
    names
}

fn hours_of(v: &mut Violations, zone: &str, windows: &[pb::OpenHours]) -> Option<Hours> {
    let zone = v.check(
        "provider.time_zone",
        zone.parse::<Tz>()
            .map_err(|_| "is not an IANA time zone; use one such as Europe/Zurich"),
    );
    let mut parsed = Vec::with_capacity(windows.len());
    for (n, window) in windows.iter().enumerate() {
        let made = Window::new(window.weekday, window.open_minute, window.close_minute);
        parsed.extend(v.check(&format!("provider.hours[{n}]"), made));
    }
    v.check("provider.hours", Hours::new(zone?, parsed))
}

fn contacts(v: &mut Violations, channels: &[pb::Channel]) -> Vec<Contact> {
    if channels.is_empty() {
        v.add(
            "provider.channels",
            "is empty; give at least one way to tell the provider",
        );
    }
    let mut contacts: Vec<Contact> = Vec::with_capacity(channels.len());
    for (n, channel) in channels.iter().enumerate() {
        let place = format!("provider.channels[{n}]");
        let Some(kind) = kind_of(v, &format!("{place}.kind"), channel.kind()) else {
            continue;
        };
        if contacts.iter().any(|known| known.kind == kind) {
            v.add(
                format!("{place}.kind"),
                "stands twice; give one address of a kind",
            );
            continue;
        }
        contacts.extend(v.check(
            &format!("{place}.address"),
            Contact::new(kind, &channel.address),
        ));
    }
    contacts.sort();
    contacts
}

fn terms_of(v: &mut Violations, terms: Option<pb::PayoutTerms>) -> Option<Terms> {
    let terms = terms.and_then(|terms| terms.terms);
    match v.required("provider.terms", terms)? {
        WireTerms::Flat(pb::FlatTerms {
            amount_minor,
            currency,
        }) => {
            let currency = parsed(v, "provider.terms.flat.currency", &currency)?;
            v.check(
                "provider.terms.flat.amount_minor",
                Terms::flat(amount_minor, currency),
            )
        }
        WireTerms::PercentHundredths(share) => {
            v.check("provider.terms.percent_hundredths", Terms::percent(share))
        }
    }
}
