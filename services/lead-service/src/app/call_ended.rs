//! RecordCallEnded: from a call's end its incomplete leads have two minutes.

use std::sync::Arc;

use super::error::Failure;
use super::lanes::Lane;
use super::verify_lead::keys_of;
use super::{Leads, undisturbed};
use crate::domain::lead::Event;
use crate::domain::state::LeadState;
use crate::store::{conversations, events, leads, now_us};

/// Telephony's word of a call's end.
#[derive(Debug, Clone)]
pub struct Ended {
    pub conversation_id: String,
    pub call_sid: String,
    /// Microseconds since the epoch by the carrier's clock, which may lie (I18).
    pub end_us: Option<i64>,
}

impl Leads {
    /// A repeat changes nothing: the first word stands.
    pub async fn record_call_ended(self: &Arc<Self>, word: Ended) -> Result<(), Failure> {
        let word = Arc::new(word);
        undisturbed(|| {
            let (this, word) = (Arc::clone(self), Arc::clone(&word));
            async move {
                let mut tx = this.db.begin().await?;
                let keys = keys_of(&word.conversation_id, &word.call_sid);
                for key in &keys {
                    conversations::lock(&mut tx, key).await?;
                }
                let now = now_us(&mut tx).await?;
                let end_us = word.end_us.unwrap_or(now).min(now);
                for key in &keys {
                    conversations::set_ended(&mut tx, key, end_us).await?;
                }
                for before in leads::of_call(&mut tx, &word.conversation_id, &word.call_sid).await?
                {
                    if before.call_end_us.is_some() {
                        continue;
                    }
                    let mut lead = before.clone();
                    lead.call_end_us = Some(end_us);
                    let waits = lead.state == LeadState::Incomplete && !lead.operator_owned;
                    if !waits {
                        // Nothing waits for the end of the call; a step under way is not disturbed.
                        continue;
                    }
                    lead.due_us = Some(this.next_due(&lead, now));
                    if !leads::update(&mut tx, &lead, before.version, None).await? {
                        return Err(Failure::Moved);
                    }
                    let event = Event {
                        kind: "call_ended",
                        from: Some(before.state),
                        to: lead.state,
                        actor: "quality".to_owned(),
                        cause: "the call ended before the need was complete".to_owned(),
                        attributes: Vec::new(),
                    };
                    events::append(&mut tx, lead.id, &event).await?;
                }
                this.wakes.after(&mut tx, &[Lane::Leads]);
                tx.commit().await?;
                Ok(())
            }
        })
        .await
    }
}
