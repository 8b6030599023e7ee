//! The five-minute task: the sums whose only good value is 0, and an alarm for each finding (B1).
//!
//! One replica runs it under a lease; every replica shows what the last good run counted.

use std::sync::Arc;
use std::time::Duration;

use chassis::{clock, db, ids, worker};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use super::lanes::Lane;
use super::ownership::{Report, Scope};
use crate::domain::ownership::Finding;
use crate::store::alarms::{self, Alarm};
use crate::store::{ownership, queue, tasks};

const TASK: &str = "ownership";
/// It is looked at once in so many of the worker's intervals.
const LOOKS: u32 = 30;
const EVERY: Duration = Duration::from_secs(300);
/// After a run that failed: somebody who must answer is away.
const SOON: Duration = Duration::from_secs(60);
const LEASE: Duration = Duration::from_secs(240);
/// Leads that were between two steps at the last run, and clocks that differ.
const OVERLAP: TimeDelta = TimeDelta::minutes(3);
const OVERDUE: Duration = Duration::from_secs(600);

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    worker::run("ownership", life, Arc::default(), every, async move || {
        round(&app).await
    })
    .await;
}

/// Shows the sums, and runs the check when it is due.
async fn round(app: &Arc<Leads>) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let (two, limbo) = ownership::sums(&mut tx, queue::micros(OVERDUE)).await?;
    let due = tasks::is_due(&mut tx, TASK).await?;
    drop(tx);
    show("bord_leads_two_owners", two);
    show("bord_leads_in_limbo", limbo);
    if due {
        check(app).await?;
    }
    let mut tx = app.db.read().await?;
    show(
        "bord_ownership_findings",
        tasks::counted(&mut tx, TASK).await?,
    );
    Ok(false)
}

fn show(name: &'static str, value: i64) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!(name).set(value as f64);
}

async fn check(app: &Arc<Leads>) -> Result<(), Failure> {
    let owner = ids::random().to_string();
    let (this, mine) = (Arc::clone(app), owner.clone());
    let claimed: Option<Option<DateTime<Utc>>> = db::unit(async move {
        let mut tx = this.db.begin().await?;
        let claimed = tasks::claim(&mut tx, TASK, &mine, LEASE).await?;
        tx.commit().await?;
        Ok::<_, Failure>(claimed)
    })
    .await?;
    let Some(last) = claimed else { return Ok(()) };
    let began = clock::now();
    let scope = Scope {
        lead: None,
        since: last.map(|last| last - OVERLAP),
    };
    let checked = app.check_ownership(scope).await;
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        match &checked {
            Ok(report) => {
                for finding in &report.findings {
                    alarms::raise(&mut tx, &alarm(finding)).await?;
                }
                let good = Some((began, report.count()));
                tasks::settle(&mut tx, TASK, &owner, EVERY, good).await?;
                tell(report);
            }
            Err(_) => tasks::settle(&mut tx, TASK, &owner, SOON, None).await?,
        }
        this.wakes.after(&mut tx, &[Lane::Alarms]);
        tx.commit().await?;
        checked.map(|_| ())
    })
    .await
}

fn tell(report: &Report) {
    let findings = report.count();
    tracing::info!(
        findings,
        leads = report.leads,
        assignments = report.assignments,
        messages = report.messages,
        "owners recounted"
    );
}

/// Once for each lead and kind.
fn alarm(finding: &Finding) -> Alarm {
    let (subject, look) = match finding.lead_id {
        id if id == Uuid::nil() => (
            "capacity".to_owned(),
            "Look at `bord providers`.".to_owned(),
        ),
        id => (id.to_string(), format!("Look at it with `bord lead {id}`.")),
    };
    Alarm {
        kind: "OWNERSHIP_BROKEN".to_owned(),
        text: format!(
            "Who has what does not agree ({kind}), {subject}: {detail}. {look} Nothing was changed.",
            kind = finding.kind,
            detail = finding.detail
        ),
        subject,
        slot: finding.kind.to_owned(),
    }
}
