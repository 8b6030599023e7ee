//! Where leads came from (R35): clicks noted, conversions matched with them once their call's start
//! is known, and listed with what they brought.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::db::{self, StoreError, Tx};
use chrono::{DateTime, Utc};

use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::account::Account;
use crate::domain::ledger::call_cost::ClosedCall;
use crate::domain::ledger::click;
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::ledger::transfer::Transfer;
use crate::store::catalogue;
use crate::store::ledger::clicks::{self, Conversion, Filter, Undecided};
use crate::store::ledger::transfers;

impl Leads {
    /// RecordClick: told again, the later time counts.
    pub async fn record_click(
        self: &Arc<Self>,
        site_id: String,
        click_id: String,
        at: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            if catalogue::site(&mut tx, &site_id).await?.is_none() {
                return Err(Failure::UnknownSite);
            }
            clicks::record(&mut tx, &site_id, &click_id, at).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// Conversions with what each brought, credits taken off; nothing while that is unknown.
    pub async fn list_conversions(
        &self,
        filter: &Filter,
    ) -> Result<Vec<(Conversion, Option<Amount>)>, Failure> {
        let mut tx = self.db.read().await?;
        let mut listed = Vec::new();
        for conversion in clicks::conversions(&mut tx, filter).await? {
            let mut posted = Vec::new();
            for base in clicks::income_bases(&mut tx, conversion.lead_id).await? {
                posted.extend(transfers::of_base(&mut tx, &base).await?);
            }
            listed.push((conversion, brought(&posted)));
        }
        Ok(listed)
    }
}

/// What providers owe by these entries, where they are all of one currency.
fn brought(posted: &[Transfer]) -> Option<Amount> {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for transfer in posted {
        let Amount { micros, currency } = transfer.amount();
        let sum = sums.entry(currency).or_default();
        match (transfer.debit(), transfer.credit()) {
            (Account::Receivable(_), _) => *sum = sum.checked_add(micros)?,
            (_, Account::Receivable(_)) => *sum = sum.checked_sub(micros)?,
            _ => {}
        }
    }
    let (currency, micros) = sums.pop_first()?;
    sums.is_empty().then_some(Amount { micros, currency })
}

/// Decides the conversions of a call's leads; true where any was.
pub(super) async fn of_call(tx: &mut Tx, closed: &ClosedCall) -> Result<bool, StoreError> {
    let spoken = closed.conversations.iter().map(|spoken| spoken.id.as_str());
    let mut open = Vec::new();
    for conversation in std::iter::once("").chain(spoken) {
        open.extend(clicks::undecided_of_call(tx, &closed.call.id, conversation).await?);
    }
    // In one order, as `catch_up` has it.
    open.sort_by_key(|conversion| conversion.lead_id);
    decide(tx, &open).await
}

/// Decides those of leads that were made after their call was told; how many.
pub(super) async fn catch_up(tx: &mut Tx, limit: i64) -> Result<usize, StoreError> {
    let open = clicks::undecided(tx, limit).await?;
    decide(tx, &open).await?;
    Ok(open.len())
}

async fn decide(tx: &mut Tx, open: &[Undecided]) -> Result<bool, StoreError> {
    let mut decided = false;
    for conversion in open {
        let found = match &conversion.site_id {
            Some(site) => clicks::between(tx, site, click::window(conversion.start_time)).await?,
            None => Vec::new(),
        };
        let click = click::the_one(found);
        decided |= clicks::decide(tx, conversion.lead_id, click.as_deref()).await?;
    }
    Ok(decided)
}
