//! ListDeliveries: pages of deliveries, oldest first.

use crate::domain::delivery::Delivery;
use crate::store::deliveries::{self, After, Which};
use chassis::db::StoreError;

use super::Notification;

/// A page, and where the next one begins.
pub struct Page {
    pub deliveries: Vec<Delivery>,
    pub next: Option<After>,
}

/// One page of at most `size` deliveries.
pub async fn list(
    service: &Notification,
    which: &Which,
    after: Option<After>,
    size: usize,
) -> Result<Page, StoreError> {
    let mut tx = service.db.read().await?;
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = deliveries::list(&mut tx, which, after, limit).await?;
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| more);
    let next = last.map(|last| After {
        create_time: last.create_time,
        id: last.id,
    });
    Ok(Page {
        deliveries: found,
        next,
    })
}
