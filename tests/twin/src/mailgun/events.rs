//! What becomes of a mail: its events, kept for the events API (late, as configured) and sent as
//! signed webhooks; how a recipient's address behaves; the list of those that bounced.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error;
use super::event::{event, failed};
use super::send::bare;
use crate::faults::Vendor;
use crate::hooks::{self, Hook};
use crate::hub::{Shared, now, random_text, rfc2822};
use crate::signature;

/// How an address behaves towards mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailBehaviour {
    /// failed permanent 550 5.1.1; the address joins the bounce list.
    HardBounce,
    /// failed temporary once, delivered afterwards.
    Greylisted,
    /// failed temporary, and nothing after it.
    Stuck,
    /// failed permanent `espblock`: our reputation, not the address.
    Blocked,
    /// Accepted, then delivered, then a delayed bounce.
    DelayedBounce,
    /// No event after `accepted`.
    Silent,
}

pub(crate) struct Event {
    pub(crate) at: DateTime<Utc>,
    pub(crate) data: Value,
}

pub(super) fn start(hub: &Shared, index: usize) {
    let shared = hub.clone();
    hub.spawn(async move { run(&shared, index).await });
}

async fn run(hub: &Shared, index: usize) {
    let Some(mail) = hub.world().mailgun.mails.get(index).cloned() else {
        return;
    };
    for to in &mail.to {
        let address = bare(to).to_owned();
        let (known, suppressed) = {
            let world = hub.world();
            let known = world.mailgun.behaviours.get(&address).copied();
            (known, world.mailgun.bounces.contains(&address))
        };
        tell(hub, index, event(&mail, &address, "accepted"), false).await;
        let mut course = Vec::new();
        if suppressed {
            course.push(failed(&mail, &address, "permanent", "suppress-bounce"));
        } else {
            match known {
                None => course.push(event(&mail, &address, "delivered")),
                Some(MailBehaviour::Silent) => {}
                Some(MailBehaviour::HardBounce) => {
                    course.push(failed(&mail, &address, "permanent", "bounce"));
                }
                Some(MailBehaviour::Blocked) => {
                    course.push(failed(&mail, &address, "permanent", "espblock"));
                }
                Some(MailBehaviour::Stuck) => {
                    course.push(failed(&mail, &address, "temporary", "generic"));
                }
                Some(MailBehaviour::Greylisted) => {
                    course.push(failed(&mail, &address, "temporary", "generic"));
                    course.push(event(&mail, &address, "delivered"));
                }
                Some(MailBehaviour::DelayedBounce) => {
                    course.push(event(&mail, &address, "delivered"));
                    course.push(failed(&mail, &address, "permanent", "bounce"));
                }
            }
        }
        for data in course {
            tokio::time::sleep(hub.config.report_delay).await;
            if data["reason"] == "bounce" {
                hub.world().mailgun.bounces.insert(address.clone());
            }
            tell(hub, index, data, true).await;
        }
    }
}

/// Keeps an event and, where the domain's webhooks cover its type, sends it.
async fn tell(hub: &Shared, index: usize, data: Value, webhook: bool) {
    {
        let mut world = hub.world();
        if let Some(mail) = world.mailgun.mails.get_mut(index)
            && data["severity"] != "temporary"
        {
            mail.status = data["event"].as_str().unwrap_or_default().to_owned();
        }
        world.mailgun.events.push(Event {
            at: now(),
            data: data.clone(),
        });
    }
    let Some(base) = hub.public_base().filter(|_| webhook) else {
        return;
    };
    let hook = signed(hub, &format!("{base}/mailgun/events"), &data);
    hooks::send_with_retries(hub, hook, |status| !matches!(status, Some(200 | 406))).await;
}

fn signed(hub: &Shared, url: &str, data: &Value) -> Hook {
    let timestamp = now().timestamp().to_string();
    let token = random_text(50, b"0123456789abcdef");
    let signature = signature::mailgun(&hub.config.mailgun_signing_key, &timestamp, &token);
    let proof = json!({"timestamp": timestamp, "token": token, "signature": signature});
    Hook {
        vendor: Vendor::Mailgun,
        operation: "webhook.mail_event",
        url: url.to_owned(),
        content_type: "application/json",
        headers: Vec::new(),
        body: json!({"signature": proof, "event-data": data}).to_string(),
    }
}

/// The events API: filters by message-id, recipient, event, begin and end; pages are left empty
/// after the first, since the twin answers everything in one.
pub(super) async fn list(
    State(hub): State<Shared>,
    Path(domain): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query: Vec<(String, String)> = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let get = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v.as_str())
    };
    let id = get("message-id").map(|id| id.trim_matches(['<', '>']));
    let time = |name: &str| get(name).and_then(instant);
    let (begin, end) = (time("begin"), time("end"));
    let hidden_after = now() - hub.config.event_index_delay;
    let world = hub.world();
    let mut items: Vec<Value> = world
        .mailgun
        .events
        .iter()
        .filter(|event| event.at <= hidden_after)
        .filter(|event| begin.is_none_or(|b| event.at >= b) && end.is_none_or(|e| event.at <= e))
        .map(|event| &event.data)
        .filter(|data| id.is_none_or(|id| data["message"]["headers"]["message-id"] == id))
        .filter(|data| get("recipient").is_none_or(|to| data["recipient"] == to))
        .filter(|data| get("event").is_none_or(|kind| data["event"] == kind))
        .filter(|data| get("severity").is_none_or(|severity| data["severity"] == severity))
        .cloned()
        .collect();
    if get("ascending") != Some("yes") {
        items.reverse();
    }
    items.truncate(
        get("limit")
            .and_then(|text| text.parse().ok())
            .unwrap_or(100)
            .min(300),
    );
    Json(json!({"items": items, "paging": paging(&hub, &domain)})).into_response()
}

fn paging(hub: &Shared, domain: &str) -> Value {
    let page = |name: &str| format!("{}/v3/{domain}/events/{name}", hub.own_url());
    json!({"next": page("next"), "previous": page("previous"), "first": page("first"), "last": page("last")})
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(unix) = text.parse::<f64>() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a time in microseconds fits into i64"
        )]
        return DateTime::from_timestamp_micros((unix * 1e6) as i64);
    }
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|at| at.to_utc())
}

pub(super) async fn page(
    State(hub): State<Shared>,
    Path((domain, _)): Path<(String, String)>,
) -> Response {
    Json(json!({"items": [], "paging": paging(&hub, &domain)})).into_response()
}

pub(super) async fn bounces(State(hub): State<Shared>) -> Response {
    let items: Vec<Value> = hub
        .world()
        .mailgun
        .bounces
        .iter()
        .map(|address| row(address))
        .collect();
    Json(json!({"items": items, "paging": {}})).into_response()
}

fn row(address: &str) -> Value {
    json!({"address": address, "code": "550", "error": "No such mailbox", "created_at": rfc2822(now())})
}

pub(super) async fn bounce(
    State(hub): State<Shared>,
    Path((_, address)): Path<(String, String)>,
) -> Response {
    if hub.world().mailgun.bounces.contains(&address) {
        return Json(row(&address)).into_response();
    }
    error(404, "Address not found in bounces table")
}

pub(super) async fn delete_bounce(
    State(hub): State<Shared>,
    Path((_, address)): Path<(String, String)>,
) -> Response {
    if hub.world().mailgun.bounces.remove(&address) {
        let message = "Bounced address has been removed";
        return Json(json!({"address": address, "message": message})).into_response();
    }
    error(404, "Address not found in bounces table")
}
