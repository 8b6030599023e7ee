//! Settling a call: its document, its events and what others are told of it, in one transaction.
//! The first document that is written stands; a later one of another replica is counted as a second
//! registration, never as a second call.

use chassis::crash::Points;
use chassis::db::{self, StoreError, Tx};
use chassis::{clock, feed};
use serde_json::{Value, json};

use super::Telephony;
use crate::crash;
use crate::domain::call::{Call, Event, Handling};
use crate::store;

/// An answered call on its way into the database.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub(crate) call: Call,
    /// Whether this process registered the call at the vendor.
    pub(crate) registered: bool,
    /// Feed entries beside the call: kind and body.
    pub(crate) entries: Vec<(&'static str, Value)>,
}

/// The document that stands instead of ours.
pub(crate) type Standing = Option<(String, Handling)>;

/// Writes an answered call. The document of somebody else, if that one stands already.
pub(crate) async fn write(telephony: &Telephony, settled: Settled) -> Result<Standing, StoreError> {
    let (db, points) = (telephony.db.clone(), telephony.points.clone());
    db::unit(async move {
        let mut tx = db.begin().await?;
        let standing = write_in(&mut tx, &points, &settled).await?;
        crash::pass(&points, "telephony.before_commit").await?;
        tx.commit().await?;
        Ok(standing)
    })
    .await
}

async fn write_in(tx: &mut Tx, points: &Points, settled: &Settled) -> Result<Standing, StoreError> {
    let Settled {
        call,
        registered,
        entries,
    } = settled;
    let sid = &call.sid;
    // The row is missing when the call could not be claimed while the database was down.
    store::calls::claim(tx, call).await?;
    if store::calls::answer(tx, call).await? {
        if *registered {
            store::calls::add_registration(tx, sid).await?;
        }
        for event in &call.events {
            store::calls::add_event(tx, sid, event).await?;
        }
        for (kind, body) in entries {
            crash::pass(points, "telephony.before_publish").await?;
            feed::publish(tx, kind, sid, body.clone()).await?;
        }
        return Ok(None);
    }
    let document = store::calls::document(tx, sid).await?.flatten();
    let Some((twiml, handling)) = document else {
        return Ok(None);
    };
    if Some(&twiml) == call.twiml.as_ref() {
        // Our own write, which had reached the database although no answer came back.
        return Ok(None);
    }
    if *registered {
        store::calls::add_registration(tx, sid).await?;
        let event = Event::new(clock::now(), "registered_again");
        store::calls::add_event(tx, sid, &event).await?;
    }
    Ok(Some((
        twiml,
        Handling::from_name(&handling).unwrap_or(Handling::Unknown),
    )))
}

/// The body of a `fallback` entry.
pub(crate) fn fallback_entry(call: &Call, reason: &str) -> (&'static str, Value) {
    (
        "fallback",
        json!({
            "call_sid": call.sid, "site_id": call.site_id, "reason": reason,
            "traceparent": call.traceparent,
        }),
    )
}

/// The body of an `alarm` entry. Its text is ours and names nobody.
pub(crate) fn alarm_entry(call: &Call, kind: &str, text: &str) -> (&'static str, Value) {
    (
        "alarm",
        json!({
            "call_sid": call.sid, "kind": kind, "text": text, "traceparent": call.traceparent,
            "subject": call.site_id.as_deref().unwrap_or("unknown"),
        }),
    )
}
