//! notification-service as lead-service sees it: notices about leads, alarms, copies of replies.
//!
//! Each notice has a business key, so that a repeat writes nothing.

use std::time::Duration;

use chassis::client::{self, Channel};
use chassis::config::Secret;
use chassis::{clock, token};
use contracts::notification::v1 as wire;
use serde::Serialize;
use url::Url;
use wire::notification_service_client::NotificationServiceClient;
use wire::notify_request::Notice;

use super::{CallFailed, timestamp};
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;
use crate::domain::provider::Provider;
use crate::store::{alarms, replies};

/// Beyond it notification-service refuses a key, and the alarm would never be mailed.
const LONGEST_KEY: usize = 300;

#[derive(Clone)]
pub struct Notifications {
    client: NotificationServiceClient<Channel>,
    limit: Duration,
    links: Links,
}

/// Makes links to recordings.
#[derive(Clone)]
pub struct Links {
    pub secret: Secret,
    pub base: Url,
    pub valid: Duration,
}

#[derive(Serialize)]
struct RecordingClaims<'a> {
    call_sid: &'a str,
    exp: i64,
}

impl Links {
    /// A signed, expiring link to a call's voicemail; the same one each time for the same lead.
    #[must_use]
    pub fn recording(&self, lead: &Lead) -> String {
        if lead.recording_sid.is_empty() {
            return String::new();
        }
        let until = lead.create_time + self.valid;
        let claims = RecordingClaims {
            call_sid: &lead.call_sid,
            exp: until.timestamp(),
        };
        let token = token::sign(&self.secret, "recording", &claims, until);
        format!("{}/r/{token}", self.base.as_str().trim_end_matches('/'))
    }
}

impl Notifications {
    #[must_use]
    pub fn new(channel: Channel, limit: Duration, links: Links) -> Self {
        Self {
            client: NotificationServiceClient::new(channel),
            limit,
            links,
        }
    }

    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Provider, customer and operator are told of the lead's attempt. `valid` ends what goes to the
    /// provider; the others' copies outlive the offer.
    pub async fn assigned(
        &self,
        lead: &Lead,
        provider: &Provider,
        known: &Knowledge,
        valid: Duration,
    ) -> Result<(), CallFailed> {
        let notice = Notice::LeadAssigned(wire::LeadAssigned {
            lead: Some(self.facts(lead, known)),
            provider: Some(wire::ProviderFacts {
                provider_id: provider.provider_id.clone(),
                name: provider.name.clone(),
                language: provider.language.clone(),
                country: provider.country.clone(),
                whatsapp_e164: provider.whatsapp.clone(),
                sms_e164: provider.sms.clone(),
                email: provider.email.clone(),
                address: provider.address.clone(),
                ..Default::default()
            }),
        });
        let key = format!("lead:{}:{}", lead.id, lead.attempt);
        self.notify(key, Some(valid), notice).await
    }

    /// Customer and operator are told that nobody has the lead yet.
    pub async fn unmatched(
        &self,
        lead: &Lead,
        cause: &str,
        known: &Knowledge,
    ) -> Result<(), CallFailed> {
        let notice = Notice::LeadUnmatched(wire::LeadUnmatched {
            lead: Some(self.facts(lead, known)),
            cause: cause.to_owned(),
        });
        let key = format!("lead:{}:unmatched:{}", lead.id, lead.attempt);
        self.notify(key, None, notice).await
    }

    pub async fn alarm(&self, alarm: &alarms::Due) -> Result<(), CallFailed> {
        let notice = Notice::OperatorAlarm(wire::OperatorAlarm {
            kind: alarm.kind.clone(),
            subject: alarm.subject.clone(),
            text: alarm.text.clone(),
        });
        let mut key = format!("alarm:{}:{}:{}", alarm.kind, alarm.subject, alarm.slot);
        if key.len() > LONGEST_KEY {
            // The id derives from the same three.
            key = format!("alarm:{}:{}", alarm.kind, alarm.id);
        }
        self.notify(key, None, notice).await
    }

    /// `health`: it is, or may be, about a health-related lead.
    pub async fn reply(&self, reply: &replies::Due, health: bool) -> Result<(), CallFailed> {
        let body = match reply.body.as_str() {
            "" => &reply.button_payload,
            _ => &reply.body,
        };
        let notice = Notice::InboundReply(wire::InboundReply {
            from: reply.sender.clone(),
            channel: reply.channel.clone(),
            body: body.clone(),
            lead_id: reply.lead_id.map(|id| id.to_string()).unwrap_or_default(),
            health,
        });
        self.notify(format!("reply:{}", reply.message_sid), None, notice)
            .await
    }

    async fn notify(
        &self,
        message_key: String,
        valid: Option<Duration>,
        notice: Notice,
    ) -> Result<(), CallFailed> {
        let request = wire::NotifyRequest {
            message_key,
            not_after: valid.map(|valid| timestamp(clock::now() + valid)),
            notice: Some(notice),
        };
        let mut client = self.client.clone();
        // Boxed, for a call's future is large and the saga holds it at every step.
        let call = Box::pin(client.notify(request));
        let answer = client::with_timeout(self.limit, call).await;
        answer
            .map(|_| ())
            .map_err(|status| CallFailed::new("Notify", &status))
    }

    fn facts(&self, lead: &Lead, known: &Knowledge) -> wire::LeadFacts {
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
            recording_url: self.links.recording(lead),
            create_time: Some(timestamp(lead.create_time)),
            time_zone: site.map(|s| s.time_zone.clone()).unwrap_or_default(),
            ..Default::default()
        }
    }
}
