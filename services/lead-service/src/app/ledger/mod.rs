//! The ledger's use cases: what calls and leads cost and bring in (R74-R81).

pub mod attempt_income;
pub mod attribution;
pub mod book;
pub mod check_books;
pub mod credit;
pub mod divergence;
pub mod economics;
pub mod lead_economics;
pub mod messages;
pub mod numbers;
pub mod payment;
pub mod price_list;
pub mod record_cost;
pub mod repeats;
pub mod reprice;
pub mod statement;

use std::sync::Arc;

use chassis::clock;
use chassis::db::{StoreError, Tx};
use tokio::sync::Notify;

use crate::domain::ledger::transfer::{Wanted, adjust};
use crate::store::ledger::transfers;

/// Wakes what works on the ledger in the background.
#[derive(Debug, Default)]
pub struct Wakes {
    /// The price list is another.
    pub prices: Arc<Notify>,
    /// A number came or went.
    pub numbers: Arc<Notify>,
}

/// Brings the books to where they are wanted, by adding alone; how many entries that took.
///
/// Whoever calls holds the row that the base belongs to, so that two of them do not add the same.
pub(crate) async fn post(tx: &mut Tx, wanted: &[Wanted]) -> Result<usize, StoreError> {
    let mut added = 0;
    for wanted in wanted {
        let posted = transfers::of_base(tx, &wanted.base).await?;
        for transfer in adjust(wanted, &posted, clock::now()) {
            transfers::add(tx, &transfer).await?;
            added += 1;
        }
    }
    Ok(added)
}
