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

/// A site with so many clicks in ten minutes tells nothing by one more: a call has one click before
/// it, or it is ambiguous. So a flood fills no table.
const MOST: i64 = 1000;

impl Leads {
    /// RecordClick: whenever it was told counts.
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
            if clicks::count(&mut tx, &site_id, click::window(at), MOST).await? >= MOST {
                metrics::counter!("lead_clicks_dropped_total").increment(1);
                return Ok(());
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

/// What providers owe by these entries, where what is left is of one currency.
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
    let first = sums.keys().next().copied()?;
    sums.retain(|_, micros| *micros != 0);
    // Credited whole, it brought nothing in any currency.
    let (currency, micros) = sums.pop_first().unwrap_or((first, 0));
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

#[cfg(test)]
mod tests {
    use chassis::clock;

    use super::*;
    use crate::domain::ledger::transfer::{Posting, Wanted, adjust};

    fn posted(entries: &[(&str, bool, &str)]) -> Vec<Transfer> {
        let provider = || Account::Receivable("dentiste".to_owned());
        let entries = entries.iter().flat_map(|&(base, charged, amount)| {
            let amount = amount.parse().unwrap();
            let posting = if charged {
                Posting::new(provider(), Account::Flat, amount)
            } else {
                Posting::new(Account::Credit, provider(), amount)
            };
            let (base, at) = (base.to_owned(), clock::now());
            adjust(&Wanted { base, at, posting }, &[], at)
        });
        entries.collect()
    }

    fn value(entries: &[(&str, bool, &str)]) -> Option<String> {
        brought(&posted(entries)).map(|amount| amount.to_string())
    }

    #[test]
    fn a_currency_of_which_nothing_is_left_hides_no_other() {
        let returned = [("i:1", true, "EUR 100"), ("c:1", false, "EUR 100")];
        assert_eq!(value(&returned).as_deref(), Some("EUR 0.00"));
        let won = [&returned[..], &[("i:2", true, "CHF 67.50")]].concat();
        assert_eq!(value(&won).as_deref(), Some("CHF 67.50"));
        let both = [("i:1", true, "EUR 100"), ("i:2", true, "CHF 67.50")];
        assert_eq!(
            value(&both),
            None,
            "of two currencies there is no one value"
        );
        assert_eq!(value(&[]), None);
    }
}
