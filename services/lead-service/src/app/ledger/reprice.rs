//! Lines priced anew after a change of the list, page by page, in order of time and key.
//!
//! The place up to which it is done stands in the database, so a replica goes on where another ended.
//! A page holds the list: what is booked meanwhile waits and is priced by the new one, and a list
//! that comes between two pages moves the place back to where it differs. Pages are small and there
//! is a pause between them, so that whoever waits to book something comes in between.

use std::sync::Arc;
use std::time::Duration;

use chassis::{db, worker};

use super::post;
use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::cost;
use crate::store::ledger::{cost_lines, prices};

const PAGE: i64 = 25;
const BETWEEN: Duration = Duration::from_millis(50);
/// It is looked at once in so many of the worker's intervals, and when a list was put.
const LOOKS: u32 = 30;

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    let wake = Arc::clone(&app.ledger.prices);
    worker::run("reprice", life, wake, every, async move || {
        let more = app.reprice().await?;
        if more {
            tokio::time::sleep(BETWEEN).await;
        }
        Ok(more)
    })
    .await;
}

impl Leads {
    /// One page; false when all lines are priced by the list.
    async fn reprice(self: &Arc<Self>) -> Result<bool, Failure> {
        let mut tx = self.db.read().await?;
        let due = prices::cursor(&mut tx).await?.is_some();
        drop(tx);
        if !due {
            return Ok(false);
        }
        let this = Arc::clone(self);
        let (changed, more) = db::unit(async move {
            let mut tx = this.db.begin().await?;
            let Some((time, key)) = prices::lock(&mut tx).await? else {
                return Ok((0, false));
            };
            let list = prices::prices(&mut tx).await?;
            let page = cost_lines::page(&mut tx, (time, &key), PAGE).await?;
            let mut changed = 0;
            for kept in &page {
                let line = cost::line(&kept.fact, &list);
                if line != kept.line {
                    cost_lines::put(&mut tx, &kept.fact, &line).await?;
                    post(&mut tx, &[line.wanted()]).await?;
                    changed += 1;
                }
            }
            let full = i64::try_from(page.len()).is_ok_and(|read| read >= PAGE);
            let last = page.last().filter(|_| full);
            let next = last.map(|kept| (kept.line.at, kept.line.key.clone()));
            prices::set_cursor(&mut tx, &next).await?;
            tx.commit().await?;
            Ok::<_, Failure>((changed, next.is_some()))
        })
        .await?;
        metrics::counter!("lead_cost_lines_repriced_total").increment(changed);
        self.crash_points.pass("lead.after_reprice").await?;
        Ok(more)
    }
}
