//! CheckBooks: the books recounted by code that posts nothing, and the daily task that does so and
//! tells the operator of every finding once.
//!
//! Costs are compared inside the database, each comparison in one statement. Incomes are recounted
//! from events, a page of leads at a time; what differs is looked at again under the lead's lock
//! before it is said, for leads move meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chassis::fault::{Fault as _, Kind};
use chassis::{clock, db, ids, worker};
use uuid::Uuid;

use crate::app::Leads;
use crate::app::error::Failure;
use crate::app::lanes::Lane;
use crate::domain::ledger::recount::{Entry, expected};
use crate::store::alarms::{self, Alarm};
use crate::store::ledger::recount::{self as books, Beside, Counts};
use crate::store::{leads, tasks};

/// Leads in one page of the recount.
const BATCH: i64 = 500;
const TASK: &str = "books";
/// It is looked at once in so many of the worker's intervals.
const LOOKS: u32 = 30;
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// After a run that failed.
const SOON: Duration = Duration::from_secs(300);
const LEASE: Duration = Duration::from_secs(1800);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub kind: &'static str,
    /// The currency, the entry's base, or the lead.
    pub subject: String,
    pub detail: String,
}

#[derive(Debug, Clone, Default)]
pub struct Checked {
    pub findings: Vec<Finding>,
    /// Account, currency, micros.
    pub balances: Vec<(String, String, i64)>,
    pub counts: Counts,
}

impl Leads {
    pub async fn check_books(self: &Arc<Self>) -> Result<Checked, Failure> {
        let mut tx = self.db.read().await?;
        let balances = books::balances(&mut tx).await?;
        let counts = books::counts(&mut tx).await?;
        let mut findings = out_of_balance(&balances);
        for base in books::broken_chains(&mut tx).await? {
            let detail = "its entries are no unbroken chain of an entry, its reversal, the next";
            findings.push(finding("CHAIN_BROKEN", base, detail));
        }
        findings.extend(
            books::costs_that_differ(&mut tx)
                .await?
                .iter()
                .map(cost_differs),
        );
        for base in books::without_line(&mut tx).await? {
            let detail = "the books hold an entry for which there is no line";
            findings.push(finding("LINE_MISSING", base, detail));
        }
        for lead in books::without_terms(&mut tx).await? {
            let detail = "it was confirmed, and no terms say what its provider owes";
            findings.push(finding("INCOME_UNKNOWN", lead.to_string(), detail));
        }
        drop(tx);
        findings.extend(self.recount_incomes().await?);
        findings.sort();
        Ok(Checked {
            findings,
            balances,
            counts,
        })
    }

    async fn recount_incomes(self: &Arc<Self>) -> Result<Vec<Finding>, Failure> {
        let mut tx = self.db.read().await?;
        let standing = books::standing_incomes(&mut tx).await?;
        let mut standing: BTreeMap<_, _> = standing
            .into_iter()
            .map(|entry| (entry.base.clone(), entry))
            .collect();
        let mut suspected: Vec<(Uuid, String)> = Vec::new();
        let mut after = Uuid::nil();
        loop {
            let page = books::attempts(&mut tx, after, BATCH).await?;
            let Some(last) = page.last() else { break };
            after = last.lead;
            for attempt in &page {
                for entry in expected(attempt) {
                    if standing.remove(&entry.base).as_ref() != Some(&entry) {
                        suspected.push((attempt.lead, entry.base));
                    }
                }
            }
        }
        drop(tx);
        // What nobody expects.
        suspected.extend(standing.into_keys().map(|base| (lead_of(&base), base)));
        let mut findings = Vec::new();
        for (lead, base) in suspected {
            findings.extend(self.look_again(lead, base).await?);
        }
        Ok(findings)
    }

    /// What is expected and what stands for a base, while nobody moves its lead.
    async fn look_again(
        self: &Arc<Self>,
        lead: Uuid,
        base: String,
    ) -> Result<Option<Finding>, Failure> {
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            leads::lock(&mut tx, lead).await?;
            let attempts = books::attempts_of(&mut tx, lead).await?;
            let wanted = attempts.iter().flat_map(expected);
            let wanted = wanted.into_iter().find(|entry| entry.base == base);
            let stands = books::standing(&mut tx, &base).await?;
            Ok(match (wanted, stands) {
                (wanted, stands) if wanted == stands => None,
                (Some(wanted), None) => {
                    let detail = format!("{} is due and not booked", shown(&wanted));
                    Some(finding("INCOME_MISSING", base, &detail))
                }
                (Some(wanted), Some(stands)) => {
                    let detail = format!("{} is due, {} booked", shown(&wanted), shown(&stands));
                    Some(finding("INCOME_DIFFERS", base, &detail))
                }
                (None, stands) => stands.map(|stands| {
                    let detail = format!("{} is booked and not due", shown(&stands));
                    finding("INCOME_DIFFERS", base, &detail)
                }),
            })
        })
        .await
    }
}

fn finding(kind: &'static str, subject: String, detail: &str) -> Finding {
    Finding {
        kind,
        subject,
        detail: detail.to_owned(),
    }
}

fn out_of_balance(balances: &[(String, String, i64)]) -> Vec<Finding> {
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for (_, currency, micros) in balances {
        *sums.entry(currency).or_default() += i128::from(*micros);
    }
    let off = sums.into_iter().filter(|(_, sum)| *sum != 0);
    off.map(|(currency, sum)| {
        let detail = format!("all accounts together are {sum} micros, and must be 0");
        finding("OUT_OF_BALANCE", currency.to_owned(), &detail)
    })
    .collect()
}

fn cost_differs(beside: &Beside) -> Finding {
    let money = |micros: Option<i64>, currency: &Option<String>| match (micros, currency) {
        (Some(micros), Some(currency)) => format!("{micros} micros {currency}"),
        _ => "nothing".to_owned(),
    };
    let line = money(beside.line_micros, &beside.line_currency);
    let entry = money(beside.entry_micros, &beside.entry_currency);
    let account = beside.debit.as_deref().unwrap_or("no account");
    let kind = match beside.entry_micros {
        None => "LINE_MISSING",
        Some(_) => "LINE_DIFFERS",
    };
    let detail = format!("the line says {line}, the books hold {entry} at {account}");
    finding(kind, beside.base.clone(), &detail)
}

fn shown(entry: &Entry) -> String {
    let Entry {
        micros, currency, ..
    } = entry;
    format!("{micros} micros {currency} to {}", entry.debit)
}

/// Nobody's where the name holds no lead.
fn lead_of(base: &str) -> Uuid {
    let name = base.split(':').nth(1).unwrap_or_default();
    Uuid::try_parse(name).unwrap_or_default()
}

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    worker::run("books", life, Arc::default(), every, async move || {
        round(&app).await
    })
    .await;
}

async fn round(app: &Arc<Leads>) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let due = tasks::is_due(&mut tx, TASK).await?;
    drop(tx);
    if due {
        check(app).await?;
    }
    let mut tx = app.db.read().await?;
    let counted = tasks::counted(&mut tx, TASK).await?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("bord_books_findings").set(counted as f64);
    Ok(false)
}

async fn check(app: &Arc<Leads>) -> Result<(), Failure> {
    let owner = ids::random().to_string();
    let (this, mine) = (Arc::clone(app), owner.clone());
    let claimed = db::unit(async move {
        let mut tx = this.db.begin().await?;
        let claimed = tasks::claim(&mut tx, TASK, &mine, LEASE).await?;
        tx.commit().await?;
        Ok::<_, Failure>(claimed)
    })
    .await?;
    if claimed.is_none() {
        return Ok(());
    }
    let began = clock::now();
    let checked = app.check_books().await;
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        match &checked {
            Ok(checked) => {
                for finding in &checked.findings {
                    alarms::raise(&mut tx, &alarm(finding)).await?;
                }
                let findings = i64::try_from(checked.findings.len()).unwrap_or(i64::MAX);
                tasks::settle(&mut tx, TASK, &owner, EVERY, Some((began, findings))).await?;
                let entries = checked.counts.transfers;
                tracing::info!(findings, entries, "the books are recounted");
            }
            Err(failure) => {
                // What an outage stopped is soon tried again; anything else stays as it is.
                if !matches!(failure.kind(), Kind::Unavailable | Kind::Conflict) {
                    alarms::raise(&mut tx, &unreadable(failure)).await?;
                }
                tasks::settle(&mut tx, TASK, &owner, SOON, None).await?;
            }
        }
        this.wakes.after(&mut tx, &[Lane::Alarms]);
        tx.commit().await?;
        checked.map(|_| ())
    })
    .await
}

/// The books that cannot be recounted at all, once.
fn unreadable(failure: &Failure) -> Alarm {
    let cause = std::error::Error::source(failure).map(ToString::to_string);
    let detail = cause.unwrap_or_else(|| failure.to_string());
    alarm(&finding("UNREADABLE", "books".to_owned(), &detail))
}

/// Once for each kind and subject.
fn alarm(finding: &Finding) -> Alarm {
    let Finding {
        kind,
        subject,
        detail,
    } = finding;
    Alarm {
        kind: "BOOKS_BROKEN".to_owned(),
        subject: subject.clone(),
        slot: (*kind).to_owned(),
        text: format!(
            "The books do not hold what they must ({kind}), {subject}: {detail}. Nothing was \
             changed. Recount them with `bord books`, and send no statement to a provider before \
             this is understood."
        ),
    }
}
