//! Providers on the wire: what may be declared, each fault of it named, and what is shown.

use std::collections::BTreeSet;
use std::str::FromStr;

use chassis::fault::{InvalidRequest, Violations};
use chrono_tz::Tz;
use contracts::bord::roster::v1 as pb;
use pb::payout_terms::Terms as WireTerms;

use super::{parsed, short, text, time};
use crate::app::put_provider::{Done, Put};
use crate::domain::Invalid;
use crate::domain::channel::{Contact, Health, Kind};
use crate::domain::hours::{Hours, Window};
use crate::domain::provenance::{Outcome, Source};
use crate::domain::provider::{Declared, MOST_CELLS, Provider};
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
        let kind = match channel.kind() {
            pb::ChannelKind::Unspecified => {
                v.add(format!("{place}.kind"), "is required");
                continue;
            }
            pb::ChannelKind::Whatsapp => Kind::Whatsapp,
            pb::ChannelKind::Sms => Kind::Sms,
            pb::ChannelKind::Email => Kind::Email,
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

pub(in crate::grpc) fn done(done: &Done) -> pb::PutProviderResponse {
    let outcome = match done.outcome {
        Outcome::Create => pb::PutOutcome::Created,
        Outcome::Update => pb::PutOutcome::Updated,
        Outcome::Unchanged | Outcome::Adopt => pb::PutOutcome::Unchanged,
        Outcome::Conflict => pb::PutOutcome::Conflict,
    };
    pb::PutProviderResponse {
        outcome: outcome.into(),
        fields: done
            .fields
            .iter()
            .map(|field| (*field).to_owned())
            .collect(),
    }
}

pub(in crate::grpc) fn provider(from: Provider) -> pb::Provider {
    let Provider {
        declared,
        channels,
        pause_actor,
        held,
        last_assign_time,
        version,
        catalog_hash: _,
    } = from;
    pb::Provider {
        provider_id: declared.provider_id.to_string(),
        name: declared.name,
        country: declared.country.to_string(),
        language: declared.language.to_string(),
        categories: declared
            .categories
            .iter()
            .map(ToString::to_string)
            .collect(),
        cities: declared.cities.iter().map(ToString::to_string).collect(),
        priority: declared.priority,
        capacity: declared.capacity,
        max_per_day: declared.max_per_day,
        time_zone: declared.hours.zone().name().to_owned(),
        hours: declared
            .hours
            .windows()
            .iter()
            .map(|w| window(*w))
            .collect(),
        channels: channels
            .into_iter()
            .map(|channel| pb::Channel {
                kind: kind(channel.contact.kind).into(),
                address: channel.contact.address().to_owned(),
                health: health(channel.health).into(),
            })
            .collect(),
        address: declared.address,
        terms: Some(pb::PayoutTerms {
            terms: Some(match declared.terms {
                Terms::Flat {
                    amount_minor,
                    currency,
                } => WireTerms::Flat(pb::FlatTerms {
                    amount_minor,
                    currency: currency.to_string(),
                }),
                Terms::Percent { hundredths } => WireTerms::PercentHundredths(hundredths),
            }),
        }),
        paused: pause_actor.is_some(),
        held,
        last_assign_time: last_assign_time.map(time),
        version,
        pause_actor: pause_actor.unwrap_or_default(),
    }
}

fn window(window: Window) -> pb::OpenHours {
    let (weekday, open, close) = window.parts();
    pb::OpenHours {
        weekday: weekday.into(),
        open_minute: open.into(),
        close_minute: close.into(),
    }
}

fn kind(kind: Kind) -> pb::ChannelKind {
    match kind {
        Kind::Whatsapp => pb::ChannelKind::Whatsapp,
        Kind::Sms => pb::ChannelKind::Sms,
        Kind::Email => pb::ChannelKind::Email,
    }
}

fn health(health: Health) -> pb::ChannelHealth {
    match health {
        Health::Unproven => pb::ChannelHealth::Unproven,
        Health::Proven => pb::ChannelHealth::Proven,
        Health::Quarantined => pb::ChannelHealth::Quarantined,
        Health::OptedOut => pb::ChannelHealth::OptedOut,
    }
}
