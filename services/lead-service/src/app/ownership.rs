//! CheckOwnership: owners recounted from lead events, the roster's assignments and the messages
//! sent (B1), by code that assigns nothing.
//!
//! A lead that moved while it was read is left out: the next run sees it again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chassis::clock;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use crate::domain::ownership::{self, Assignment, Finding, Row, Sources};
use crate::outbound::ownership::Holder;
use crate::store::ownership as sources;

/// Leads in one look at each source.
const BATCH: i64 = 200;
/// Findings that are listed; the rest is counted.
const LISTED: usize = 1000;

/// Which leads are looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    pub lead: Option<Uuid>,
    pub since: Option<DateTime<Utc>>,
}

/// What was looked at, and what does not agree.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub leads: i64,
    pub assignments: i64,
    pub messages: i64,
    /// Findings beyond those listed.
    pub omitted: i64,
}

impl Report {
    /// All findings, listed or not.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.omitted + size(self.findings.len())
    }

    fn add(&mut self, found: Vec<Finding>) {
        for finding in found {
            if self.findings.len() < LISTED {
                self.findings.push(finding);
            } else {
                self.omitted += 1;
            }
        }
    }
}

/// Providers that were asked for once in a run.
type Holders = BTreeMap<String, Option<Holder>>;

impl Leads {
    pub async fn check_ownership(self: &Arc<Self>, scope: Scope) -> Result<Report, Failure> {
        let mut report = Report::default();
        let mut holders = Holders::new();
        if let Some(lead) = scope.lead {
            self.check_batch(&[lead], &mut report, &mut holders).await?;
            return Ok(report);
        }
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.db.read().await?;
            let batch = match scope.since {
                Some(since) => sources::changed(&mut tx, after, since, BATCH).await?,
                None => sources::all(&mut tx, after, BATCH).await?,
            };
            drop(tx);
            let Some(last) = batch.last() else { break };
            after = *last;
            self.check_batch(&batch, &mut report, &mut holders).await?;
        }
        if scope.since.is_none() {
            self.check_capacity(&mut report, &holders).await?;
        }
        Ok(report)
    }

    async fn check_batch(
        &self,
        batch: &[Uuid],
        report: &mut Report,
        holders: &mut Holders,
    ) -> Result<(), Failure> {
        let mut read: Vec<(i64, Sources)> = Vec::new();
        let mut tx = self.db.read().await?;
        for id in batch {
            if let Some((version, row)) = sources::row(&mut tx, *id).await? {
                let log = sources::log(&mut tx, *id).await?;
                read.push((version, of(*id, row, log)));
            }
        }
        drop(tx);
        let mut assignments: BTreeMap<Uuid, Vec<Assignment>> = BTreeMap::new();
        for (lead, mut assignment) in self.roster.assignments(batch).await? {
            let provider = assignment.provider_id.clone();
            if !holders.contains_key(&provider) {
                let holder = self.roster.holder(&provider).await?;
                holders.insert(provider.clone(), holder);
            }
            if let Some(Some(holder)) = holders.get(&provider) {
                assignment.country.clone_from(&holder.country);
            }
            assignments.entry(lead).or_default().push(assignment);
        }
        let mut messages = self.notifications.told(batch).await?;
        let now = clock::now();
        for (version, mut lead) in read {
            lead.assignments = assignments.remove(&lead.lead_id).unwrap_or_default();
            lead.messages = messages.remove(&lead.lead_id).unwrap_or_default();
            report.leads += 1;
            report.assignments += size(lead.assignments.len());
            report.messages += size(lead.messages.len());
            let found = ownership::findings(&lead, now);
            if found.is_empty() {
                continue;
            }
            let mut tx = self.db.read().await?;
            if sources::version(&mut tx, lead.lead_id).await? == Some(version) {
                report.add(found);
            }
        }
        Ok(())
    }

    /// Slots held are the assignments that hold one (I5); counted twice before it is said, for the
    /// roster moves meanwhile.
    async fn check_capacity(&self, report: &mut Report, holders: &Holders) -> Result<(), Failure> {
        let providers: BTreeSet<&String> = holders.keys().collect();
        for provider in providers {
            let mut differs = None;
            for _ in 0..2 {
                let before = self.roster.holder(provider).await?;
                let held = self.roster.slots(provider).await?;
                let after = self.roster.holder(provider).await?;
                differs = match (before, after) {
                    (Some(before), Some(after)) if before == after && after.held != held => {
                        Some((after.held, held))
                    }
                    _ => None,
                };
                if differs.is_none() {
                    break;
                }
            }
            if let Some((says, counted)) = differs {
                report.add(vec![Finding {
                    kind: "CAPACITY",
                    lead_id: Uuid::nil(),
                    detail: format!("{provider} holds {counted} slots and says {says}"),
                }]);
            }
        }
        Ok(())
    }
}

fn of(lead_id: Uuid, row: Row, log: Vec<ownership::Logged>) -> Sources {
    Sources {
        lead_id,
        log,
        row,
        assignments: Vec::new(),
        messages: Vec::new(),
    }
}

fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
