//! GetLeadEconomics: what one lead cost and brings in, line by line, with its share of what its site
//! cost in its month (D4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::economics::Read;
use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::cost::{CostLine, Worth};
use crate::domain::ledger::economics::{Group, Lead, Row};
use crate::domain::ledger::income::{IncomeLine, State};
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::ledger::month::{Month, Period};
use crate::domain::ledger::share;
use crate::store::ledger::{cost_lines, income_events, leads};

#[derive(Debug, Clone)]
pub struct LeadEconomics {
    pub lead: Uuid,
    /// Its own; of a call with several leads its part. Whether there is a rate stands beside each.
    pub costs: Vec<(CostLine, bool)>,
    /// Of each attempt that came to an income, or may.
    pub incomes: Vec<IncomeLine>,
    pub row: Row,
    pub currency: Currency,
    pub month: Month,
}

impl Leads {
    pub async fn get_lead_economics(self: &Arc<Self>, id: Uuid) -> Result<LeadEconomics, Failure> {
        let mut tx = self.db.read().await?;
        let lead = leads::find(&mut tx, id).await?;
        let lead = lead.ok_or(Failure::UnknownLead)?;
        let call = lead.call.clone().unwrap_or_default();
        let siblings = leads::of_call(&mut tx, &call).await?;
        let own = cost_lines::of_lead(&mut tx, id, &call).await?;
        let incomes = income_events::of_lead(&mut tx, id).await?;
        let month = Month::of(lead.at);
        let mut read = Read::of(&mut tx, &month.period(), &lead.site).await?;
        drop(tx);

        // Its own lines and incomes count whenever they were; what is shared is its month's.
        let keys: BTreeSet<_> = own.iter().map(|line| line.key.clone()).collect();
        read.costs.retain(|line| !keys.contains(&line.key));
        read.costs.extend(own.iter().cloned());
        read.incomes.clone_from(&incomes);
        read.leads = together(read.leads, &siblings, &lead);
        let mut row = bears(&read, &month.period(), id);
        read.costs.retain(|line| keys.contains(&line.key));
        for period in around(month) {
            row.merge(&bears(&read, &period, id));
        }
        let rates = &read.rules.rates;
        let position = siblings.iter().position(|sibling| sibling.id == id);
        let costs = own.into_iter().map(|mut line| {
            if let (None, Some(position)) = (line.belongs.lead, position) {
                divide(&mut line, siblings.len(), position);
            }
            let amount = line.amount();
            let rated =
                amount.is_none_or(|amount| rates.reported(amount, line.at.date_naive()).is_ok());
            (line, rated)
        });
        Ok(LeadEconomics {
            lead: id,
            costs: costs.collect(),
            incomes: incomes
                .into_iter()
                .filter(|line| !matches!(line.state, State::Open | State::Nothing))
                .collect(),
            row,
            currency: rates.report(),
            month,
        })
    }
}

fn bears(read: &Read, period: &Period, id: Uuid) -> Row {
    let mut rows = read.table(Group::Lead, period);
    rows.remove(&id.to_string()).unwrap_or_default()
}

/// All time but the month.
fn around(month: Month) -> [Period; 2] {
    let Period { from, until } = month.period();
    [
        Period {
            from: DateTime::<Utc>::MIN_UTC,
            until: from,
        },
        Period {
            from: until,
            until: DateTime::<Utc>::MAX_UTC,
        },
    ]
}

fn together(of_month: Vec<Lead>, siblings: &[Lead], lead: &Lead) -> Vec<Lead> {
    let mut all: BTreeMap<_, _> = of_month.into_iter().map(|lead| (lead.id, lead)).collect();
    for lead in siblings.iter().chain([lead]) {
        all.entry(lead.id).or_insert_with(|| lead.clone());
    }
    all.into_values().collect()
}

/// The part of one of several leads, in order of id, as in every table.
fn divide(line: &mut CostLine, leads: usize, position: usize) {
    if let Worth::Known { amount, .. } = &mut line.worth {
        let part = share::equal(amount.micros.into(), leads).nth(position);
        let micros = part.and_then(|part| i64::try_from(part).ok());
        *amount = Amount {
            micros: micros.unwrap_or(amount.micros),
            ..*amount
        };
    }
}
