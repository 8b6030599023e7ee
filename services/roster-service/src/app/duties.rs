//! What one replica does for all: the sums whose only good value is 0, every five minutes, and
//! retention, every hour. What was found is kept in the database, so that each replica's metrics show
//! the latest sum and none shows one of its own from long ago.

use std::time::Duration;

use chassis::db::{self, Tx};
use chassis::metrics;

use super::{Error, Roster};
use crate::store::{duties, retention};

/// A duty, by its name in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duty {
    /// I5.
    Capacity,
    /// I7.
    Border,
    Retention,
}

impl Duty {
    const ALL: [Self; 3] = [Self::Capacity, Self::Border, Self::Retention];

    fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity_not_conserved",
            Self::Border => "assignments_across_border",
            Self::Retention => "retention",
        }
    }

    fn every(self) -> Duration {
        match self {
            Self::Capacity | Self::Border => Duration::from_secs(5 * 60),
            Self::Retention => Duration::from_secs(3600),
        }
    }
}

impl Roster {
    /// Does what is due and shows what was found last. True when there is more to do at once.
    pub async fn do_duties(&self) -> anyhow::Result<bool> {
        let mut tx = self.db.read().await?;
        let due = duties::due(&mut tx).await?;
        drop(tx);
        for duty in Duty::ALL {
            if due.iter().any(|name| name == duty.name()) {
                self.do_duty(duty).await?;
            }
        }
        let mut tx = self.db.read().await?;
        let found = duties::found(&mut tx).await?;
        drop(tx);
        let of = |duty: Duty| {
            let mut found = found.iter();
            found
                .find(|(name, _)| name == duty.name())
                .map_or(0, |found| found.1)
        };
        show(of(Duty::Capacity), of(Duty::Border));
        Ok(false)
    }

    async fn do_duty(&self, duty: Duty) -> Result<(), Error> {
        // A batch at a time, each under its own lease.
        loop {
            let db = self.db.clone();
            let more = db::unit(async move {
                let mut tx = db.begin().await?;
                if !duties::take(&mut tx, duty.name(), duty.every()).await? {
                    return Ok(false);
                }
                let more = work(&mut tx, duty).await?;
                tx.commit().await?;
                Ok::<_, Error>(more)
            });
            if !more.await? || self.life.is_stopping() {
                return Ok(());
            }
        }
    }
}

/// True when another batch is due at once.
async fn work(tx: &mut Tx, duty: Duty) -> Result<bool, Error> {
    let found = match duty {
        Duty::Capacity => duties::capacity_not_conserved(tx).await?,
        Duty::Border => duties::assignments_across_border(tx).await?,
        Duty::Retention => {
            let gone = retention::sweep(tx).await?;
            if gone > 0 {
                duties::hurry(tx, duty.name()).await?;
                metrics::counter!("bord_roster_rows_retired_total").increment(gone);
            }
            return Ok(gone > 0);
        }
    };
    duties::keep(tx, duty.name(), found).await?;
    if found != 0 {
        tracing::error!(sum = duty.name(), found, "a sum that must be 0 is not");
    }
    Ok(false)
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn show(capacity: i64, border: i64) {
    metrics::gauge!("bord_capacity_not_conserved").set(capacity as f64);
    metrics::gauge!("bord_assignments_across_border").set(border as f64);
}
