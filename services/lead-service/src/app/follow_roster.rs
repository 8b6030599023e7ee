//! Roster changes wake the leads that nobody could take, the oldest first (D7).

use std::sync::Arc;

use chassis::db::Tx;
use chassis::feed::{self, Entry, Position};

use super::Leads;
use super::lanes::Lane;
use crate::store::leads;

/// Follows the roster until the process stops. The wake-up commits with the position.
pub async fn run(app: Arc<Leads>) {
    let roster = app.roster.clone();
    let waiting = Arc::clone(app.wakes.of(Lane::Waiting));
    let open = move |after: Position| {
        let roster = roster.clone();
        async move { roster.follow(after).await }
    };
    feed::follow(
        app.db.clone(),
        "roster",
        app.life.clone(),
        open,
        move |tx, entry| {
            let waiting = Arc::clone(&waiting);
            Box::pin(async move {
                apply(tx, entry).await?;
                tx.wake_after_commit(&waiting);
                Ok(())
            })
        },
    )
    .await;
}

/// A pause frees nothing, so it wakes nobody.
async fn apply(tx: &mut Tx, entry: &Entry) -> anyhow::Result<()> {
    if entry.kind != "paused" {
        let woken = leads::wake_unmatched(tx, &entry.subject).await?;
        if woken > 0 {
            tracing::info!(woken, kind = entry.kind, "unmatched leads are tried again");
        }
    }
    Ok(())
}
