//! Erase: empties what is kept of a caller, and asks for the deletion of the vendors' copies in the
//! same transaction (B10). Ids stay as tombstones, so that neither a webhook nor a poll brings
//! anything back (I26).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::db::{self, StoreError, Tx};
use chassis::{clock, ids};

use super::{Error, Telephony};
use crate::domain::call::Event;
use crate::domain::deletion::{Erased, Kind, Vendor};
use crate::domain::phone::E164;
use crate::domain::twiml;
use crate::store::{calls, deletions, erasures};

/// Whose data go, on whose word.
#[derive(Debug, Clone)]
pub(crate) struct Erasure {
    pub(crate) phone: E164,
    pub(crate) actor: String,
    pub(crate) dry_run: bool,
    pub(crate) conversation_ids: Vec<String>,
    pub(crate) call_sids: Vec<String>,
}

/// For the carrier's list of the caller's calls.
const LIST: Duration = Duration::from_secs(3);
/// How long the answer waits for the vendors; what takes longer is told as still due.
const PATIENCE: Duration = Duration::from_secs(4);

pub(crate) async fn erase(
    telephony: &Arc<Telephony>,
    erasure: Erasure,
) -> Result<Vec<Erased>, Error> {
    let dry_run = erasure.dry_run;
    let listed = at_carrier(telephony, &erasure.phone).await;
    let waiting = telephony.journal.sids_of(erasure.phone.as_str());
    let planned = Plan {
        marks: marks(telephony, &erasure.phone),
        at_carrier: listed.clone().unwrap_or_default(),
        waiting,
        erasure,
    };
    let phone = planned.erasure.phone.clone();
    let wakes = [Vendor::ElevenLabs, Vendor::Twilio].map(|vendor| telephony.deletions_wake(vendor));
    let db = telephony.db.clone();
    let mut found = db::unit(async move {
        let mut tx = db.begin().await?;
        let found = planned.carry_out(&mut tx).await?;
        if !dry_run {
            for wake in &wakes {
                tx.wake_after_commit(wake);
            }
            tx.commit().await?;
        }
        Ok::<_, StoreError>(found)
    })
    .await?;
    if !dry_run {
        telephony.journal.forget_caller(phone.as_str());
        for sid in &found.sids {
            telephony.flights.forget(sid);
        }
        settle(telephony, &mut found).await?;
    }
    let mut receipt = found.receipt(dry_run);
    if listed.is_none()
        && let Some(line) = receipt.iter_mut().find(|line| line.store == "twilio.calls")
    {
        line.kept = join(
            &line.kept,
            "the carrier did not list the caller's calls; run again",
        );
        line.due = true;
    }
    Ok(receipt)
}

/// The caller's calls to our numbers as the carrier lists them: one that nobody told us of would
/// be found by the next poll. Nothing when the carrier cannot be asked.
async fn at_carrier(telephony: &Telephony, phone: &E164) -> Option<Vec<String>> {
    let asking = telephony.twilio.calls_from(phone.as_str());
    let listed = match tokio::time::timeout(LIST, asking).await {
        Ok(Ok(listed)) => listed,
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "the carrier does not list a caller's calls");
            return None;
        }
        Err(_) => return None,
    };
    let ours = listed
        .into_iter()
        .filter(|call| telephony.directory.route(&call.to).is_some());
    Some(ours.map(|call| call.sid).collect())
}

/// Under what the deletions of a number are found while they are due: digests that only the holder
/// of a secret can make, the present one first.
fn marks(telephony: &Telephony, phone: &E164) -> Vec<String> {
    let secrets = telephony.call_token_secrets.iter();
    secrets
        .map(|s| ids::derive("erased caller", &[s.expose(), phone.as_str()]).to_string())
        .collect()
}

struct Plan {
    erasure: Erasure,
    marks: Vec<String>,
    at_carrier: Vec<String>,
    /// Calls whose rows wait in memory for the database.
    waiting: Vec<String>,
}

#[derive(Default)]
struct Found {
    sids: BTreeSet<String>,
    calls: i64,
    conversations: i64,
    voicemails: i64,
    /// Due at the vendors, and how much of each was deleted before.
    due: Vec<(Kind, String, i64)>,
    /// What went at the vendors meanwhile.
    deleted: Vec<(Kind, i64)>,
}

impl Plan {
    async fn carry_out(&self, tx: &mut Tx) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let (now, document) = (clock::now(), twiml::hangup());
        let mark = self.marks.first().map_or("", String::as_str);
        for id in self.erasure.conversation_ids.iter().filter(|id| is_id(id)) {
            found.sids.extend(erasures::call_of(tx, id).await?);
            erasures::bury_conversation(tx, id, None).await?;
            found.conversations += i64::from(erasures::erase_conversation(tx, id, now).await?);
            deletions::arm(tx, Kind::Conversation, id, mark).await?;
        }
        found
            .sids
            .extend(erasures::calls_of(tx, self.erasure.phone.as_str()).await?);
        let given = self.erasure.call_sids.iter().filter(|sid| is_id(sid));
        found.sids.extend(given.chain(&self.at_carrier).cloned());
        for sid in &self.waiting {
            found.sids.insert(sid.clone());
            erasures::bury_call(tx, sid, now, true).await?;
        }
        for sid in found.sids.clone() {
            erasures::bury_call(tx, &sid, now, false).await?;
            let Some(trace) = erasures::trace(tx, &sid).await? else {
                continue;
            };
            if !trace.is_erased {
                found.calls += 1;
                let event = Event::new(now, "erased").with("actor", self.erasure.actor.as_str());
                calls::add_event(tx, &sid, &event).await?;
            }
            if !trace.is_recording_erased && erasures::has_voicemail(tx, &sid).await? {
                found.voicemails += 1;
            }
            erasures::erase_call(tx, &sid, now, &document).await?;
            let mut conversations = erasures::conversations_of(tx, &sid).await?;
            if let Some(id) = &trace.conversation_id
                && !conversations.contains(id)
            {
                erasures::bury_conversation(tx, id, Some(&sid)).await?;
                conversations.push(id.clone());
            }
            for id in &conversations {
                let emptied = erasures::erase_conversation(tx, id, now).await?;
                found.conversations += i64::from(emptied);
                deletions::arm(tx, Kind::Conversation, id, mark).await?;
            }
            // A conversation that the vendor's reply did not name is joined by the call's sid.
            if trace.registrations > i64::try_from(conversations.len()).unwrap_or(i64::MAX) {
                deletions::arm(tx, Kind::ConversationsOfCall, &sid, mark).await?;
            }
            if trace.may_be_recorded() {
                deletions::arm(tx, Kind::RecordingsOfCall, &sid, mark).await?;
            }
            deletions::arm(tx, Kind::Call, &sid, mark).await?;
        }
        for mark in &self.marks {
            found.due.extend(deletions::marked(tx, mark).await?);
        }
        Ok(found)
    }
}

/// Waits a little for what is due at the vendors.
async fn settle(telephony: &Telephony, found: &mut Found) -> Result<(), Error> {
    let patience = chassis::deadline::remaining().map_or(PATIENCE, |left| {
        left.saturating_sub(Duration::from_millis(500))
            .min(PATIENCE)
    });
    let until = Instant::now() + patience;
    loop {
        let mut left = Vec::new();
        for (kind, subject, before) in std::mem::take(&mut found.due) {
            let mut tx = telephony.db.read().await?;
            match deletions::find(&mut tx, kind, &subject).await? {
                Some((true, _)) => left.push((kind, subject, before)),
                Some((false, deleted)) => found.deleted.push((kind, deleted - before)),
                None => {}
            }
        }
        found.due = left;
        if found.due.is_empty() || Instant::now() >= until || telephony.life.is_stopping() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl Found {
    fn receipt(&self, dry_run: bool) -> Vec<Erased> {
        let here = [
            ("telephony.call", self.calls),
            ("telephony.conversation", self.conversations),
            ("telephony.voicemail", self.voicemails),
        ];
        let mut receipt: Vec<Erased> = here
            .into_iter()
            .map(|(store, count)| Erased {
                store,
                count,
                kept: String::new(),
                due: false,
            })
            .collect();
        for store in [
            "elevenlabs.conversations",
            "twilio.recordings",
            "twilio.calls",
        ] {
            let due = self
                .due
                .iter()
                .filter(|(kind, ..)| kind.store() == store)
                .count();
            let deleted = self
                .deleted
                .iter()
                .filter(|(kind, _)| kind.store() == store);
            let deleted: i64 = deleted.map(|(_, count)| count).sum();
            let (count, kept) = if dry_run {
                // Recordings are counted by what is known here: the carrier is not asked.
                let known = if store == "twilio.recordings" {
                    self.voicemails
                } else {
                    i64::try_from(due).unwrap_or(i64::MAX)
                };
                (known, String::new())
            } else if due > 0 {
                (
                    deleted,
                    format!("{due} still to be deleted at the vendor; run again"),
                )
            } else {
                (deleted, String::new())
            };
            receipt.push(Erased {
                store,
                count,
                due: !kept.is_empty(),
                kept,
            });
        }
        receipt
    }
}

fn join(one: &str, other: &str) -> String {
    if one.is_empty() {
        other.to_owned()
    } else {
        format!("{one}; {other}")
    }
}

/// What is no id of a vendor's names nothing here or there.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
