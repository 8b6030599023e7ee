//! Deletes at the vendors what an erasure or retention asked for: one stored deletion at a time for
//! each vendor, under a lease, again and again until it is done. What is not there is deleted.

use chassis::db::{self, Db, StoreError};
use chassis::feed;
use serde_json::json;

use super::lease::{LEASE, Renewal, while_held};
use super::{Error, Telephony};
use crate::domain::deletion::{ALARM_AFTER, Kind, Vendor, pause};
use crate::provider::answer::VendorError;
use crate::store::deletions::{self, Claimed};

/// Takes one deletion that is due, if there is one.
pub(super) async fn step(telephony: &Telephony, vendor: Vendor) -> anyhow::Result<bool> {
    let db = telephony.db.clone();
    let claimed = db::unit(async move {
        let mut read = db.read().await?;
        if !deletions::is_due(&mut read).await? {
            let left = deletions::left(&mut read).await?;
            #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
            metrics::gauge!("telephony_vendor_deletions_due").set(left as f64);
            return Ok(None);
        }
        drop(read);
        let mut tx = db.begin().await?;
        let claimed = deletions::claim(&mut tx, vendor, LEASE).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(claimed)
    })
    .await?;
    let Some(claimed) = claimed else {
        return Ok(false);
    };
    let mut deleted = 0;
    let (db, held) = (telephony.db.clone(), claimed.clone());
    let renew = move || -> Renewal { Box::pin(renew(db.clone(), held.clone())) };
    let outcome = while_held(renew, delete(telephony, &claimed, &mut deleted)).await;
    match outcome {
        // Another replica works on it; it writes what comes of it.
        None => {}
        Some(Ok(())) => {
            note_done(telephony, claimed, deleted).await?;
        }
        Some(Err(error)) => put_off(telephony, claimed, deleted, &error).await?,
    }
    Ok(true)
}

async fn renew(db: Db, claimed: Claimed) -> Result<bool, StoreError> {
    db::unit(async move {
        let mut tx = db.begin().await?;
        let still = deletions::renew(&mut tx, &claimed, LEASE).await?;
        tx.commit().await?;
        Ok(still)
    })
    .await
}

/// Deletes at the vendor, and counts what went, also when a later one fails.
async fn delete(
    telephony: &Telephony,
    claimed: &Claimed,
    deleted: &mut i64,
) -> Result<(), VendorError> {
    let subject = &claimed.subject;
    match claimed.kind {
        Kind::Conversation => {
            telephony.elevenlabs.delete_conversation(subject).await?;
            *deleted += 1;
        }
        Kind::ConversationsOfCall => {
            for id in telephony.elevenlabs.conversations_of_call(subject).await? {
                telephony.elevenlabs.delete_conversation(&id).await?;
                *deleted += 1;
            }
        }
        Kind::RecordingsOfCall => {
            for sid in telephony.twilio.recordings_of_call(subject).await? {
                telephony.twilio.delete_recording(&sid).await?;
                *deleted += 1;
            }
        }
        Kind::Call => {
            telephony.twilio.delete_call(subject).await?;
            *deleted += 1;
        }
    }
    Ok(())
}

async fn note_done(
    telephony: &Telephony,
    claimed: Claimed,
    deleted: i64,
) -> Result<(), StoreError> {
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        if deletions::done(&mut tx, &claimed, deleted).await? {
            metrics::counter!("telephony_vendor_deletions_total", "store" => claimed.kind.store())
                .increment(u64::try_from(deleted).unwrap_or(0));
        }
        tx.commit().await
    })
    .await
}

/// A vendor that fails is asked again later; the operator hears of one that keeps failing.
async fn put_off(
    telephony: &Telephony,
    claimed: Claimed,
    deleted: i64,
    error: &VendorError,
) -> Result<(), StoreError> {
    let store = claimed.kind.store();
    tracing::warn!(store, tries = claimed.tries + 1, error = %error, "a deletion waits");
    metrics::counter!("telephony_vendor_deletion_failures_total", "store" => store).increment(1);
    let pause = pause(telephony.pace.deletion, claimed.tries);
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        deletions::put_off(&mut tx, &claimed, deleted, pause).await?;
        if claimed.tries + 1 == ALARM_AFTER {
            let text = "A vendor does not delete what an erasure or the retention asked for. It is \
                        tried on; look at the vendor's status and at our key's permissions.";
            let body = json!({ "kind": "VENDOR_DELETION_FAILS", "subject": store, "text": text });
            feed::publish(&mut tx, "alarm", store, body).await?;
        }
        tx.commit().await
    })
    .await
}

/// Asks for the deletion of what was seen at a vendor although it was erased here.
pub(super) async fn ask_again(
    telephony: &Telephony,
    kind: Kind,
    subject: &str,
) -> Result<(), Error> {
    let (db, subject) = (telephony.db.clone(), subject.to_owned());
    let wake = telephony.deletions_wake(kind.vendor());
    db::unit(async move {
        let mut tx = db.begin().await?;
        deletions::arm_again(&mut tx, kind, &subject).await?;
        tx.wake_after_commit(&wake);
        tx.commit().await
    })
    .await?;
    Ok(())
}
