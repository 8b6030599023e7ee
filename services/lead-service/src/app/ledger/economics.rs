//! GetEconomics: cost and income side by side, for each lead, site, city and so on (R81, B9).

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use chassis::clock;
use chassis::db::{StoreError, Tx};

use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::cost::CostLine;
use crate::domain::ledger::divergence::{self, Divergence, Expected};
use crate::domain::ledger::economics::{Books, Call, Group, Lead, Row, table};
use crate::domain::ledger::income::IncomeLine;
use crate::domain::ledger::money::Currency;
use crate::domain::ledger::month::{Month, Period};
use crate::store::ledger::rules::Rules;
use crate::store::ledger::{cost_lines, income_events, leads, rules};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub group: Group,
    pub period: Period,
    /// Empty: all.
    pub site: String,
    /// Only rows after this one's name.
    pub after: Option<String>,
    pub limit: usize,
}

#[derive(Debug, Clone)]
pub struct Economics {
    pub rows: Vec<(String, Row)>,
    pub total: Row,
    pub currency: Currency,
    pub expected: Expected,
    pub divergences: Vec<(String, Month, Divergence)>,
    /// There are rows after these.
    pub more: bool,
}

/// All that lies in a period, read at once.
pub(super) struct Read {
    pub(super) costs: Vec<CostLine>,
    pub(super) incomes: Vec<IncomeLine>,
    pub(super) calls: Vec<Call>,
    pub(super) leads: Vec<Lead>,
    pub(super) rules: Rules,
}

impl Read {
    /// Of one site or (empty) of all.
    pub(super) async fn of(tx: &mut Tx, period: &Period, site: &str) -> Result<Self, StoreError> {
        Ok(Self {
            costs: cost_lines::of_period(tx, period, site).await?,
            incomes: income_events::of_period(tx, period, site).await?,
            calls: leads::calls_of_period(tx, period, site).await?,
            leads: leads::of_period(tx, period, site).await?,
            rules: rules::read(tx).await?,
        })
    }

    pub(super) fn table(&self, group: Group, period: &Period) -> BTreeMap<String, Row> {
        let books = Books {
            costs: &self.costs,
            incomes: &self.incomes,
            calls: &self.calls,
            leads: &self.leads,
            rates: &self.rules.rates,
        };
        table(&books, group, period)
    }

    /// The figures of a month's sites that left what was expected. What has no site has none.
    pub(super) fn divergences(&self, month: Month) -> Vec<(String, Month, Divergence)> {
        let Rules { planned, rates, .. } = &self.rules;
        let expected = planned.on(month.first_day(), rates);
        let sites = self.table(Group::Site, &month.period());
        let named = sites.into_iter().filter(|(site, _)| !site.is_empty());
        named
            .flat_map(|(site, row)| {
                let found = divergence::divergences(&site, month, &row, &expected);
                found
                    .into_iter()
                    .map(move |divergence| (site.clone(), month, divergence))
            })
            .collect()
    }
}

impl Leads {
    pub async fn get_economics(self: &Arc<Self>, wanted: Wanted) -> Result<Economics, Failure> {
        // One at a time holds its lines in memory; who comes meanwhile waits as long as they may.
        let turn = Arc::clone(&self.tables).acquire_owned().await;
        let mut tx = self.db.read().await?;
        let most = self.settings.most_cost_lines;
        let lines = cost_lines::count(&mut tx, &wanted.period, &wanted.site, most + 1).await?;
        if lines > most {
            let rule = format!(
                "must lie closer to from_time: the period holds more than {most} cost lines; ask \
                 for a shorter period, or one site"
            );
            return Err(Failure::of_field("until_time", rule));
        }
        let read = Read::of(&mut tx, &wanted.period, &wanted.site).await?;
        drop(tx);
        // Calls and leads are answered by the same threads.
        let told = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            read.told(&wanted)
        });
        told.await.map_err(Failure::Abandoned)
    }
}

impl Read {
    fn told(&self, wanted: &Wanted) -> Economics {
        let Wanted {
            group,
            period,
            site: _,
            after,
            limit,
        } = wanted;
        let table = self.table(*group, period);
        let from = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = table.range::<String, _>((from, Bound::Unbounded));
        let rows = rest.by_ref().take(*limit);
        let rows: Vec<_> = rows
            .map(|(name, row)| (name.clone(), row.clone()))
            .collect();
        let all = self.table(Group::All, period).remove("");
        let now = clock::now();
        // Whole months, and the one that goes on; told with the first page.
        let months = period.months().map(Month::period).zip(period.months());
        let months = months.filter(|(month, _)| {
            after.is_none()
                && period.from <= month.from
                && month.until.min(now.max(month.from)) <= period.until
        });
        Economics {
            more: rest.next().is_some(),
            rows,
            total: all.unwrap_or_default(),
            currency: self.rules.rates.report(),
            expected: self
                .rules
                .planned
                .on(period.from.date_naive(), &self.rules.rates),
            divergences: months
                .flat_map(|(_, month)| self.divergences(month))
                .collect(),
        }
    }
}
