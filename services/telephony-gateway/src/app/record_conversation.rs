//! RecordConversation: a post-call webhook's body, and what a poll fetched, stored once. The final
//! state publishes `conversation`; being found to be one of our calls publishes `verified`.

use std::sync::Arc;

use chassis::db::{self, StoreError, Tx};
use chassis::{clock, feed};
use serde_json::{Value, json};

use super::directory::{Route, RouteAgent};
use super::{Error, Telephony};
use crate::crash;
use crate::domain::call::{Call, Event};
use crate::domain::conversation::Conversation;
use crate::domain::deletion::{Kind, Vendor};
use crate::provider;
use crate::store::{self, deletions, erasures};

/// Takes any authentic body; whether a conversation was stored.
pub(crate) async fn record_conversation(telephony: &Telephony, body: &[u8]) -> Result<bool, Error> {
    let kind = |kind: &'static str| {
        metrics::counter!("telephony_post_call_total", "kind" => kind).increment(1);
    };
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        kind("unreadable");
        return Ok(false);
    };
    match body["type"].as_str() {
        Some("post_call_transcription") => kind("transcription"),
        // Of outbound calls, which we do not make, and media, which we fetch when we want it.
        Some("call_initiation_failure") => {
            kind("initiation_failure");
            return Ok(false);
        }
        Some("post_call_audio") => {
            kind("audio");
            return Ok(false);
        }
        _ => {
            kind("unknown");
            return Ok(false);
        }
    }
    match provider::conversation::read(&body["data"]) {
        Some(conversation) => keep(telephony, conversation).await,
        None => {
            kind("without_id");
            Ok(false)
        }
    }
}

/// Stores a conversation; false when its final state stands already, with its cost.
pub(crate) async fn keep(telephony: &Telephony, conversation: Conversation) -> Result<bool, Error> {
    let by_number = conversation.agent_number.as_deref();
    let by_number = by_number.and_then(|number| telephony.directory.route(number));
    let by_agent = telephony
        .directory
        .agent_of_vendor(&conversation.vendor_agent_id);
    let db = telephony.db.clone();
    let points = telephony.points.clone();
    let wake = telephony.deletions_wake(Vendor::ElevenLabs);
    let stored = db::unit(async move {
        let mut tx = db.begin().await?;
        let sid = conversation.call_sid.as_deref();
        let stored = if erasures::is_buried(&mut tx, &conversation.id, sid).await? {
            bury(&mut tx, &conversation).await?;
            tx.wake_after_commit(&wake);
            false
        } else {
            crash::pass(&points, "telephony.before_publish").await?;
            keep_in(&mut tx, conversation, by_number, by_agent).await?
        };
        crash::pass(&points, "telephony.before_commit").await?;
        tx.commit().await?;
        Ok::<_, StoreError>(stored)
    })
    .await?;
    Ok(stored)
}

/// What comes in of an erased caller stays out, and goes at the vendor as well (I26).
async fn bury(tx: &mut Tx, conversation: &Conversation) -> Result<(), StoreError> {
    let id = &conversation.id;
    erasures::bury_conversation(tx, id, conversation.call_sid.as_deref()).await?;
    erasures::erase_conversation(tx, id, clock::now()).await?;
    deletions::arm_again(tx, Kind::Conversation, id).await
}

async fn keep_in(
    tx: &mut Tx,
    conversation: Conversation,
    by_number: Option<Arc<Route>>,
    by_agent: Option<Arc<RouteAgent>>,
) -> Result<bool, StoreError> {
    let call = call_of(tx, &conversation).await?;
    let ours = place(call.as_ref(), by_number.as_deref());
    let agent_name = by_agent.as_ref().map(|agent| agent.name.as_str());
    let site_id = ours.as_ref().map(|(site, _)| site.clone());
    let site_id = site_id.or_else(|| by_agent.as_ref().map(|agent| agent.site_id.clone()));
    if !store::conversations::keep(tx, &conversation, site_id.as_deref(), agent_name).await? {
        // Told again with its cost: whoever books it must hear of it.
        let priced = store::conversations::price(tx, &conversation).await?;
        if priced {
            publish(tx, &conversation, site_id.as_deref()).await?;
        }
        return Ok(priced);
    }
    if let Some(call) = &call {
        let first_audio = conversation.first_audio_after(call.receive_time);
        store::calls::join_conversation(tx, &call.sid, &conversation.id, first_audio).await?;
    }
    if let Some((site, number)) = &ours
        && store::conversations::verify(tx, &conversation.id, site).await?
    {
        publish_verified(tx, &conversation, site, number).await?;
    }
    if conversation.is_final() {
        if let Some(call) = &call {
            let event = Event::new(clock::now(), "conversation")
                .with("status", conversation.status.as_str());
            store::calls::add_event(tx, &call.sid, &event).await?;
        }
        publish(tx, &conversation, site_id.as_deref()).await?;
        metrics::counter!("telephony_conversations_total").increment(1);
    }
    Ok(true)
}

/// Tells of a final conversation: once when it is stored, once more when its cost comes later.
async fn publish(
    tx: &mut Tx,
    conversation: &Conversation,
    site_id: Option<&str>,
) -> Result<(), StoreError> {
    let body = json!({
        "call_sid": conversation.call_sid, "conversation_id": conversation.id,
        "site_id": site_id, "status": conversation.status,
        "traceparent": conversation.traceparent,
    });
    feed::publish(tx, "conversation", &conversation.id, body).await
}

/// The call that the conversation carries in its variables, if it was one of ours with the agent.
/// A call has one conversation, unless it was registered more than once.
async fn call_of(tx: &mut Tx, conversation: &Conversation) -> Result<Option<Call>, StoreError> {
    let Some(sid) = conversation.call_sid.as_deref() else {
        return Ok(None);
    };
    let call = store::call_reads::find(tx, sid).await?;
    Ok(call.filter(|call| {
        let known = call.conversation_id.as_ref();
        store::calls::is_served_by_agent(call)
            && (known.is_none_or(|known| *known == conversation.id) || call.registrations > 1)
    }))
}

/// Site and number by which a conversation is one of our calls: our own call, or the number that
/// the vendor's telephony names.
fn place(call: Option<&Call>, by_number: Option<&Route>) -> Option<(String, String)> {
    if let Some(call) = call
        && let Some(site) = &call.site_id
    {
        return Some((site.clone(), call.called_number.clone()));
    }
    by_number.map(|route| (route.site.id.clone(), route.number.e164.as_str().to_owned()))
}

async fn publish_verified(
    tx: &mut Tx,
    conversation: &Conversation,
    site: &str,
    number: &str,
) -> Result<(), StoreError> {
    let body = json!({
        "call_sid": conversation.call_sid, "conversation_id": conversation.id, "site_id": site,
        "called_number": number, "traceparent": conversation.traceparent,
    });
    feed::publish(tx, "verified", &conversation.id, body).await
}

/// Looks again for the call of a stored conversation: the call may have been written late.
pub(super) async fn verify_late(telephony: &Telephony, id: &str) -> Result<(), Error> {
    let (db, id) = (telephony.db.clone(), id.to_owned());
    let kept = {
        let mut tx = db.read().await?;
        store::conversations::find(&mut tx, &id).await?
    };
    let Some(kept) = kept else { return Ok(()) };
    let by_number = kept.conversation.agent_number.as_deref();
    let by_number = by_number.and_then(|number| telephony.directory.route(number));
    db::unit(async move {
        let mut tx = db.begin().await?;
        let call = call_of(&mut tx, &kept.conversation).await?;
        if let Some((site, number)) = place(call.as_ref(), by_number.as_deref())
            && store::conversations::verify(&mut tx, &id, &site).await?
        {
            if let Some(call) = &call {
                let first_audio = kept.conversation.first_audio_after(call.receive_time);
                store::calls::join_conversation(&mut tx, &call.sid, &id, first_audio).await?;
            }
            publish_verified(&mut tx, &kept.conversation, &site, &number).await?;
        }
        tx.commit().await?;
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(())
}
