//! Polling the agents' platform: every conversation since the last success less the overlap, since
//! its filter works on the start and a call shows as finished only after its analysis. A high-water
//! mark on the start alone would lose calls.

use super::delete_at_vendor::ask_again;
use super::record_conversation::{keep, verify_late};
use super::{Error, Telephony};
use crate::domain::deletion::Kind;
use crate::provider::elevenlabs::Listed;
use crate::store;

/// Late joins that one round tries.
const LATE: i64 = 100;

pub(super) async fn conversations(telephony: &Telephony, since_us: i64) -> Result<(), Error> {
    let after = since_us / 1_000_000;
    let mut cursor: Option<String> = None;
    let mut failed = None;
    loop {
        let page = telephony
            .elevenlabs
            .conversations(after, cursor.as_deref())
            .await?;
        for listed in page.items {
            // One conversation that cannot be read must not hide those after it.
            if let Err(error) = fetch(telephony, &listed).await {
                tracing::warn!(conversation_id = listed.id, error = %error, "not fetched");
                failed = Some(error);
            }
        }
        cursor = page.next;
        if cursor.is_none() || telephony.life.is_stopping() {
            break;
        }
    }
    let late = {
        let mut tx = telephony.db.read().await?;
        store::conversations::unverified(&mut tx, LATE).await?
    };
    for id in late {
        verify_late(telephony, &id).await?;
    }
    // The round counts as good only when nothing was left out.
    failed.map_or(Ok(()), Err)
}

async fn fetch(telephony: &Telephony, listed: &Listed) -> Result<(), Error> {
    let stored = {
        let mut tx = telephony.db.read().await?;
        store::conversations::find(&mut tx, &listed.id).await?
    };
    if stored.as_ref().is_some_and(|kept| kept.is_erased) {
        // It is still listed: the deletion came too early, or is still due.
        return ask_again(telephony, Kind::Conversation, &listed.id).await;
    }
    let done = stored.is_some_and(|kept| {
        let priced = kept.conversation.cost_usd_micros.is_some();
        // One that is still going on is fetched until it is known to be ours, and one without a cost
        // again when there is one.
        (kept.conversation.is_final() && (priced || listed.cost_usd_micros.is_none()))
            || (kept.verified && !matches!(listed.status.as_str(), "done" | "failed"))
    });
    if done {
        return Ok(());
    }
    let Some(conversation) = telephony.elevenlabs.conversation(&listed.id).await? else {
        return Ok(());
    };
    // The workspace may hold agents of others; the bench agent has no callers.
    let known = telephony
        .directory
        .agent_of_vendor(&conversation.vendor_agent_id)
        .is_some();
    if known || conversation.call_sid.is_some() || conversation.agent_number.is_some() {
        keep(telephony, conversation).await?;
    }
    Ok(())
}
