//! Tasks that run now and then, on one replica at a time, by the database's clock (I18).

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;

use super::micros;

/// Takes the task where it is due: it is due again after `every`, whoever runs it and however it
/// ends. What is left out shows in the next run.
pub(crate) async fn take(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    every: Duration,
) -> Result<bool, StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO task (name, owner, due_us, lease_until_us) VALUES ($1, '', 0, 0)
         ON CONFLICT (name) DO NOTHING")
        .bind(name).execute(c).await?.rows_affected());
    let taken = on!(tx, c => sqlx::query(
        "UPDATE task SET owner = $2, due_us = (SELECT us FROM clock) + $3
          WHERE name = $1 AND due_us <= (SELECT us FROM clock)")
        .bind(name).bind(owner).bind(micros(every)).execute(c).await?.rows_affected());
    Ok(taken == 1)
}
