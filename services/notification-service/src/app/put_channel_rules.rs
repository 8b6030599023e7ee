//! PutChannelRules: what the catalogue declares replaces what stood, as a whole or not at all.

use std::sync::Arc;

use chassis::db::{StoreError, unit};

use crate::domain::rules::Rules;
use crate::store::rules;

use super::Notification;

/// Stores rules; false when nothing differs. `dry_run` answers the same and writes nothing.
pub async fn put(
    service: &Notification,
    declared: Rules,
    dry_run: bool,
) -> Result<bool, StoreError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        let stands = rules::read(&mut tx).await?.sorted();
        let mut declared = declared.sorted();
        declared.version = stands.version;
        if declared == stands {
            return Ok(false);
        }
        if !dry_run {
            declared.version = rules::replace(&mut tx, &declared).await?;
            tx.commit().await?;
            service.remember_rules(Arc::new(declared));
        }
        Ok(true)
    })
    .await
}
