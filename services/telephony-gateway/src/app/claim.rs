//! The claim of a call between replicas: whoever writes the row first registers the call, all others
//! wait for the document that the first one stores.

use std::time::{Duration, Instant};

use chassis::db::{self, StoreError};

use super::Telephony;
use super::flights::Answer;
use crate::domain::call::{Call, Handling};
use crate::store;

/// What a database may take of the caller's patience.
pub(super) const CLAIM: Duration = Duration::from_millis(500);

/// True when this process is the first, false when another is; an error when nobody knows.
pub(super) async fn claim(telephony: &Telephony, call: &Call) -> Result<bool, ()> {
    let (db, call) = (telephony.db.clone(), call.clone());
    let claiming = db::unit(async move {
        let mut tx = db.begin().await?;
        let first = store::calls::claim(&mut tx, &call).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(first)
    });
    match tokio::time::timeout(CLAIM, claiming).await {
        Ok(Ok(first)) => Ok(first),
        Ok(Err(_)) | Err(_) => {
            metrics::counter!("telephony_answers_without_database_total").increment(1);
            Err(())
        }
    }
}

/// Another replica's document, as soon as it stands.
pub(super) async fn wait_for_other(
    telephony: &Telephony,
    sid: &str,
    by: Instant,
) -> Option<Answer> {
    while Instant::now() < by {
        let reading = async {
            let mut tx = telephony.db.read().await?;
            store::calls::document(&mut tx, sid).await
        };
        let left = by.saturating_duration_since(Instant::now());
        if let Ok(Ok(Some(Some((document, handling))))) = tokio::time::timeout(left, reading).await
        {
            let handling = Handling::from_name(&handling).unwrap_or(Handling::Unknown);
            return Some(Answer {
                twiml: document.into(),
                handling,
                conversation_id: None,
            });
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    None
}
