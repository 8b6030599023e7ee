//! Carries one entry of telephony's stream on to whoever must know it (design, section 1).
//!
//! Order: the effect, then the row in the books, then the position, which the follower writes. A
//! crash between any two repeats the entry, and every effect is idempotent by its own key. The
//! follower repeats what failed: for ever while a neighbour cannot be reached, a few times when a
//! neighbour refuses the entry, which is then parked (I23).

use std::sync::Arc;
use std::time::Duration;

use chassis::crash::Points;
use chassis::db::{self, Db, StoreError, Tx};
use chassis::feed::Entry;
use chassis::{client, clock};
use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::domain::call::Call;
use crate::domain::fact::{Fact, slot};
use crate::outbound::{Alarm, CallEnd, Failed, Leads, Telephony, Voicemail};
use crate::store;
use crate::store::conversations::Told;

/// For one try at an entry.
const TRY_LIMIT: Duration = Duration::from_secs(5);

/// What carrying needs. Clones share it.
#[derive(Clone)]
pub struct Carrier {
    pub db: Db,
    pub(crate) telephony: Telephony,
    pub(crate) leads: Leads,
    pub(crate) points: Points,
    /// Woken when a conversation is told of: its summary is due.
    pub(crate) summaries: Arc<Notify>,
}

/// What the books keep of a fact: the call that ended, the conversation that is to be judged.
async fn book(
    tx: &mut Tx,
    fact: Fact,
    call_sid: &str,
    time: DateTime<Utc>,
    traceparent: Option<String>,
) -> Result<(), StoreError> {
    match fact {
        Fact::Ended {
            site_id,
            conversation_id,
            state,
            end_time,
            duration_ms,
        } => {
            let call = Call {
                call_sid: call_sid.to_owned(),
                site_id,
                conversation_id,
                state,
                duration_ms,
                end_time: end_time.unwrap_or(time),
            };
            store::calls::ended(tx, &call).await
        }
        Fact::Conversation {
            conversation_id,
            site_id,
            status,
        } => {
            let told = Told {
                conversation_id,
                call_sid: call_sid.to_owned(),
                site_id,
                status,
                tell_time: clock::now(),
                traceparent,
            };
            store::conversations::keep(tx, &told).await?;
            // Found after the close, or told again with its cost: the ledger hears of it.
            store::cost_reports::plan(tx, told.call_key()).await
        }
        _ => Ok(()),
    }
}

impl Carrier {
    /// Carries `entry` on and counts it. An error means that it must be tried again.
    pub async fn carry(&self, entry: Entry) -> anyhow::Result<()> {
        let fact: Fact = serde_json::from_value(entry.body)?;
        let (call_sid, time) = (entry.subject.as_str(), entry.create_time);
        self.points.pass("quality.before_carry").await?;
        client::with_timeout(TRY_LIMIT, self.effect(&fact, call_sid, time)).await?;
        self.points.pass("quality.after_carry").await?;
        let (db, kind, call_sid) = (self.db.clone(), fact.kind(), entry.subject);
        let (wake, traceparent) = (Arc::clone(&self.summaries), entry.traceparent);
        db::unit(async move {
            let mut tx = db.begin().await?;
            book(&mut tx, fact, &call_sid, time, traceparent).await?;
            store::count(&mut tx, &entry.position, kind, &call_sid, clock::now()).await?;
            if kind == "conversation" {
                tx.wake_after_commit(&wake);
            }
            tx.commit().await
        })
        .await?;
        metrics::counter!("entries_carried_total", "kind" => kind).increment(1);
        Ok(())
    }

    async fn effect(&self, fact: &Fact, call_sid: &str, time: DateTime<Utc>) -> Result<(), Failed> {
        match fact {
            Fact::Ended {
                conversation_id,
                end_time,
                duration_ms,
                ..
            } => {
                let end = CallEnd {
                    call_sid,
                    conversation_id,
                    end_time: *end_time,
                    duration_ms: *duration_ms,
                };
                self.leads.record_call_ended(end).await
            }
            Fact::Verified {
                conversation_id,
                called_number,
            } => {
                self.leads
                    .verify(conversation_id, call_sid, called_number)
                    .await
            }
            Fact::Voicemail {
                site_id,
                recording_sid,
                duration_ms,
            } => {
                // A call that telephony does not know has no caller; its voicemail goes to the
                // operator like an anonymous one, and is not lost.
                let caller = self.telephony.caller(call_sid).await?.unwrap_or_default();
                let voicemail = Voicemail {
                    call_sid,
                    site_id,
                    caller,
                    recording_sid,
                    duration_ms: *duration_ms,
                    record_time: time,
                };
                self.leads.capture_voicemail(voicemail).await
            }
            Fact::Fallback { site_id, reason } => {
                let subject = if site_id.is_empty() {
                    "unknown site"
                } else {
                    site_id
                };
                let text = format!(
                    "Callers of {subject} reach the voicemail instead of the agent ({reason}); \
                     call {call_sid} was one of them. Look at the agent and at ElevenLabs' status."
                );
                let subject = format!("{subject}/{reason}");
                let kind = "CALLER_SERVED_BY_FALLBACK";
                let slot = slot(time);
                let alarm = Alarm {
                    kind,
                    subject: &subject,
                    text: &text,
                    slot: &slot,
                };
                self.leads.raise_alarm(alarm).await
            }
            Fact::Alarm {
                kind,
                subject,
                text,
            } => {
                let slot = slot(time);
                // An alarm must name something; where telephony named nothing, the call is meant.
                let subject = if subject.is_empty() {
                    call_sid
                } else {
                    subject
                };
                self.leads
                    .raise_alarm(Alarm {
                        kind,
                        subject,
                        text,
                        slot: &slot,
                    })
                    .await
            }
            Fact::Conversation { .. } | Fact::Unknown => Ok(()),
        }
    }
}
