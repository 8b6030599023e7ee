//! A webhook that the twin sends: signed for bord's public URL, sent to where bord listens, under
//! the vendor's own rules for retries, and under the faults set for its operation. Each one is
//! recorded with its outcome.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::faults::{FaultKind, Vendor};
use crate::hub::{Shared, now, random_text};
use crate::signature;

/// A webhook that was sent (or lost on purpose).
#[derive(Clone, Debug, Serialize)]
pub struct HookRecord {
    pub at: DateTime<Utc>,
    pub vendor: Vendor,
    /// `webhook.voice`, `webhook.message_status`, …
    pub operation: String,
    pub url: String,
    /// The receiver's status; absent when nothing came back or nothing was sent.
    pub status: Option<u16>,
    pub fault: Option<String>,
}

/// A webhook that waits for the next one of its operation, because it is to arrive out of order.
pub(crate) struct Held {
    hook: Hook,
}

#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) vendor: Vendor,
    pub(crate) operation: &'static str,
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// What came back for a webhook.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HookReceipt {
    /// Absent when there was no answer (lost, held back, refused, timed out).
    pub status: Option<u16>,
    pub body: String,
    pub elapsed_ms: u64,
    /// Why there was no answer.
    pub failure: Option<String>,
}

impl HookReceipt {
    /// Whether the receiver answered with a 2xx.
    pub fn is_ok(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// A Twilio form, signed for `url` (whose fragment holds overrides and is neither sent nor signed).
pub(crate) fn twilio_form(
    hub: &Shared,
    operation: &'static str,
    url: &str,
    form: &[(String, String)],
) -> Hook {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    Hook {
        vendor: Vendor::Twilio,
        operation,
        url: url.to_owned(),
        content_type: "application/x-www-form-urlencoded; charset=UTF-8",
        headers: vec![
            (
                "X-Twilio-Signature",
                signature::twilio(&hub.config.twilio_auth_token, url, form),
            ),
            (
                "I-Twilio-Idempotency-Token",
                random_text(32, b"0123456789abcdef"),
            ),
        ],
        body,
    }
}

/// Sends a webhook under the faults of its operation and answers what came back.
pub(crate) async fn send(hub: &Shared, hook: Hook) -> HookReceipt {
    let fault = hub.faults.take(
        hook.vendor,
        hook.operation,
        &format!("{} {}", hook.url, decoded(&hook.body)),
    );
    let name = fault.as_ref().map(FaultKind::name);
    let receipt = match fault {
        Some(FaultKind::Lost) => {
            let receipt = HookReceipt {
                failure: Some("lost".to_owned()),
                ..HookReceipt::default()
            };
            record(hub, &hook, &receipt, name);
            return receipt;
        }
        Some(FaultKind::Reordered) => {
            let receipt = HookReceipt {
                failure: Some("held back".to_owned()),
                ..HookReceipt::default()
            };
            record(hub, &hook, &receipt, name);
            hold(hub, hook);
            return receipt;
        }
        Some(FaultKind::Doubled) => {
            let (first, second) = tokio::join!(once(hub, &hook), once(hub, &hook));
            record(hub, &hook, &second, name.clone());
            first
        }
        Some(FaultKind::Late { ms } | FaultKind::Delay { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            once(hub, &hook).await
        }
        _ => once(hub, &hook).await,
    };
    record(hub, &hook, &receipt, name);
    release(hub, hook.operation).await;
    receipt
}

/// Sends in the background; nobody waits for the outcome.
pub(crate) fn send_later(hub: &Shared, hook: Hook) {
    let shared = hub.clone();
    hub.spawn(async move {
        send(&shared, hook).await;
    });
}

/// ElevenLabs and Mailgun try again after certain answers; the pauses are configuration. `again` is
/// asked once for each try that was sent.
pub(crate) async fn send_with_retries(
    hub: &Shared,
    hook: Hook,
    again: impl Fn(Option<u16>) -> bool,
) -> HookReceipt {
    let mut pauses = hub.config.retry_delays.iter();
    loop {
        let receipt = send(hub, hook.clone()).await;
        let unsent = matches!(receipt.failure.as_deref(), Some("lost" | "held back"));
        if unsent || !again(receipt.status) {
            return receipt;
        }
        let Some(pause) = pauses.next() else {
            return receipt;
        };
        tokio::time::sleep(*pause).await;
    }
}

fn hold(hub: &Shared, hook: Hook) {
    let operation = hook.operation;
    hub.world().held.push(Held { hook });
    // A webhook that nothing follows still arrives in the end.
    let shared = hub.clone();
    hub.spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        release(&shared, operation).await;
    });
}

async fn release(hub: &Shared, operation: &str) {
    let held: Vec<Held> = {
        let mut world = hub.world();
        let (now, later) = std::mem::take(&mut world.held)
            .into_iter()
            .partition(|held: &Held| held.hook.operation == operation);
        world.held = later;
        now
    };
    for Held { hook } in held {
        let receipt = once(hub, &hook).await;
        record(hub, &hook, &receipt, Some("reordered".to_owned()));
    }
}

/// One delivery with Twilio's connection overrides (`#rc=…&rp=…`) where the URL carries them:
/// by default one more try, and only for a failed connection.
async fn once(hub: &Shared, hook: &Hook) -> HookReceipt {
    let (rounds, all) = overrides(&hook.url);
    let mut receipt = attempt(hub, hook).await;
    for _ in 0..rounds {
        let unconnected = receipt.failure.as_deref() == Some("connect");
        let failed = receipt.status.is_none_or(|status| status >= 400);
        if !(unconnected || (all && failed)) || hook.vendor != Vendor::Twilio {
            break;
        }
        tokio::time::sleep(hub.config.report_delay).await;
        receipt = attempt(hub, hook).await;
    }
    receipt
}

fn overrides(url: &str) -> (u32, bool) {
    let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
    let mut rounds = 1;
    let mut all = false;
    for (name, value) in form_urlencoded::parse(fragment.as_bytes()) {
        match name.as_ref() {
            "rc" => rounds = value.parse().unwrap_or(1).min(5),
            "rp" => all = value.contains("all") || value.contains("5xx"),
            _ => {}
        }
    }
    (rounds, all)
}

async fn attempt(hub: &Shared, hook: &Hook) -> HookReceipt {
    let started = Instant::now();
    let target = hub.connect_url(hook.url.split('#').next().unwrap_or_default());
    let mut request = hub
        .http
        .post(&target)
        .timeout(hub.config.webhook_timeout)
        .header("content-type", hook.content_type)
        .body(hook.body.clone());
    for (name, value) in &hook.headers {
        request = request.header(*name, value);
    }
    let mut receipt = HookReceipt::default();
    match request.send().await {
        Ok(reply) => {
            receipt.status = Some(reply.status().as_u16());
            match reply.text().await {
                Ok(body) => receipt.body = body,
                Err(_) => receipt.failure = Some("body".to_owned()),
            }
        }
        Err(error) => {
            let what = if error.is_timeout() {
                "timeout"
            } else if error.is_connect() {
                "connect"
            } else {
                "transport"
            };
            receipt.failure = Some(what.to_owned());
        }
    }
    receipt.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    receipt
}

fn record(hub: &Shared, hook: &Hook, receipt: &HookReceipt, fault: Option<String>) {
    hub.world().hooks.push(HookRecord {
        at: now(),
        vendor: hook.vendor,
        operation: hook.operation.to_owned(),
        url: hook.url.clone(),
        status: receipt.status,
        fault,
    });
}

/// A form body as plain text, so that a fault can be bound to a number or a status in it.
pub(crate) fn decoded(body: &str) -> String {
    form_urlencoded::parse(body.as_bytes())
        .map(|(name, value)| format!("{name}={value} "))
        .collect()
}
