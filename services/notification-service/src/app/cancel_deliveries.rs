//! CancelDeliveries: closes the key, and takes back what has not left. What may have left is not
//! repeated; what a worker is sending right now is counted, and the caller asks again until nothing
//! is: a worker's lease bounds that.

use chassis::clock;
use chassis::db::{StoreError, unit};

use crate::domain::delivery::Recipient;
use crate::store::{deliveries, notices, outcomes};

use super::{Notification, settle};

/// How many were taken back, and how many are held by a worker.
pub struct Cancelled {
    pub cancelled: usize,
    pub in_flight: usize,
}

/// Takes back the deliveries of a notice, to one kind of recipient or to all.
pub async fn cancel(
    service: &Notification,
    key: String,
    recipient: Option<Recipient>,
) -> Result<Cancelled, StoreError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        // Against a notice that is still on its way: its lead goes to another provider meanwhile.
        notices::close(&mut tx, &key, recipient, clock::now()).await?;
        let taken = deliveries::cancel(&mut tx, &key, recipient, clock::now()).await?;
        let in_flight = deliveries::request_cancel(&mut tx, &key, recipient).await?;
        for delivery in &taken {
            outcomes::publish(&mut tx, delivery).await?;
        }
        tx.commit().await?;
        taken.iter().for_each(settle::count);
        Ok(Cancelled {
            cancelled: taken.len(),
            in_flight,
        })
    })
    .await
}
