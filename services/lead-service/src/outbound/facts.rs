//! What a notice says of a lead and of its provider.

use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;

use super::notification::Notifications;
use super::timestamp;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;
use crate::domain::provider::Provider;
use crate::domain::reference;

/// The provider whom a notice goes to, and when the offer was made, from which its link counts.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub provider: &'a Provider,
    pub offer_time: DateTime<Utc>,
}

impl Notifications {
    pub(super) fn provider(&self, lead: &Lead, told: Told<'_>) -> wire::ProviderFacts {
        let provider = told.provider;
        let links = self.links();
        wire::ProviderFacts {
            provider_id: provider.provider_id.clone(),
            name: provider.name.clone(),
            language: provider.language.clone(),
            country: provider.country.clone(),
            whatsapp_e164: provider.whatsapp.clone(),
            sms_e164: provider.sms.clone(),
            email: provider.email.clone(),
            address: provider.address.clone(),
            answer_url: links.offer(lead.id, lead.attempt, told.offer_time),
        }
    }

    pub fn facts(&self, lead: &Lead, known: &Knowledge) -> wire::LeadFacts {
        let source = lead.source.as_ref();
        let site = source.and_then(|source| known.site(&source.site_id));
        let category = known.category(&lead.category);
        let city = lead.city.as_deref().and_then(|city| known.city(city));
        let names = |names: &std::collections::BTreeMap<String, String>| {
            names
                .iter()
                .map(|(language, name)| (language.clone(), name.clone()))
                .collect()
        };
        wire::LeadFacts {
            lead_id: lead.id.to_string(),
            attempt: lead.attempt,
            source_country: source.map(|s| s.country.clone()).unwrap_or_default(),
            allowed_countries: site
                .map(|s| s.allowed_countries.clone())
                .unwrap_or_default(),
            site_url: source.map(|s| s.url.clone()).unwrap_or_default(),
            customer_name: lead.need.customer_name.clone(),
            customer_phone_e164: lead.phone.clone(),
            language: lead.language.clone(),
            service: lead.need.service.clone(),
            category: lead.category.clone(),
            category_names: category.map(|c| names(&c.names)).unwrap_or_default(),
            location: lead.need.location.clone(),
            city: lead.city.clone().unwrap_or_default(),
            city_names: city.map(|c| names(&c.names)).unwrap_or_default(),
            urgency: lead
                .urgency
                .map(|u| u.name().to_owned())
                .unwrap_or_default(),
            health: category.is_some_and(|c| c.health),
            recording_url: self.links().recording(lead),
            create_time: Some(timestamp(lead.create_time)),
            time_zone: site.map(|s| s.time_zone.clone()).unwrap_or_default(),
            reference: reference::of(lead.id),
        }
    }
}
