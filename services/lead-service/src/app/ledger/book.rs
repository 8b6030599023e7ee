//! One fact into the ledger: its line by the price list, and the books after it.
//!
//! Whoever books holds the price list first, then the rows of what it books: always in this order,
//! so that nobody waits for somebody who waits for him.

use chassis::db::{StoreError, Tx};

use super::post;
use crate::domain::ledger::cost::{self, Fact};
use crate::domain::ledger::price::Prices;
use crate::domain::ledger::transfer::Wanted;
use crate::store::ledger::{cost_lines, lookups};

/// Books a fact; false where it stands so already. The latest telling counts.
pub(super) async fn book(tx: &mut Tx, fact: &Fact, prices: &Prices) -> Result<bool, StoreError> {
    let line = cost::line(fact, prices);
    let standing = cost_lines::lock(tx, &fact.key).await?;
    if standing.is_some_and(|kept| kept.fact == *fact && kept.line == line) {
        return Ok(false);
    }
    cost_lines::put(tx, fact, &line).await?;
    post(tx, &[line.wanted()]).await?;
    Ok(true)
}

/// Takes a line back, with what stands for it in the books; false where there is none.
pub(super) async fn unbook(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    let Some(kept) = cost_lines::lock(tx, key).await? else {
        return Ok(false);
    };
    let nothing = Wanted {
        posting: None,
        ..kept.line.wanted()
    };
    post(tx, &[nothing]).await?;
    lookups::remove(tx, key).await?;
    Ok(true)
}
