//! GetOffer: one provider's offer, as its page shows it. Personal data stand in it only for the
//! provider who accepted (R49), and the customer's words only while they concern it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use crate::domain::attempt::{Attempt, AttemptState, LeadResult, ReleaseCause};
use crate::domain::lead::Lead;
use crate::domain::need::Urgency;
use crate::domain::state::LeadState;
use crate::domain::{currency, reference};
use crate::store::{attempts, leads};

/// Where an offer stands for its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    Open,
    Accepted,
    Declined,
    Over,
    Cancelled,
    Won,
    Lost,
}

/// The customer, for the provider who accepted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Customer {
    pub name: String,
    pub phone: String,
    pub language: String,
    pub recording_url: String,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    pub lead_id: Uuid,
    pub attempt: i32,
    pub state: OfferState,
    pub language: String,
    pub provider_name: String,
    pub reference: String,
    pub category_name: String,
    pub service: String,
    pub location: String,
    pub urgency: Option<Urgency>,
    pub time_zone: String,
    pub create_time: DateTime<Utc>,
    pub answer_deadline: Option<DateTime<Utc>>,
    pub customer: Customer,
    pub result: Option<LeadResult>,
    pub currency: &'static str,
}

impl Leads {
    pub async fn get_offer(self: &Arc<Self>, lead: Uuid, attempt: i32) -> Result<Offer, Failure> {
        let mut tx = self.db.read().await?;
        let attempt = attempts::find(&mut tx, lead, attempt).await?;
        let attempt = attempt.ok_or(Failure::UnknownOffer)?;
        let lead = leads::find(&mut tx, lead).await?;
        let lead = lead.ok_or(Failure::UnknownOffer)?;
        drop(tx);
        let provider = self.roster.provider(&attempt.provider_id).await?;
        let known = self.knowledge().await?;
        let state = state(&lead, &attempt);
        let category = known.category(&lead.category).map(|found| &found.names);
        let named = |language: &str| category.and_then(|names| names.get(language)).cloned();
        let category_name = named(&provider.language)
            .or_else(|| named("en"))
            .unwrap_or_else(|| lead.category.clone());
        let source = lead.source.as_ref();
        let site = source.and_then(|source| known.site(&source.site_id));
        let accepted = matches!(
            state,
            OfferState::Accepted | OfferState::Won | OfferState::Lost
        );
        let customer = accepted.then(|| Customer {
            name: lead.need.customer_name.clone(),
            phone: lead.phone.clone(),
            language: lead.language.clone(),
            recording_url: self.notifications.links().recording(&lead),
        });
        let concerns = accepted || state == OfferState::Open;
        let words = |words: &str| match concerns {
            true => words.to_owned(),
            false => String::new(),
        };
        let deadline = lead.offer.deadline_us.filter(|_| state == OfferState::Open);
        Ok(Offer {
            lead_id: lead.id,
            attempt: attempt.attempt,
            state,
            language: provider.language,
            provider_name: provider.name,
            reference: reference::of(lead.id),
            category_name,
            service: words(&lead.need.service),
            location: words(&lead.need.location),
            urgency: lead.urgency,
            time_zone: site.map(|site| site.time_zone.clone()).unwrap_or_default(),
            create_time: lead.create_time,
            answer_deadline: deadline.and_then(DateTime::from_timestamp_micros),
            customer: customer.unwrap_or_default(),
            result: lead.result.clone().filter(|_| accepted),
            currency: currency::of(&provider.country),
        })
    }
}

fn state(lead: &Lead, attempt: &Attempt) -> OfferState {
    match (attempt.state, attempt.cause, lead.state) {
        (AttemptState::Offered, _, LeadState::Assigned | LeadState::Notified)
            if lead.attempt == attempt.attempt =>
        {
            OfferState::Open
        }
        (AttemptState::Confirmed | AttemptState::Completed, _, LeadState::Won) => OfferState::Won,
        (AttemptState::Confirmed | AttemptState::Completed, _, LeadState::Lost) => OfferState::Lost,
        (_, Some(ReleaseCause::Declined), _) => OfferState::Declined,
        (_, Some(ReleaseCause::Cancelled), _)
        | (AttemptState::Offered, _, LeadState::Cancelled) => OfferState::Cancelled,
        (AttemptState::Confirmed | AttemptState::Completed, _, LeadState::Confirmed) => {
            OfferState::Accepted
        }
        _ => OfferState::Over,
    }
}
