//! The hourly task of the ledger: each number costs something in each month in which it stood (R10,
//! R74), months included in which nobody ran; and what was told in another order finds together.
//!
//! Time is the database's (I18). One replica at a time does it: the task's row is held throughout.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chassis::{db, ids, worker};
use chrono::{DateTime, TimeDelta, Utc};

use super::book::book;
use super::{attribution, messages};
use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::cost::{Belongs, Fact, monthly};
use crate::domain::ledger::month::{Month, Period};
use crate::store::ledger::numbers::{self, Stood};
use crate::store::ledger::{lookups, prices};
use crate::store::{now_us, tasks};

pub const TASK: &str = "ledger";
const HOUR: Duration = Duration::from_secs(3600);
const LEASE: Duration = Duration::from_secs(120);
const BATCH: usize = 500;
/// It is looked at once in so many of the worker's intervals, and when a number came or went.
const LOOKS: u32 = 30;
/// A change of a number may be committed so long after its time.
const LATE: TimeDelta = TimeDelta::days(1);

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    let wake = Arc::clone(&app.ledger.numbers);
    worker::run("ledger", life, wake, every, async move || {
        Ok(round(&app).await?)
    })
    .await;
}

/// True while there is more.
async fn round(app: &Arc<Leads>) -> Result<bool, Failure> {
    let mut tx = app.db.read().await?;
    let due = tasks::is_due(&mut tx, TASK).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let this = Arc::clone(app);
    db::unit(async move {
        let owner = ids::random().to_string();
        let mut tx = this.db.begin().await?;
        let Some(done) = tasks::claim(&mut tx, TASK, &owner, LEASE).await? else {
            return Ok(false);
        };
        let now = DateTime::from_timestamp_micros(now_us(&mut tx).await?).unwrap_or_default();
        prices::hold(&mut tx).await?;
        let list = prices::prices(&mut tx).await?;
        let stood = numbers::all(&mut tx).await?;
        let mut booked = 0;
        for fact in due_months(&stood, now, done) {
            if booked == BATCH {
                break;
            }
            // The site that had the number first in the month bears it.
            if !lookups::is_there(&mut tx, &fact.key).await? {
                book(&mut tx, &fact, &list).await?;
                booked += 1;
            }
        }
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        for conversation in lookups::found_meanwhile(&mut tx, limit).await? {
            messages::give_call(&mut tx, &conversation, &list).await?;
        }
        let decided = attribution::catch_up(&mut tx, limit).await?;
        let more = booked >= BATCH || decided >= BATCH;
        let (again, good) = if more {
            (Duration::ZERO, None)
        } else {
            (HOUR, Some((now, i64::try_from(booked).unwrap_or(i64::MAX))))
        };
        tasks::settle(&mut tx, TASK, &owner, again, good).await?;
        tx.commit().await?;
        Ok(more)
    })
    .await
}

/// What numbers cost up to now, from the month of the last good round on; each month of a number
/// once, for whom it stood first.
fn due_months(stood: &[Stood], now: DateTime<Utc>, done: Option<DateTime<Utc>>) -> Vec<Fact> {
    let first = done.map(|done| Month::of(done - LATE));
    let mut seen = BTreeSet::new();
    let mut facts = Vec::new();
    for stood in stood {
        let period = Period {
            from: stood.from,
            // The moment itself counts.
            until: stood.until.unwrap_or(now + TimeDelta::microseconds(1)),
        };
        for month in period.months() {
            if first.is_some_and(|first| month < first) {
                continue;
            }
            let belongs = Belongs {
                site: stood.site_id.clone(),
                ..Belongs::default()
            };
            let fact = monthly(stood.part, &stood.number, month, &stood.country, belongs);
            if seen.insert(fact.key.clone()) {
                facts.push(fact);
            }
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::cost::Part;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn stood(site: &str, from: &str, until: &str) -> Stood {
        Stood {
            number: "+41225394512".to_owned(),
            from: at(from),
            until: (!until.is_empty()).then(|| at(until)),
            site_id: site.to_owned(),
            country: "CH".to_owned(),
            part: Part::Did,
        }
    }

    fn months(stood: &[Stood], now: &str, done: Option<&str>) -> Vec<String> {
        let facts = due_months(stood, at(now), done.map(at)).into_iter();
        let told = |fact: Fact| format!("{} {}", &fact.key[20..27], fact.belongs.site);
        facts.map(told).collect()
    }

    #[test]
    fn a_number_of_31_january_23_59_costs_january_and_at_midnight_february_too() {
        let number = [stood("a", "2028-01-31T23:59:59Z", "")];
        assert_eq!(months(&number, "2028-01-31T23:59:59Z", None), ["2028-01 a"]);
        let both = ["2028-01 a", "2028-02 a"];
        assert_eq!(months(&number, "2028-02-01T00:00:00Z", None), both);
        assert_eq!(months(&number, "2028-02-29T23:59:59Z", None), both);
        assert_eq!(months(&number, "2028-03-01T00:00:00Z", None).len(), 3);
    }

    #[test]
    fn a_number_that_moves_in_mid_month_is_borne_once_by_the_site_that_had_it_first() {
        let moved = [
            stood("a", "2026-01-10T00:00:00Z", "2026-02-15T00:00:00Z"),
            stood("b", "2026-02-15T00:00:00Z", ""),
        ];
        let told = months(&moved, "2026-03-01T00:00:00Z", None);
        assert_eq!(told, ["2026-01 a", "2026-02 a", "2026-03 b"]);
    }

    #[test]
    fn months_in_which_nobody_ran_are_made_up_for_and_earlier_ones_are_done() {
        let number = [stood("a", "2026-01-10T00:00:00Z", "")];
        let told = months(
            &number,
            "2026-06-02T00:00:00Z",
            Some("2026-04-20T10:00:00Z"),
        );
        assert_eq!(told, ["2026-04 a", "2026-05 a", "2026-06 a"]);
        let edge = months(
            &number,
            "2026-06-02T00:00:00Z",
            Some("2026-06-01T00:30:00Z"),
        );
        assert_eq!(edge, ["2026-05 a", "2026-06 a"]);
    }
}
