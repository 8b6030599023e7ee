//! The five-minute sums, whose only good value is 0: messages that neither ended nor wait, and
//! messages across a border. Counted by one replica, shown by all.

use chassis::db::{StoreError, unit};
use uuid::Uuid;

use crate::domain::border;
use crate::domain::delivery::Recipient;
use crate::domain::phone::Phone;
use crate::store::sums::Sent;
use crate::store::{duties, sums};

use super::Notification;

const NOT_ENDED: &str = "bord_messages_not_ended";
const ACROSS_BORDER: &str = "bord_messages_across_border";
const PAGE: i64 = 1_000;

/// Counts anew.
pub(super) async fn count(service: &Notification) -> Result<(), StoreError> {
    let mut tx = service.db.read().await?;
    let not_ended = sums::not_ended(&mut tx).await?;
    let by_row = sums::across_border(&mut tx).await?;
    let mut by_number = 0;
    let mut after = Uuid::nil();
    loop {
        let page = sums::sent(&mut tx, after, PAGE).await?;
        by_number += page.iter().filter(|sent| crosses(sent)).count();
        match page.last() {
            Some(last) => after = last.id,
            None => break,
        }
    }
    drop(tx);
    // The same message may be wrong by both: the larger count says how many at least.
    let across = by_row.max(i64::try_from(by_number).unwrap_or(i64::MAX));
    for (measure, value) in [(NOT_ENDED, not_ended), (ACROSS_BORDER, across)] {
        if value != 0 {
            tracing::error!(measure, value, "a sum that must be zero is not");
        }
    }
    let db = service.db.clone();
    unit(async move {
        let mut tx = db.begin().await?;
        duties::note(&mut tx, NOT_ENDED, not_ended).await?;
        duties::note(&mut tx, ACROSS_BORDER, across).await?;
        tx.commit().await
    })
    .await
}

/// By the number itself, whatever its row claims.
fn crosses(sent: &Sent) -> bool {
    let Some(phone) = Phone::parse(&sent.address) else {
        return true;
    };
    let customer = sent.recipient == Recipient::Customer.name();
    phone.country() != sent.source
        && !(customer && border::is_listed(&sent.allowed, phone.country()))
}

/// Shows what was counted last, by whichever replica.
pub(super) async fn show(service: &Notification) -> Result<(), StoreError> {
    let mut tx = service.db.read().await?;
    for (measure, value) in duties::noted(&mut tx).await? {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count that is not zero is told exactly enough"
        )]
        match measure.as_str() {
            NOT_ENDED => metrics::gauge!(NOT_ENDED).set(value as f64),
            ACROSS_BORDER => metrics::gauge!(ACROSS_BORDER).set(value as f64),
            _ => {}
        }
    }
    Ok(())
}
