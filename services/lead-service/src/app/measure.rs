//! What is read from the database for the metrics: leads by state, how long the oldest waits for a
//! provider, and what is due in each lane.

use std::sync::Arc;
use std::time::Duration;

use chassis::metrics::queue::show;
use chassis::worker;

use super::Leads;
use crate::domain::state::LeadState;
use crate::store::ledger::lookups;
use crate::store::{leads, queue};

const EVERY: Duration = Duration::from_secs(15);
/// Counting all leads reads them all, so it is done once in so many rounds.
const ROUNDS: u32 = 4;

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, mut round) = (app.life.clone(), 0);
    worker::run(
        "lead-metrics",
        life,
        Arc::default(),
        EVERY,
        async move || {
            measure(&app, round % ROUNDS == 0).await?;
            round = (round + 1) % ROUNDS;
            Ok(false)
        },
    )
    .await;
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn measure(app: &Leads, whole: bool) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    for (name, statement) in queue::BACKLOGS {
        show(&mut tx, name, statement).await?;
    }
    let oldest = leads::oldest_unmatched_us(&mut tx).await?;
    metrics::gauge!("bord_oldest_unmatched_seconds").set(oldest as f64 / 1e6);
    if !whole {
        return Ok(());
    }
    let unknown = lookups::count_unknown(&mut tx).await?;
    metrics::gauge!("bord_cost_lines_unknown").set(unknown as f64);
    let counted = leads::count(&mut tx).await?;
    for state in LeadState::ALL {
        let of_state = counted.iter().find(|(name, _)| name == state.name());
        let count = of_state.map_or(0, |(_, count)| *count);
        metrics::gauge!("leads", "state" => state.name()).set(count as f64);
    }
    Ok(())
}
