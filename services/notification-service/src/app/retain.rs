//! Retention: so many days after it was made a message loses its address and text, here and at the
//! carrier. In batches, by the database's clock; a repeat finds nothing more.

use chassis::clock;
use chassis::db::{StoreError, unit};

use crate::store::{erasures, messages};

use super::Notification;

const BATCH: i64 = 500;

/// Empties what is old enough.
pub(super) async fn retain(service: &Notification) -> Result<(), StoreError> {
    loop {
        let db = service.db.clone();
        let emptied = unit(async move {
            let mut tx = db.begin().await?;
            let old = messages::too_old(&mut tx, BATCH).await?;
            for id in &old {
                erasures::empty(&mut tx, *id, "retention", clock::now()).await?;
            }
            tx.commit().await?;
            Ok::<_, StoreError>(old.len())
        })
        .await?;
        if emptied == 0 {
            return Ok(());
        }
        metrics::counter!("notification_messages_emptied_total")
            .increment(u64::try_from(emptied).unwrap_or(0));
        service.erasing.notify_one();
    }
}
