//! The hourly look at costs against what is planned with (R75, R77, R78): the operator is told once
//! for each site, month and figure; the figures of this month stand in the metrics.

use std::sync::Arc;
use std::time::Duration;

use chassis::{clock, db, ids, worker};
use chrono::{DateTime, TimeDelta, Utc};

use super::economics::Read;
use crate::app::Leads;
use crate::app::error::Failure;
use crate::app::lanes::Lane;
use crate::domain::ledger::cost::Part;
use crate::domain::ledger::divergence::{Divergence, Figure};
use crate::domain::ledger::economics::{Group, Row};
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::ledger::month::Month;
use crate::store::alarms::{self, Alarm};
use crate::store::tasks;

const TASK: &str = "economics";
/// It is looked at once in so many of the worker's intervals.
const LOOKS: u32 = 30;
/// The month is summed for the metrics once in so many looks: a quarter of an hour.
const ROUNDS: u32 = 60;
const EVERY: Duration = Duration::from_secs(3600);
const LEASE: Duration = Duration::from_secs(300);

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    let mut round = 0;
    worker::run("economics", life, Arc::default(), every, async move || {
        if round % ROUNDS == 0 {
            measure(&app).await?;
        }
        round = (round + 1) % ROUNDS;
        let mut tx = app.db.read().await?;
        let due = tasks::is_due(&mut tx, TASK).await?;
        drop(tx);
        if due {
            look(&app).await?;
        }
        Ok(false)
    })
    .await;
}

async fn measure(app: &Leads) -> anyhow::Result<()> {
    let month = Month::of(clock::now()).period();
    let mut tx = app.db.read().await?;
    let read = Read::of(&mut tx, &month, "").await?;
    drop(tx);
    let all = read.table(Group::All, &month).remove("");
    show(&all.unwrap_or_default());
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn show(row: &Row) {
    for part in Part::ALL {
        let micros = row.part(part).micros;
        metrics::gauge!("bord_month_cost_micros", "part" => part.name()).set(micros as f64);
    }
    let due = row.due.micros - row.credited.micros;
    metrics::gauge!("bord_month_income_micros").set(due as f64);
    let margin = row.margin();
    metrics::gauge!("bord_month_margin_micros").set(margin.micros as f64);
    metrics::gauge!("bord_month_unknown_lines").set(f64::from(margin.unknown));
}

async fn look(app: &Arc<Leads>) -> Result<(), Failure> {
    let owner = ids::random().to_string();
    let (this, mine) = (Arc::clone(app), owner.clone());
    let claimed: Option<Option<DateTime<Utc>>> = db::unit(async move {
        let mut tx = this.db.begin().await?;
        let claimed = tasks::claim(&mut tx, TASK, &mine, LEASE).await?;
        tx.commit().await?;
        Ok::<_, Failure>(claimed)
    })
    .await?;
    if claimed.is_none() {
        return Ok(());
    }
    let this_month = Month::of(clock::now());
    let before = Month::of(this_month.start() - TimeDelta::days(1));
    let mut found = Vec::new();
    for month in [before, this_month] {
        let mut tx = app.db.read().await?;
        let read = Read::of(&mut tx, &month.period(), "").await?;
        drop(tx);
        let currency = read.rules.rates.report();
        let divergences = read.divergences(month).into_iter();
        found.extend(divergences.map(|(site, month, found)| alarm(&site, month, &found, currency)));
    }
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        for alarm in &found {
            alarms::raise(&mut tx, alarm).await?;
        }
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        tasks::settle(&mut tx, TASK, &owner, EVERY, Some((clock::now(), count))).await?;
        this.wakes.after(&mut tx, &[Lane::Alarms]);
        tx.commit().await?;
        Ok(())
    })
    .await
}

fn alarm(site: &str, month: Month, found: &Divergence, currency: Currency) -> Alarm {
    let money = |micros: i128| {
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        Amount { micros, currency }.to_string()
    };
    let (what, shown): (_, Box<dyn Fn(i128) -> String>) = match found.figure {
        Figure::CostPerLead => ("a lead costs", Box::new(money)),
        Figure::CostPerRealCall => ("the agent costs for each real call", Box::new(money)),
        Figure::CallSeconds => (
            "a real call lasts on average",
            Box::new(|seconds| format!("{}:{:02} minutes", seconds / 60, seconds % 60)),
        ),
    };
    let lacks = match found.unknown {
        0 => String::new(),
        1 => " One line is unknown and not in it.".to_owned(),
        lines => format!(" {lines} lines are unknown and not in it."),
    };
    Alarm {
        kind: "ECONOMICS_DIVERGE".to_owned(),
        subject: site.to_owned(),
        slot: format!("{month}:{}", found.figure.name()),
        text: format!(
            "At {site} {what} {actual} in {month}, and {expected} was planned with.{lacks} Look at \
             `bord economics --group site` for the parts of it, and at `bord economics --group \
             lead` for the leads that bear it; or correct what is planned with in the catalogue's \
             price list. This is told once for the month.",
            actual = shown(found.actual),
            expected = shown(found.expected.into()),
        ),
    }
}
