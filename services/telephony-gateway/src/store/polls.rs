//! Pollers as rows: a lease with a fencing number, so that one replica asks the vendor, and how far
//! it got, so that a gap is caught up.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;

use super::micros;

/// A taken lease: whose number is no longer the row's writes nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// The last success by the database's clock; 0 for never.
    pub(crate) success_us: i64,
    pub(crate) claims: i64,
}

/// Whether taking the lease may succeed: asked first, since a look costs no write.
pub(crate) async fn is_free(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let until: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT lease_until_us - (SELECT us FROM clock) FROM poll WHERE name = $1")
        .bind(name).fetch_optional(c).await?);
    Ok(until.is_none_or(|left| left <= 0))
}

/// Takes the lease of a poller; nothing while another replica polls, or rests.
pub(crate) async fn take(
    tx: &mut Tx,
    name: &str,
    lease: Duration,
) -> Result<Option<Held>, StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO poll (name, lease_until_us, claims, success_us) VALUES ($1, 0, 0, 0)
         ON CONFLICT (name) DO NOTHING")
        .bind(name).execute(c).await?.rows_affected());
    let taken: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "UPDATE poll SET lease_until_us = (SELECT us FROM clock) + $2, claims = claims + 1
          WHERE name = $1 AND lease_until_us <= (SELECT us FROM clock)
         RETURNING success_us, claims")
        .bind(name).bind(micros(lease)).fetch_optional(c).await?);
    Ok(taken.map(|(success_us, claims)| Held { success_us, claims }))
}

/// Holds the lease for longer; false when another one has taken it.
pub(crate) async fn renew(
    tx: &mut Tx,
    name: &str,
    held: Held,
    lease: Duration,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE poll SET lease_until_us = (SELECT us FROM clock) + $3
          WHERE name = $1 AND claims = $2")
        .bind(name).bind(held.claims).bind(micros(lease)).execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Gives the lease back, until `rest` has passed; a good round moves the mark to its start. Nothing
/// is written for a lease that another one has taken.
pub(crate) async fn give_back(
    tx: &mut Tx,
    name: &str,
    held: Held,
    rest: Duration,
    success_us: Option<i64>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE poll SET lease_until_us = (SELECT us FROM clock) + $3,
                success_us = COALESCE($4, success_us)
          WHERE name = $1 AND claims = $2")
        .bind(name).bind(held.claims).bind(micros(rest)).bind(success_us)
        .execute(c).await?.rows_affected());
    Ok(())
}
