//! What is read from the database for the metrics: coverage, and the proofs that are due.

use chassis::metrics;
use chassis::metrics::queue::show;

use super::Roster;
use crate::store::{coverage, proofs};

impl Roster {
    /// Shows what is so now. It never has more to do at once.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    pub async fn measure(&self) -> anyhow::Result<bool> {
        let mut tx = self.db.read().await?;
        show(&mut tx, "proofs", proofs::BACKLOG).await?;
        let (served, ready) = coverage::cells(&mut tx).await?;
        for (state, cells) in [("ready", ready), ("shut", served - ready)] {
            metrics::gauge!("bord_coverage_cells", "state" => state).set(cells as f64);
        }
        Ok(false)
    }
}
