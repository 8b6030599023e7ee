//! Rows as they are stored, and how they become domain values.

use chassis::db::CorruptRow;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::assignment::{Assignment, State};
use crate::domain::channel::Channel;
use crate::domain::hours::{Hours, Window};
use crate::domain::ids::{Attempt, LeadId};
use crate::domain::provider::{Declared, Provider};
use crate::domain::terms::Terms;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Serves {
    pub categories: Vec<String>,
    pub cities: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Week {
    pub windows: Vec<(u8, u16, u16)>,
}

impl Week {
    pub(super) fn of(hours: &Hours) -> Self {
        let windows = hours.windows().iter().map(|window| window.parts());
        Self {
            windows: windows.collect(),
        }
    }

    pub(super) fn hours(&self, zone: &str, provider: &str) -> Result<Hours, CorruptRow> {
        let corrupt = |column| CorruptRow::new("provider", column, provider);
        let zone: Tz = zone.parse().map_err(|_| corrupt("time_zone"))?;
        let windows = self
            .windows
            .iter()
            .map(|(day, open, close)| Window::new((*day).into(), (*open).into(), (*close).into()))
            .collect::<Result<_, _>>()
            .map_err(|_| corrupt("hours"))?;
        Hours::new(zone, windows).map_err(|_| corrupt("hours"))
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct ProviderRow {
    pub provider_id: String,
    country: String,
    name: String,
    language: String,
    serves: Json<Serves>,
    priority: i32,
    capacity: i32,
    held: i32,
    max_per_day: i32,
    time_zone: String,
    hours: Json<Week>,
    address: String,
    flat_amount_minor: Option<i64>,
    flat_currency: Option<String>,
    percent_hundredths: Option<i32>,
    pause_actor: Option<String>,
    catalog_hash: Option<String>,
    last_assign_time: Option<DateTime<Utc>>,
    version: i64,
}

impl ProviderRow {
    /// `channels` are the declared ones.
    pub(super) fn into_provider(self, mut channels: Vec<Channel>) -> Result<Provider, CorruptRow> {
        let corrupt = |column| CorruptRow::new("provider", column, &self.provider_id);
        channels.sort_by(|one, other| one.contact.cmp(&other.contact));
        let terms = match (
            self.flat_amount_minor,
            &self.flat_currency,
            self.percent_hundredths,
        ) {
            (Some(amount), Some(currency), None) => {
                let currency = currency.parse().map_err(|_| corrupt("flat_currency"))?;
                Terms::flat(amount, currency).map_err(|_| corrupt("flat_amount_minor"))?
            }
            (None, None, Some(share)) => {
                Terms::percent(share).map_err(|_| corrupt("percent_hundredths"))?
            }
            _ => return Err(corrupt("percent_hundredths")),
        };
        let serves = &self.serves.0;
        let categories = serves.categories.iter().map(|text| text.parse());
        let cities = serves.cities.iter().map(|text| text.parse());
        let declared = Declared {
            provider_id: self
                .provider_id
                .parse()
                .map_err(|_| corrupt("provider_id"))?,
            country: self.country.parse().map_err(|_| corrupt("country"))?,
            language: self.language.parse().map_err(|_| corrupt("language"))?,
            categories: categories
                .collect::<Result<_, _>>()
                .map_err(|_| corrupt("serves"))?,
            cities: cities
                .collect::<Result<_, _>>()
                .map_err(|_| corrupt("serves"))?,
            hours: self.hours.0.hours(&self.time_zone, &self.provider_id)?,
            contacts: channels
                .iter()
                .map(|channel| channel.contact.clone())
                .collect(),
            name: self.name,
            priority: self.priority,
            capacity: self.capacity,
            max_per_day: self.max_per_day,
            address: self.address,
            terms,
        };
        Ok(Provider {
            declared,
            channels,
            pause_actor: self.pause_actor,
            held: self.held,
            last_assign_time: self.last_assign_time,
            version: self.version,
            catalog_hash: self.catalog_hash,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct AssignmentRow {
    lead_id: Uuid,
    attempt: i32,
    assignment_id: Uuid,
    country: String,
    provider_id: String,
    category: String,
    city: String,
    state: String,
    assign_time: DateTime<Utc>,
    confirm_time: Option<DateTime<Utc>>,
    free_time: Option<DateTime<Utc>>,
    complete_time: Option<DateTime<Utc>>,
    release_time: Option<DateTime<Utc>>,
    release_cause: Option<String>,
}

impl TryFrom<AssignmentRow> for Assignment {
    type Error = CorruptRow;

    fn try_from(row: AssignmentRow) -> Result<Self, CorruptRow> {
        let corrupt = |column| CorruptRow::new("assignment", column, row.assignment_id);
        let times = (row.confirm_time, row.complete_time, row.release_time);
        let state = match (row.state.as_str(), times) {
            ("reserved", (None, None, None)) => State::Reserved,
            ("confirmed", (Some(confirm_time), None, None)) => State::Confirmed { confirm_time },
            ("completed", (Some(confirm_time), Some(complete_time), None)) => State::Completed {
                confirm_time,
                complete_time,
            },
            ("released", (confirm_time, None, Some(release_time))) => State::Released {
                confirm_time,
                release_time,
                cause: row.release_cause.ok_or_else(|| corrupt("release_cause"))?,
            },
            _ => return Err(corrupt("state")),
        };
        Ok(Self {
            assignment_id: row.assignment_id,
            lead_id: LeadId(row.lead_id),
            attempt: Attempt::new(row.attempt).map_err(|_| corrupt("attempt"))?,
            country: row.country.parse().map_err(|_| corrupt("country"))?,
            provider_id: row
                .provider_id
                .parse()
                .map_err(|_| corrupt("provider_id"))?,
            category: row.category.parse().map_err(|_| corrupt("category"))?,
            city: row.city.parse().map_err(|_| corrupt("city"))?,
            state,
            assign_time: row.assign_time,
            free_time: row.free_time,
        })
    }
}
