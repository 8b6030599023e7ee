//! VerifyLead: telephony found the conversation at the vendor as a call to one of our numbers.

use std::sync::Arc;

use uuid::Uuid;

use super::error::Failure;
use super::lanes::Lane;
use super::{Leads, prove, undisturbed};
use crate::domain::keys;
use crate::domain::lead::Event;
use crate::domain::site::SiteFacts;
use crate::domain::state::LeadState;
use crate::store::alarms::{self, Alarm};
use crate::store::{conversations, events, leads, now_us};

/// Telephony's word.
#[derive(Debug, Clone)]
pub struct Verified {
    pub conversation_id: String,
    pub call_sid: String,
    pub called_number: String,
}

impl Leads {
    /// Verifies and dispatches the unverified leads of a conversation, and those still to come.
    pub async fn verify_lead(self: &Arc<Self>, word: Verified) -> Result<Vec<Uuid>, Failure> {
        let known = self.knowledge().await?;
        let site = prove::e164(&word.called_number)
            .and_then(|n| known.site_called(&n))
            .cloned();
        let (word, site) = (Arc::new(word), site.map(Arc::new));
        undisturbed(|| {
            let (this, word) = (Arc::clone(self), Arc::clone(&word));
            let (site, known) = (site.clone(), Arc::clone(&known));
            async move {
                let Some(site) = site else {
                    return this.unknown_number(&word).await;
                };
                let mut tx = this.db.begin().await?;
                for key in keys_of(&word.conversation_id, &word.call_sid) {
                    conversations::lock(&mut tx, &key).await?;
                    conversations::set_verified(&mut tx, &key, &site.site_id).await?;
                }
                let now = now_us(&mut tx).await?;
                let mut verified = Vec::new();
                for before in leads::of_call(&mut tx, &word.conversation_id, &word.call_sid).await?
                {
                    // Another conversation that claims the same call is not what was found.
                    let same = before.conversation_id.is_empty()
                        || before.conversation_id == word.conversation_id;
                    if before.verified || !same || !waits(before.state) {
                        continue;
                    }
                    let mut lead = before.clone();
                    this.verify(&mut lead, Some(&site), &known)?;
                    lead.due_us = Some(this.next_due(&lead, now));
                    if !leads::update(&mut tx, &lead, before.version, None).await? {
                        return Err(Failure::Moved);
                    }
                    events::append(&mut tx, lead.id, &event(before.state, lead.state, &site))
                        .await?;
                    verified.push(lead.id);
                }
                this.wakes.after(&mut tx, &[Lane::Leads]);
                tx.commit().await?;
                Ok(verified)
            }
        })
        .await
    }

    /// The catalogue here does not have the number: a person must look, and the leads stay as
    /// they are.
    async fn unknown_number(&self, word: &Verified) -> Result<Vec<Uuid>, Failure> {
        let mut tx = self.db.begin().await?;
        let waiting = leads::of_call(&mut tx, &word.conversation_id, &word.call_sid).await?;
        let looks: String = waiting
            .iter()
            .map(|lead| format!(" Look at it with `bord lead {}`.", lead.id))
            .collect();
        let text = format!(
            "The call {} went to a number that lead-service does not know, so its leads stay \
             unverified. Apply the catalogue.{looks}",
            word.call_sid
        );
        let alarm = Alarm {
            kind: "UNKNOWN_NUMBER".to_owned(),
            subject: word.call_sid.clone(),
            slot: "1".to_owned(),
            text,
        };
        alarms::raise(&mut tx, &alarm).await?;
        self.wakes.after(&mut tx, &[Lane::Alarms]);
        tx.commit().await?;
        Ok(Vec::new())
    }
}

/// The keys under which a conversation may be known, in the order of locking.
pub(super) fn keys_of(conversation_id: &str, call_sid: &str) -> Vec<String> {
    let none = crate::domain::need::Need::default();
    let mut keys = Vec::new();
    if !call_sid.is_empty() {
        keys.push(keys::call(call_sid));
    }
    if !conversation_id.is_empty() {
        keys.push(keys::conversation(conversation_id, "", &none));
    }
    keys.sort();
    keys
}

fn waits(state: LeadState) -> bool {
    matches!(state, LeadState::Incomplete | LeadState::Pending)
}

fn event(from: LeadState, to: LeadState, site: &SiteFacts) -> Event {
    Event {
        kind: "verified",
        from: Some(from),
        to,
        actor: "quality".to_owned(),
        cause: "telephony knows the conversation as a call to one of our numbers".to_owned(),
        attributes: vec![("site_id", site.site_id.clone())],
    }
}
