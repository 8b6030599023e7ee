//! Pollers as rows: a lease, so that one replica asks the vendor, and how far it got, so that a gap
//! is caught up.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;

use super::micros;

/// Takes the lease of a poller; when it last succeeded by the database's clock (0 for never), or
/// nothing while another replica polls.
pub(crate) async fn take(
    tx: &mut Tx,
    name: &str,
    lease: Duration,
) -> Result<Option<i64>, StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO poll (name, lease_until_us, success_us) VALUES ($1, 0, 0)
         ON CONFLICT (name) DO NOTHING")
        .bind(name).execute(c).await?.rows_affected());
    Ok(on!(tx, c => sqlx::query_scalar(
        "UPDATE poll SET lease_until_us = (SELECT us FROM clock) + $2
          WHERE name = $1 AND lease_until_us <= (SELECT us FROM clock)
         RETURNING success_us")
        .bind(name).bind(micros(lease)).fetch_optional(c).await?))
}

/// Gives the lease back, until `rest` has passed; a good round moves the mark to its start.
pub(crate) async fn give_back(
    tx: &mut Tx,
    name: &str,
    rest: Duration,
    success_us: Option<i64>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE poll SET lease_until_us = (SELECT us FROM clock) + $2,
                success_us = COALESCE($3, success_us)
          WHERE name = $1")
        .bind(name).bind(micros(rest)).bind(success_us).execute(c).await?.rows_affected());
    Ok(())
}
