//! CaptureVoicemail (B12): a caller whom the agent could not answer becomes a lead.
//!
//! Key: the call. Category and city are the site's defaults, the phone is the caller id. Without
//! a number to call back the lead is the operator's, with the recording.

use std::sync::Arc;

use chassis::{clock, telemetry};
use uuid::Uuid;

use super::error::Failure;
use super::lanes::Lane;
use super::{Leads, undisturbed};
use crate::domain::keys;
use crate::domain::language;
use crate::domain::lead::{Event, Lead, Origin, Source};
use crate::domain::need::{Field, Need};
use crate::domain::phone::{self, Surroundings};
use crate::domain::site::SiteFacts;
use crate::domain::state::LeadState;
use crate::store::alarms::{self, Alarm};
use crate::store::{conversations, events, leads, now_us};

/// A voicemail as telephony stored it.
#[derive(Clone)]
pub struct Voicemail {
    pub call_sid: String,
    pub site_id: String,
    pub caller: String,
    pub recording_sid: String,
}

impl Leads {
    /// A repeat meets the same lead.
    pub async fn capture_voicemail(self: &Arc<Self>, mail: Voicemail) -> Result<Uuid, Failure> {
        let known = self.knowledge().await?;
        let site = known.site(&mail.site_id).cloned();
        let around = Surroundings {
            country: site.as_ref().map(|site| site.country.as_str()),
            ours: known.ours(),
        };
        let phone = phone::caller(&mail.caller, around).unwrap_or_default();
        let (mail, site) = (Arc::new(mail), site.map(Arc::new));
        undisturbed(|| {
            let (this, mail) = (Arc::clone(self), Arc::clone(&mail));
            let (site, phone) = (site.clone(), phone.clone());
            async move {
                let key = keys::call(&mail.call_sid);
                let mut tx = this.db.begin().await?;
                conversations::lock(&mut tx, &key).await?;
                let now = now_us(&mut tx).await?;
                let lead = lead(&mail, site.as_deref(), phone, &key, now);
                // The lock is held, so a taken key is a lead that is there to be read.
                let first = leads::of_conversation(&mut tx, &key)
                    .await?
                    .into_iter()
                    .next();
                if let Some(standing) = first {
                    return Ok(standing.id);
                }
                if !leads::insert(&mut tx, &lead, None).await? {
                    return Err(Failure::Moved);
                }
                let event = Event {
                    kind: "stored",
                    from: None,
                    to: lead.state,
                    actor: "quality".to_owned(),
                    cause: "a voicemail (B12)".to_owned(),
                    attributes: vec![
                        ("category", lead.category.clone()),
                        ("city", lead.city.clone().unwrap_or_default()),
                        ("phone", chassis::mask::phone(&lead.phone)),
                    ],
                };
                events::append(&mut tx, lead.id, &event).await?;
                if lead.operator_owned {
                    let link = this.notifications.links().recording(&lead);
                    alarms::raise(&mut tx, &alarm(&lead, &link)).await?;
                }
                this.wakes.after(&mut tx, &[Lane::Leads, Lane::Alarms]);
                tx.commit().await?;
                Ok(lead.id)
            }
        })
        .await
    }
}

fn alarm(lead: &Lead, link: &str) -> Alarm {
    let why = match lead.source {
        Some(_) => "withheld the number, so nobody can call back",
        None => "called a site that lead-service does not know; apply the catalogue",
    };
    Alarm {
        kind: "VOICEMAIL_FOR_OPERATOR".to_owned(),
        subject: lead.id.to_string(),
        slot: "1".to_owned(),
        text: format!(
            "A caller left a voicemail and {why}. Nobody else was told of the lead {id}. Look at \
             it with `bord lead {id}` and listen to it: {link}",
            id = lead.id
        ),
    }
}

fn lead(mail: &Voicemail, site: Option<&SiteFacts>, phone: String, key: &str, now: i64) -> Lead {
    let mut lead = Lead::new(key, Origin::Voicemail, Need::default(), now, clock::now());
    lead.call_sid.clone_from(&mail.call_sid);
    lead.caller_id.clone_from(&mail.caller);
    lead.recording_sid.clone_from(&mail.recording_sid);
    // Telephony itself reports the call.
    lead.verified = site.is_some();
    lead.source = site.map(Source::of);
    lead.language = language::choose("", site.map_or(&[], |site| &site.languages)).to_owned();
    lead.category = site
        .and_then(|s| s.categories.first().cloned())
        .unwrap_or_default();
    lead.city = site.and_then(|s| s.cities.first().cloned());
    lead.call_end_us = Some(now);
    lead.traceparent = telemetry::current_traceparent();
    if site.is_some() && !phone.is_empty() {
        lead.state = LeadState::Pending;
        lead.attempt = 1;
        lead.due_us = Some(now);
    } else {
        lead.operator_owned = true;
    }
    if phone.is_empty() {
        lead.missing.push(Field::Phone);
    }
    lead.phone = phone;
    lead
}
