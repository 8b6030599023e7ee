//! Providers as they are shown on the wire, and what a declaration came to.

use contracts::bord::roster::v1 as pb;
use pb::payout_terms::Terms as WireTerms;

use super::channel::{health, kind};
use super::time;
use crate::app::put_provider::Done;
use crate::domain::hours::Window;
use crate::domain::provenance::Outcome;
use crate::domain::provider::Provider;
use crate::domain::terms::Terms;

pub(in crate::grpc) fn done(done: &Done) -> pb::PutProviderResponse {
    let outcome = match done.outcome {
        Outcome::Create => pb::PutOutcome::Created,
        Outcome::Update => pb::PutOutcome::Updated,
        Outcome::Unchanged | Outcome::Adopt if done.resumed => pb::PutOutcome::Updated,
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
                health: health(channel.standing.health).into(),
                health_time: Some(time(channel.standing.health_time)),
                health_cause: channel.standing.health_cause,
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
