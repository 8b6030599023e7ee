//! PutRetention, and the hourly round that ends the keeping of recordings and transcripts: here at
//! once, at the vendors by stored deletions, in batches, by the database's clock.

use chassis::db::{self, StoreError, Tx};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, Telephony};
use crate::domain::deletion::{Kind, Vendor};
use crate::domain::retention::Retention;
use crate::domain::twiml;
use crate::store::{deletions, retention as store};

/// Rows of one transaction.
const BATCH: i64 = 500;

/// Stores how long things are kept; false when nothing differed.
pub(crate) async fn put_retention(
    telephony: &Telephony,
    retention: Retention,
    dry_run: bool,
) -> Result<bool, Error> {
    let db = telephony.db.clone();
    let changed = db::unit(async move {
        let mut tx = db.begin().await?;
        let changed = store::find(&mut tx).await? != retention;
        if changed && !dry_run {
            store::put(&mut tx, retention).await?;
            tx.commit().await?;
        }
        Ok::<_, StoreError>(changed)
    })
    .await?;
    Ok(changed)
}

/// A class of what is kept for a time.
#[derive(Debug, Clone, Copy)]
enum Class {
    Recordings,
    Transcripts,
    Callers,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Recordings => "recordings",
            Self::Transcripts => "transcripts",
            Self::Callers => "callers",
        }
    }
}

/// Ends the keeping of everything that is past its time.
pub(super) async fn round(telephony: &Telephony) -> Result<(), Error> {
    let now_us = telephony.db.now_us().await?;
    let now = DateTime::from_timestamp_micros(now_us).unwrap_or_default();
    let retention = {
        let mut tx = telephony.db.read().await?;
        store::find(&mut tx).await?
    };
    for class in [Class::Recordings, Class::Transcripts, Class::Callers] {
        let days = match class {
            Class::Recordings => retention.recording_days,
            Class::Transcripts | Class::Callers => retention.transcript_days,
        };
        let before = now - TimeDelta::days(days);
        loop {
            let ended = batch(telephony, class, before, now).await?;
            metrics::counter!("telephony_retention_ended_total", "class" => class.name())
                .increment(ended);
            if i64::try_from(ended).is_ok_and(|ended| ended < BATCH) || telephony.life.is_stopping()
            {
                break;
            }
        }
    }
    Ok(())
}

/// Ends the keeping of one batch; how many rows it had.
async fn batch(
    telephony: &Telephony,
    class: Class,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let db = telephony.db.clone();
    let wakes = [Vendor::ElevenLabs, Vendor::Twilio].map(|vendor| telephony.deletions_wake(vendor));
    let ended = db::unit(async move {
        let mut tx = db.begin().await?;
        let ended = match class {
            Class::Recordings => {
                let calls = store::end_recordings(&mut tx, before, now, BATCH).await?;
                arm(&mut tx, Kind::RecordingsOfCall, &calls).await?
            }
            Class::Transcripts => {
                let ids = store::end_conversations(&mut tx, before, now, BATCH).await?;
                arm(&mut tx, Kind::Conversation, &ids).await?
            }
            Class::Callers => {
                store::end_calls(&mut tx, before, now, &twiml::hangup(), BATCH).await?
            }
        };
        for wake in &wakes {
            tx.wake_after_commit(wake);
        }
        tx.commit().await?;
        Ok::<_, StoreError>(ended)
    })
    .await?;
    Ok(ended)
}

async fn arm(tx: &mut Tx, kind: Kind, subjects: &[String]) -> Result<u64, StoreError> {
    for subject in subjects {
        deletions::arm(tx, kind, subject, "").await?;
    }
    Ok(u64::try_from(subjects.len()).unwrap_or(u64::MAX))
}
