//! Notify: one transaction writes the notice, its deliveries and what they say (I9), then the
//! workers are woken. A repeat writes nothing and answers what stands.

use std::sync::Arc;

use chassis::clock;
use chassis::db::{StoreError, Tx, unit};
use chassis::fault::{Fault, Kind};
use chrono::{DateTime, Utc};

use crate::domain::border;
use crate::domain::delivery::{Delivery, Recipient, State};
use crate::domain::notice::Notice;
use crate::domain::phone::Phone;
use crate::domain::plan::{self, Setting};
use crate::domain::rules::Rules;
use crate::store::notices::Countries;
use crate::store::{deliveries, messages, notices, outcomes, rules};
use crate::text;

use super::Notification;
use super::compose::{Times, compose};

/// What Notify did.
pub struct Notified {
    pub deliveries: Vec<Delivery>,
    /// False for a repeat.
    pub created: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("the lead has another source country since its first notice")]
    OtherCountry,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for NotifyError {
    fn kind(&self) -> Kind {
        match self {
            Self::OtherCountry => Kind::Refused,
            Self::Store(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::OtherCountry => "SOURCE_COUNTRY_FIXED",
            Self::Store(error) => error.reason(),
        }
    }
}

/// Tells people what the notice says.
pub async fn notify(
    service: &Notification,
    key: String,
    offer_end: Option<DateTime<Utc>>,
    mut notice: Notice,
) -> Result<Notified, NotifyError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        if let Some(lead) = notice.lead_mut() {
            let told = Countries {
                source: lead.source_country.clone(),
                allowed: border::list(&lead.allowed_countries),
            };
            let fixed = notices::fix_countries(&mut tx, lead.lead_id, told).await?;
            if fixed.source != lead.source_country {
                return Err(NotifyError::OtherCountry);
            }
            // What the site no longer allows is not allowed, nor what it allows only since.
            lead.allowed_countries
                .retain(|country| border::is_listed(&fixed.allowed, country));
        }
        // D10: a clinic or a patient who answers without saying what about may be telling of it.
        if let Notice::InboundReply {
            from,
            lead_id: None,
            health,
            ..
        } = &mut notice
            && !*health
            && let Some(phone) = Phone::parse(from)
        {
            *health = notices::told_of_health(&mut tx, phone.e164()).await?;
        }
        // A call whose lead is known as health-related is so, whoever tells of it.
        if let Notice::CallSummary(call) = &mut notice
            && !call.health
        {
            call.health = notices::are_of_health(&mut tx, &call.lead_ids()).await?;
        }
        if let Some(deliveries) = write(&service, &mut tx, &key, offer_end, &notice).await? {
            tx.commit().await?;
            count(&deliveries);
            return Ok(Notified {
                deliveries,
                created: true,
            });
        }
        // The key stands, whatever this notice says: the first one counts (I9).
        let deliveries = deliveries::of_notice(&mut tx, &key).await?;
        Ok(Notified {
            deliveries,
            created: false,
        })
    })
    .await
}

/// Writes a notice with its plan into an open transaction; nothing when the key stands already.
pub(super) async fn write(
    service: &Notification,
    tx: &mut Tx,
    key: &str,
    offer_end: Option<DateTime<Utc>>,
    notice: &Notice,
) -> Result<Option<Vec<Delivery>>, StoreError> {
    let now = clock::now();
    let Some(opened) = notices::open(tx, key, notice, now).await? else {
        return Ok(None);
    };
    let rules = current_rules(service, tx, opened.rules_version).await?;
    let setting = Setting {
        rules: &rules,
        operator_email: &service.operator_email,
        operator_language: &service.operator_language,
        known: &text::LANGUAGES,
    };
    let times = Times {
        now_us: opened.now_us,
        now,
        offer_end,
    };
    let full = service.operator_full_health_copy;
    let (rows, contents) = compose(key, notice, plan::of(notice, &setting), full, &times)?;
    deliveries::insert(tx, &rows).await?;
    messages::insert(tx, &contents).await?;
    if let Notice::CallSummary(call) = notice {
        notices::link(tx, key, &call.lead_ids()).await?;
        messages::note_caller(tx, key, &call.caller).await?;
    }
    for row in &rows {
        let delivery = &row.delivery;
        if delivery.state == State::Queued {
            tx.wake_after_commit(&service.lane(delivery.channel).sends);
        } else {
            outcomes::publish(tx, delivery).await?;
        }
    }
    note_full_copy(service, tx, notice, &rows, now).await?;
    Ok(Some(rows.into_iter().map(|row| row.delivery).collect()))
}

/// The rules of that version: from memory, or read in this transaction.
async fn current_rules(
    service: &Notification,
    tx: &mut Tx,
    version: i64,
) -> Result<Arc<Rules>, StoreError> {
    let known = service.known_rules();
    if known.version == version {
        return Ok(known);
    }
    let read = Arc::new(rules::read(tx).await?);
    service.remember_rules(Arc::clone(&read));
    Ok(read)
}

/// D10: a full copy of a health-related lead or call is a setting whose use is recorded.
async fn note_full_copy(
    service: &Notification,
    tx: &mut Tx,
    notice: &Notice,
    rows: &[deliveries::New],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !notice.health() || !service.operator_full_health_copy {
        return Ok(());
    }
    let lead_id = notice.lead_id().map(tracing::field::display);
    for row in rows
        .iter()
        .filter(|row| row.delivery.recipient == Recipient::Operator)
    {
        messages::note_full_health_copy(tx, row.delivery.id, now).await?;
        tracing::info!(
            delivery.id = %row.delivery.id,
            lead.id = lead_id,
            notice.kind = notice.kind(),
            "full copy of what is health-related for the operator"
        );
    }
    Ok(())
}

fn count(deliveries: &[Delivery]) {
    for delivery in deliveries {
        super::settle::count(delivery);
    }
}
