//! Webhooks that come days late: callbacks of messages that ended long ago are sent again, doubled
//! and in the wrong order, by a clock that is three days on. Nothing may move back (I15, I17).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chassis::db::StoreError;
use chassis::on;
use uuid::Uuid;
use vendor_twin::{Message, signature};

use crate::arena::Arena;
use crate::books::set_clock;
use crate::tell::progress;

const DAYS: i64 = 3;
const MANY: usize = 20;

/// Sends them, and reports every delivery whose state moved back.
pub async fn replay(arena: &Arc<Arena>) -> anyhow::Result<()> {
    let before = delivered(arena).await?;
    let messages = arena.twin.messages();
    let ended = messages
        .iter()
        .filter(|m| m.status == "delivered" && m.status_callback.is_some());
    let chosen: Vec<&Message> = ended.take(MANY).collect();
    let offset = arena.books.offset() + DAYS * 24 * 3600;
    set_clock(&arena.books.notification, offset).await?;
    for message in &chosen {
        for status in ["sent", "queued", "sent", "delivered"] {
            if callback(arena, message, status).await {
                arena.tally.count("webhook days late");
            }
        }
    }
    let after = delivered(arena).await?;
    for (id, state) in before {
        let now = after.get(&id).map_or("gone", String::as_str);
        if now != state {
            let hint = "a late callback moved it back: notification-service, record_report";
            arena.trouble("STEP_BACK", format!("{id} {state} -> {now}"), hint);
        }
    }
    progress(format!(
        "{} messages heard of again after {DAYS} days",
        chosen.len()
    ));
    Ok(())
}

async fn delivered(arena: &Arena) -> Result<BTreeMap<Uuid, String>, StoreError> {
    let mut db = arena.books.notification.read().await?;
    let rows: Vec<(Uuid, String)> = on!(db, c => sqlx::query_as(
        "SELECT id, state FROM deliveries WHERE state = 'delivered'").fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}

/// One status callback, signed as Twilio signs it.
async fn callback(arena: &Arena, message: &Message, status: &str) -> bool {
    let Some(url) = message
        .status_callback
        .as_deref()
        .and_then(|url| url.split('#').next())
    else {
        return false;
    };
    let config = arena.twin.config();
    let form: Vec<(String, String)> = [
        ("SmsSid", message.sid.as_str()),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("To", &message.to),
        ("MessageSid", &message.sid),
        ("AccountSid", &config.twilio_account_sid),
        ("From", message.from.as_deref().unwrap_or_default()),
        ("ApiVersion", "2010-04-01"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let signed = signature::twilio(&config.twilio_auth_token, url, &form);
    let sent = chassis::http::client()
        .post(url)
        .timeout(Duration::from_secs(8))
        .header("X-Twilio-Signature", signed)
        .form(&form)
        .send()
        .await;
    sent.is_ok_and(|answer| answer.status().is_success())
}
