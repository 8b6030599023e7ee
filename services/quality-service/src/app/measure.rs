//! What is read from the database for the metrics: open flags, and what is due.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::Db;
use chassis::metrics::queue::show;
use chassis::run::Life;
use chassis::worker;

use crate::domain::flag::Kind;
use crate::store::{conversations, cost_reports, flags, revisions};

const EVERY: Duration = Duration::from_secs(15);

/// Runs until `life` stops.
pub(crate) async fn run(db: Db, life: Life) {
    let round = async move || measure(&db).await;
    worker::run("metrics", life, Arc::default(), EVERY, round).await;
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn measure(db: &Db) -> anyhow::Result<bool> {
    let mut tx = db.read().await?;
    show(&mut tx, "summaries", conversations::BACKLOG).await?;
    show(&mut tx, "costs", cost_reports::BACKLOG).await?;
    let parked = cost_reports::parked(&mut tx).await?;
    metrics::gauge!("bord_call_costs_parked").set(parked as f64);
    show(&mut tx, "revisions", revisions::BACKLOG).await?;
    let open = flags::open_by_kind(&mut tx).await?;
    for kind in Kind::ALL {
        let of_kind = open.iter().find(|(name, _)| name == kind.name());
        let count = of_kind.map_or(0, |(_, count)| *count);
        metrics::gauge!("bord_flags_open", "kind" => kind.name()).set(count as f64);
    }
    Ok(false)
}
