//! Deletions at the vendors as rows: armed with the local erasure, worked on under a lease with a
//! fencing number, kept when they are done.

use std::time::Duration;

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;

use super::{micros, word};
use crate::domain::deletion::{Kind, Vendor};

/// A deletion that is due and taken.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) kind: Kind,
    pub(crate) subject: String,
    pub(crate) claims: i64,
    pub(crate) tries: i64,
}

/// Asks for a deletion. One that is done stays done; one that is due is found under `mark` as well.
pub(crate) async fn arm(
    tx: &mut Tx,
    kind: Kind,
    subject: &str,
    mark: &str,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO vendor_deletion (kind, subject, caller_mark, due_us, create_time)
         VALUES ($1, $2, $3, (SELECT us FROM clock), $4)
         ON CONFLICT (kind, subject) DO UPDATE SET caller_mark = excluded.caller_mark
          WHERE vendor_deletion.due_us IS NOT NULL AND excluded.caller_mark <> ''")
        .bind(kind.name()).bind(subject).bind(mark).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Asks for a deletion of what was seen at the vendor just now: one that is done is due again, and
/// one that is at work starts over, since it may have looked too early.
pub(crate) async fn arm_again(tx: &mut Tx, kind: Kind, subject: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO vendor_deletion (kind, subject, caller_mark, due_us, create_time)
         VALUES ($1, $2, '', (SELECT us FROM clock), $3)
         ON CONFLICT (kind, subject) DO UPDATE SET
             due_us = COALESCE(vendor_deletion.due_us, excluded.due_us),
             done_time = NULL, lease_until_us = 0, claims = vendor_deletion.claims + 1")
        .bind(kind.name()).bind(subject).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether anything is due: asked first, since a look costs no write.
pub(crate) async fn is_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM vendor_deletion
                         WHERE due_us <= (SELECT us FROM clock)
                           AND lease_until_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

/// How many are due, now or later.
pub(crate) async fn left(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM vendor_deletion WHERE due_us IS NOT NULL")
        .fetch_one(c).await?))
}

/// Takes one of a vendor's that is due. A call's record goes after its recordings.
pub(crate) async fn claim(
    tx: &mut Tx,
    vendor: Vendor,
    lease: Duration,
) -> Result<Option<Claimed>, StoreError> {
    let row: Option<(String, String, i64, i64)> = on!(tx, c => sqlx::query_as(
        "UPDATE vendor_deletion
            SET lease_until_us = (SELECT us FROM clock) + $1, claims = claims + 1
          WHERE (kind, subject) = (
                SELECT d.kind, d.subject FROM vendor_deletion d
                 WHERE d.due_us <= (SELECT us FROM clock)
                   AND d.lease_until_us <= (SELECT us FROM clock)
                   AND (d.kind IN ('conversation', 'conversations_of_call')) = $2
                   AND NOT (d.kind = 'call' AND EXISTS (
                            SELECT 1 FROM vendor_deletion r
                             WHERE r.kind = 'recordings_of_call' AND r.subject = d.subject
                               AND r.due_us IS NOT NULL))
                 ORDER BY d.due_us, d.kind, d.subject LIMIT 1)
            AND due_us <= (SELECT us FROM clock) AND lease_until_us <= (SELECT us FROM clock)
         RETURNING kind, subject, claims, tries")
        .bind(micros(lease)).bind(vendor == Vendor::ElevenLabs).fetch_optional(c).await?);
    row.map(|(kind, subject, claims, tries)| {
        Ok(Claimed {
            kind: word("vendor_deletion", "kind", &subject, Kind::from_name(&kind))?,
            subject,
            claims,
            tries,
        })
    })
    .transpose()
}

/// Holds the lease for longer; false when another one works on it.
pub(crate) async fn renew(
    tx: &mut Tx,
    claimed: &Claimed,
    lease: Duration,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE vendor_deletion SET lease_until_us = (SELECT us FROM clock) + $4
          WHERE kind = $1 AND subject = $2 AND claims = $3 AND due_us IS NOT NULL")
        .bind(claimed.kind.name()).bind(&claimed.subject).bind(claimed.claims)
        .bind(micros(lease)).execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Notes that nothing of it is left at the vendor; false when another one works on it.
pub(crate) async fn done(tx: &mut Tx, claimed: &Claimed, deleted: i64) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE vendor_deletion SET due_us = NULL, lease_until_us = 0, caller_mark = '', tries = 0,
                deleted = deleted + $4, done_time = $5
          WHERE kind = $1 AND subject = $2 AND claims = $3")
        .bind(claimed.kind.name()).bind(&claimed.subject).bind(claimed.claims).bind(deleted)
        .bind(clock::now()).execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Puts a failed one off; what it did delete counts.
pub(crate) async fn put_off(
    tx: &mut Tx,
    claimed: &Claimed,
    deleted: i64,
    pause: Duration,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE vendor_deletion SET due_us = (SELECT us FROM clock) + $5, lease_until_us = 0,
                tries = tries + 1, deleted = deleted + $4
          WHERE kind = $1 AND subject = $2 AND claims = $3")
        .bind(claimed.kind.name()).bind(&claimed.subject).bind(claimed.claims).bind(deleted)
        .bind(micros(pause)).execute(c).await?.rows_affected());
    Ok(())
}

/// What is due under a mark: kind, subject, and how much was deleted so far.
pub(crate) async fn marked(
    tx: &mut Tx,
    mark: &str,
) -> Result<Vec<(Kind, String, i64)>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT kind, subject, deleted FROM vendor_deletion
          WHERE caller_mark = $1 AND caller_mark <> '' AND due_us IS NOT NULL")
        .bind(mark).fetch_all(c).await?);
    rows.into_iter()
        .map(|(kind, subject, deleted)| {
            let kind = word("vendor_deletion", "kind", &subject, Kind::from_name(&kind))?;
            Ok((kind, subject, deleted))
        })
        .collect()
}

/// How one stands: whether it is still due, and how much was deleted so far.
pub(crate) async fn find(
    tx: &mut Tx,
    kind: Kind,
    subject: &str,
) -> Result<Option<(bool, i64)>, StoreError> {
    let row: Option<(Option<i64>, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT due_us, deleted FROM vendor_deletion WHERE kind = $1 AND subject = $2")
        .bind(kind.name()).bind(subject).fetch_optional(c).await?);
    Ok(row.map(|(due_us, deleted)| (due_us.is_some(), deleted)))
}
