//! Entries of the books; append-only by trigger.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::{clock, on};
use chrono::{DateTime, Utc};

use crate::domain::ledger::money::Amount;
use crate::domain::ledger::month::Period;
use crate::domain::ledger::transfer::{Posting, Transfer};

#[derive(sqlx::FromRow)]
struct Row {
    base: String,
    place: i32,
    debit: String,
    credit: String,
    amount_micros: i64,
    currency: String,
    transfer_time: DateTime<Utc>,
}

impl TryFrom<Row> for Transfer {
    type Error = CorruptRow;

    fn try_from(row: Row) -> Result<Self, CorruptRow> {
        let name = format!("{}:{}", row.base, row.place);
        let corrupt = |column| CorruptRow::new("transfer", column, &name);
        let amount = Amount {
            micros: row.amount_micros,
            currency: row.currency.parse().map_err(|_| corrupt("currency"))?,
        };
        let debit = row.debit.parse().map_err(|_| corrupt("debit"))?;
        let credit = row.credit.parse().map_err(|_| corrupt("credit"))?;
        let posting =
            Posting::new(debit, credit, amount).ok_or_else(|| corrupt("amount_micros"))?;
        let place = u32::try_from(row.place).map_err(|_| corrupt("place"))?;
        // 1 stands, 2 takes it back, 3 stands…
        let (turn, reverses) = (place.div_ceil(2), place % 2 == 0);
        Transfer::restore(row.base, turn, reverses, row.transfer_time, posting)
            .ok_or_else(|| corrupt("place"))
    }
}

macro_rules! select_transfer {
    ($tail:literal) => {
        concat!(
            "SELECT base, place, debit, credit, amount_micros, currency, transfer_time FROM transfer ",
            $tail
        )
    };
}

/// All that was posted for a base, in order.
pub async fn of_base(tx: &mut Tx, base: &str) -> Result<Vec<Transfer>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_transfer!("WHERE base = $1 ORDER BY place"))
        .bind(base).fetch_all(c).await?);
    read(rows)
}

/// All that moved an account before `until`, oldest first.
pub async fn of_account(
    tx: &mut Tx,
    account: &str,
    until: DateTime<Utc>,
) -> Result<Vec<Transfer>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_transfer!("WHERE (debit = $1 OR credit = $1) AND transfer_time < $2
                           ORDER BY transfer_time, base, place"))
        .bind(account).bind(until).fetch_all(c).await?);
    read(rows)
}

/// How many moved an account in a period; it counts no further than `most`.
pub async fn count(
    tx: &mut Tx,
    account: &str,
    period: &Period,
    most: i64,
) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM
            (SELECT 1 FROM transfer
              WHERE (debit = $1 OR credit = $1) AND transfer_time >= $2 AND transfer_time < $3
              LIMIT $4) AS counted")
        .bind(account).bind(period.from).bind(period.until).bind(most).fetch_one(c).await?))
}

/// Of everything, the next page after a place in order of base and place.
pub async fn page(
    tx: &mut Tx,
    after: (&str, i32),
    limit: i64,
) -> Result<Vec<Transfer>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_transfer!("WHERE base > $1 OR (base = $1 AND place > $2)
                           ORDER BY base, place LIMIT $3"))
        .bind(after.0).bind(after.1).bind(limit).fetch_all(c).await?);
    read(rows)
}

/// Its place within its base.
#[must_use]
pub fn place(transfer: &Transfer) -> i32 {
    let place = 2 * transfer.turn() - u32::from(!transfer.reverses());
    i32::try_from(place).unwrap_or(i32::MAX)
}

/// Adds one entry; a second of the same place is refused.
pub async fn add(tx: &mut Tx, transfer: &Transfer) -> Result<(), StoreError> {
    let place = place(transfer);
    let before = (place > 1).then_some(place - 1);
    let amount = transfer.amount();
    on!(tx, c => sqlx::query(
        "INSERT INTO transfer (id, base, place, before, debit, credit, amount_micros, currency,
                               transfer_time, create_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(transfer.id()).bind(transfer.base()).bind(place).bind(before)
        .bind(transfer.debit().to_string()).bind(transfer.credit().to_string())
        .bind(amount.micros).bind(amount.currency.code()).bind(transfer.at()).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

fn read(rows: Vec<Row>) -> Result<Vec<Transfer>, StoreError> {
    rows.into_iter()
        .map(|row| Ok(Transfer::try_from(row)?))
        .collect()
}
