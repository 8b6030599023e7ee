//! Reading calls, sites, numbers, agents, conversations and runs, one thing or a page at a time.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Error, Telephony};
use crate::domain::call::Call;
use crate::domain::conversation::Kept;
use crate::store::conversations::Wanted;
use crate::store::{self, agents, numbers, runs, sites};

pub(crate) async fn call(telephony: &Telephony, sid: &str) -> Result<Call, Error> {
    let mut tx = telephony.db.read().await?;
    let call = store::call_reads::find(&mut tx, sid).await?;
    let mut call = call.ok_or(Error::NotFound("UNKNOWN_CALL"))?;
    call.events = store::call_reads::events(&mut tx, sid).await?;
    Ok(call)
}

/// Calls older than a place in time, newest first.
pub(crate) async fn calls(
    telephony: &Telephony,
    site_id: &str,
    span: (DateTime<Utc>, DateTime<Utc>),
    before: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Call>, Error> {
    let mut tx = telephony.db.read().await?;
    Ok(store::call_reads::page(&mut tx, site_id, span, before, limit).await?)
}

pub(crate) async fn sites(
    telephony: &Telephony,
    after: &str,
    limit: i64,
) -> Result<Vec<sites::Stored>, Error> {
    let mut tx = telephony.db.read().await?;
    Ok(sites::page(&mut tx, after, limit).await?)
}

pub(crate) async fn numbers(
    telephony: &Telephony,
    site_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<numbers::Stored>, Error> {
    let mut tx = telephony.db.read().await?;
    Ok(numbers::page(&mut tx, site_id, after, limit).await?)
}

pub(crate) async fn agent(telephony: &Telephony, name: &str) -> Result<agents::Stored, Error> {
    let mut tx = telephony.db.read().await?;
    agents::find(&mut tx, name)
        .await?
        .ok_or(Error::NotFound("UNKNOWN_AGENT"))
}

pub(crate) async fn agents(
    telephony: &Telephony,
    after: &str,
    limit: i64,
) -> Result<Vec<agents::Stored>, Error> {
    let mut tx = telephony.db.read().await?;
    Ok(agents::page(&mut tx, after, limit).await?)
}

pub(crate) async fn conversation(telephony: &Telephony, id: &str) -> Result<Kept, Error> {
    let mut tx = telephony.db.read().await?;
    let kept = store::conversations::find(&mut tx, id).await?;
    kept.ok_or(Error::NotFound("UNKNOWN_CONVERSATION"))
}

pub(crate) async fn conversations(
    telephony: &Telephony,
    wanted: &Wanted,
    before: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Kept>, Error> {
    let mut tx = telephony.db.read().await?;
    Ok(store::conversations::page(&mut tx, wanted, before, limit).await?)
}

pub(crate) async fn run(telephony: &Telephony, id: Uuid) -> Result<runs::Run, Error> {
    let mut tx = telephony.db.read().await?;
    runs::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("UNKNOWN_RUN"))
}
