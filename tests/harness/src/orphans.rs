//! Orphans: work that a killed process held under a lease. How long until somebody has it again is
//! measured in the databases, from the kill on.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::StoreError;
use chassis::on;
use tokio::time::Instant;
use uuid::Uuid;

use crate::arena::Arena;
use crate::books::Books;
use crate::fault::Fault;
use crate::tell::progress;

/// What a lease holds: a lead, or a delivery that is being sent; with its fence.
type Held = (Uuid, i64);

/// Orphaned work runs again within so long of a kill.
pub const LIMIT: Duration = Duration::from_secs(10);
const GIVE_UP: Duration = Duration::from_secs(60);

/// Follows what is held now until somebody has it again. For the record only: other faults go on.
pub fn watch(arena: &Arc<Arena>) {
    let arena = arena.clone();
    let began = Instant::now();
    chassis::run::spawn(async move {
        if let Ok(Some(took)) = taken_up(&arena.books, began).await {
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            progress(format!("orphaned work ran again after {ms} ms"));
        }
    });
}

/// Kills the services whose work waits in queues while nothing else is broken, and gives the
/// longest time until their work ran again.
pub async fn measure(arena: &Arc<Arena>) -> Duration {
    let mut longest = Duration::ZERO;
    for number in 0..arena.slots.len() {
        let queues = matches!(
            arena.slots[number].service,
            "lead-service" | "notification-service" | "bord"
        );
        if !queues || arena.slots[number].lock().await.retired {
            continue;
        }
        let began = Instant::now();
        let killing = Fault::Kill {
            slot: number,
            away_ms: 0,
        };
        let books = arena.books.clone();
        let following = async {
            // What was held at the kill is read a moment after it.
            tokio::time::sleep(Duration::from_millis(50)).await;
            taken_up(&books, began).await
        };
        let ((), took) = tokio::join!(killing.happen(arena), following);
        match took {
            Ok(Some(took)) => {
                progress(format!(
                    "{}: its work ran again after {} ms",
                    arena.slots[number].label,
                    took.as_millis()
                ));
                longest = longest.max(took);
            }
            Ok(None) => progress(format!("{}: it held nothing", arena.slots[number].label)),
            Err(error) => progress(format!("orphans cannot be read: {error}")),
        }
    }
    longest
}

async fn taken_up(books: &Books, began: Instant) -> Result<Option<Duration>, StoreError> {
    let leads = leased_leads(books).await?;
    let sends = leased_sends(books).await?;
    if leads.is_empty() && sends.is_empty() {
        return Ok(None);
    }
    while began.elapsed() < GIVE_UP {
        let still = async {
            let leads_now = leased_leads(books).await?;
            let sends_now = leased_sends(books).await?;
            let left = leads.iter().any(|held| leads_now.contains(held))
                || sends.iter().any(|held| sends_now.contains(held));
            Ok::<_, StoreError>(left)
        };
        if matches!(still.await, Ok(false)) {
            return Ok(Some(began.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Some(began.elapsed()))
}

/// Leads under a lease, each with the lease's end: whoever takes one up sets another.
async fn leased_leads(books: &Books) -> Result<Vec<Held>, StoreError> {
    let mut db = books.lead.read().await?;
    Ok(on!(db, c => sqlx::query_as(
        "SELECT id, lease_until_us FROM lead WHERE lease_until_us IS NOT NULL AND due_us IS NOT NULL")
        .fetch_all(c).await?))
}

/// Deliveries whose send began and has no word yet.
async fn leased_sends(books: &Books) -> Result<Vec<Held>, StoreError> {
    let mut db = books.notification.read().await?;
    Ok(on!(db, c => sqlx::query_as(
        "SELECT id, fence FROM deliveries WHERE state = 'sending' AND task = 'send'")
        .fetch_all(c).await?))
}
