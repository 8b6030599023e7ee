//! What happened to attempts that matters for their income; append-only by trigger. The lines are
//! made of these events and stand nowhere else.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::ledger::income::{self, Event, IncomeLine, What};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::month::Period;
use crate::domain::ledger::terms::{Percent, Terms};

/// Terms as the row keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Paid {
    Flat { micros: i64, currency: String },
    PercentHundredths(u16),
}

#[derive(sqlx::FromRow)]
struct Row {
    lead_id: Uuid,
    attempt: i32,
    event_time: DateTime<Utc>,
    kind: String,
    provider_id: Option<String>,
    terms: Option<Json<Paid>>,
    repeat_of: Option<Uuid>,
    amount_micros: Option<i64>,
    currency: Option<String>,
    credit_id: Option<String>,
    reason: Option<String>,
}

macro_rules! select_event {
    ($tail:literal) => {
        concat!(
            "SELECT e.lead_id, e.attempt, e.event_time, e.kind, e.provider_id, e.terms, e.repeat_of,
                    e.amount_micros, e.currency, e.credit_id, e.reason
               FROM income_event e ",
            $tail,
            " ORDER BY e.lead_id, e.attempt, e.number"
        )
    };
}

impl Row {
    fn event(self) -> Result<Event, CorruptRow> {
        let lead = self.lead_id;
        let corrupt = |column| CorruptRow::new("income_event", column, lead);
        let amount = || {
            let currency = self.currency.as_deref().and_then(|code| code.parse().ok());
            match (self.amount_micros, currency) {
                (Some(micros), Some(currency)) => Ok(Amount { micros, currency }),
                _ => Err(corrupt("amount_micros")),
            }
        };
        let what = match self.kind.as_str() {
            "assigned" => What::Assigned {
                terms: self
                    .terms
                    .as_ref()
                    .and_then(|paid| paid.0.terms())
                    .ok_or_else(|| corrupt("terms"))?,
                provider: self.provider_id.ok_or_else(|| corrupt("provider_id"))?,
            },
            "confirmed" => What::Confirmed,
            "waived" => What::Waived {
                repeat_of: self.repeat_of.ok_or_else(|| corrupt("repeat_of"))?,
            },
            "charged" => What::Charged,
            "won" => What::Won { billed: amount()? },
            "lost" => What::Lost,
            "released" => What::Released,
            "cancelled" => What::Cancelled,
            "credited" => What::Credited {
                amount: amount()?,
                id: self.credit_id.ok_or_else(|| corrupt("credit_id"))?,
                reason: self.reason.unwrap_or_default(),
            },
            _ => return Err(corrupt("kind")),
        };
        Ok(Event {
            at: self.event_time,
            what,
        })
    }
}

impl Paid {
    fn of(terms: Terms) -> Self {
        match terms {
            Terms::Flat(amount) => Self::Flat {
                micros: amount.micros,
                currency: amount.currency.code().to_owned(),
            },
            Terms::Percent(percent) => Self::PercentHundredths(percent.hundredths()),
        }
    }

    fn terms(&self) -> Option<Terms> {
        match self {
            Self::Flat { micros, currency } => Some(Terms::Flat(Amount {
                micros: *micros,
                currency: currency.parse().ok()?,
            })),
            Self::PercentHundredths(hundredths) => Percent::from_hundredths(*hundredths)
                .ok()
                .map(Terms::Percent),
        }
    }
}

/// The first event of an attempt: who has it, on which terms. A repeat changes nothing.
pub async fn assigned(
    tx: &mut Tx,
    (lead, attempt): (Uuid, i32),
    at: DateTime<Utc>,
    provider: &str,
    terms: Terms,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO income_event (lead_id, attempt, number, event_time, kind, provider_id, terms)
         VALUES ($1, $2, 1, $3, 'assigned', $4, $5) ON CONFLICT DO NOTHING")
        .bind(lead).bind(attempt).bind(at).bind(provider).bind(Json(Paid::of(terms)))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// A later event, once each; false where it is there already, and where no terms were fixed when
/// the attempt was assigned. The lead's row is locked, so that numbers do not meet.
pub async fn add(
    tx: &mut Tx,
    (lead, attempt): (Uuid, i32),
    at: DateTime<Utc>,
    what: &What,
    actor: Option<&str>,
) -> Result<bool, StoreError> {
    let (kind, amount, credit) = match what {
        What::Assigned { .. } => ("assigned", None, None),
        What::Confirmed => ("confirmed", None, None),
        What::Waived { .. } => ("waived", None, None),
        What::Charged => ("charged", None, None),
        What::Won { billed } => ("won", Some(*billed), None),
        What::Lost => ("lost", None, None),
        What::Released => ("released", None, None),
        What::Cancelled => ("cancelled", None, None),
        What::Credited { id, amount, reason } => ("credited", Some(*amount), Some((id, reason))),
    };
    let repeat_of = match what {
        What::Waived { repeat_of } => Some(*repeat_of),
        _ => None,
    };
    let added = on!(tx, c => sqlx::query(
        "INSERT INTO income_event (lead_id, attempt, number, event_time, kind, amount_micros,
                                   currency, credit_id, reason, actor, repeat_of)
         SELECT lead_id, attempt, MAX(number) + 1, $3, $4, $5, $6, $7, $8, $9, $10
           FROM income_event WHERE lead_id = $1 AND attempt = $2
          GROUP BY lead_id, attempt
         ON CONFLICT DO NOTHING")
        .bind(lead).bind(attempt).bind(at).bind(kind)
        .bind(amount.map(|amount| amount.micros))
        .bind(amount.map(|amount| amount.currency.code().to_owned()))
        .bind(credit.map(|(id, _)| id.clone())).bind(credit.map(|(_, reason)| reason.clone()))
        .bind(actor.map(str::to_owned)).bind(repeat_of)
        .execute(c).await?.rows_affected());
    Ok(added == 1)
}

pub async fn of_attempt(
    tx: &mut Tx,
    (lead, attempt): (Uuid, i32),
) -> Result<Option<IncomeLine>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_event!("WHERE e.lead_id = $1 AND e.attempt = $2"))
        .bind(lead).bind(attempt).fetch_all(c).await?);
    Ok(lines(rows)?.pop())
}

/// The lines of a lead, its first attempt first.
pub async fn of_lead(tx: &mut Tx, lead: Uuid) -> Result<Vec<IncomeLine>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select_event!("WHERE e.lead_id = $1"))
        .bind(lead).fetch_all(c).await?);
    lines(rows)
}

/// All lines of a provider.
pub async fn of_provider(tx: &mut Tx, provider: &str) -> Result<Vec<IncomeLine>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_event!("JOIN income_event a ON a.lead_id = e.lead_id AND a.attempt = e.attempt
                        WHERE a.provider_id = $1"))
        .bind(provider).fetch_all(c).await?);
    lines(rows)
}

/// Lines to which something happened in a period, of one site's leads or (empty) of all.
pub async fn of_period(
    tx: &mut Tx,
    period: &Period,
    site_id: &str,
) -> Result<Vec<IncomeLine>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_event!("JOIN (SELECT DISTINCT lead_id, attempt FROM income_event
                              WHERE event_time >= $1 AND event_time < $2) i
                         ON i.lead_id = e.lead_id AND i.attempt = e.attempt
                       JOIN lead l ON l.id = e.lead_id
                      WHERE $3 = '' OR l.site_id = $3"))
        .bind(period.from).bind(period.until).bind(site_id).fetch_all(c).await?);
    lines(rows)
}

/// The attempt that a credit's key belongs to.
pub async fn of_credit(tx: &mut Tx, credit_id: &str) -> Result<Option<(Uuid, i32)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT lead_id, attempt FROM income_event WHERE credit_id = $1")
        .bind(credit_id).fetch_optional(c).await?))
}

/// Whether a provider ever had a lead on terms.
pub async fn names(tx: &mut Tx, provider: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM income_event WHERE provider_id = $1)")
        .bind(provider).fetch_one(c).await?))
}

/// From rows in order of lead and attempt.
fn lines(rows: Vec<Row>) -> Result<Vec<IncomeLine>, StoreError> {
    let mut found = Vec::new();
    let mut events: Vec<Event> = Vec::new();
    let mut of = None;
    for row in rows {
        let next = (row.lead_id, row.attempt);
        if let Some((lead, attempt)) = of.replace(next).filter(|of| *of != next) {
            found.extend(income::line(lead, attempt, &events));
            events.clear();
        }
        events.push(row.event()?);
    }
    found.extend(of.and_then(|(lead, attempt)| income::line(lead, attempt, &events)));
    Ok(found)
}
