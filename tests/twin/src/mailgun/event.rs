//! The event object, the same in the events API and in a webhook's `event-data`, with the fields of
//! the recorded samples.

use serde_json::{Value, json};

use super::send::{Mail, bare};
use crate::hub::{now, random_text};

pub(super) fn event(mail: &Mail, recipient: &str, kind: &str) -> Value {
    let at = now().timestamp_micros();
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds of this century fit into an f64"
    )]
    let timestamp = at as f64 / 1e6;
    let domain = recipient.rsplit('@').next().unwrap_or_default();
    let sender = bare(&mail.from);
    let mut data = json!({
        "event": kind,
        "id": random_text(22, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
        "timestamp": timestamp,
        "log-level": "info",
        "envelope": {"transport": "smtp", "sender": sender, "sending-ip": "198.51.100.7", "targets": recipient},
        "flags": {"is-routed": false, "is-authenticated": true, "is-system-test": false,
            "is-test-mode": mail.options.contains_key("testmode")},
        "message": {
            "headers": {"to": mail.to.join(", "), "message-id": mail.message_id,
                "from": mail.from, "subject": mail.subject},
            "attachments": mail.attachments,
            "size": mail.text.len() + mail.html.len() + 400,
        },
        "storage": {"url": "https://storage-europe-west1.api.mailgun.net/v3/domains/mg.example.com/messages/BAABAAExample",
            "region": "europe-west1", "key": "BAABAAExample", "env": "production"},
        "recipient": recipient,
        "recipient-domain": domain,
        "campaigns": [],
        "tags": mail.tags,
        "user-variables": mail.variables,
    });
    match kind {
        "accepted" => {
            data["method"] = json!("http");
            data["message"]["recipients"] = json!([recipient]);
        }
        _ => {
            data["delivery-status"] = json!({
                "tls": true, "mx-host": format!("mx.{domain}"), "code": 250, "description": "",
                "session-seconds": 0.44, "utf8": true, "attempt-no": 1, "message": "OK",
                "certificate-verified": true,
            });
        }
    }
    if kind == "delivered" {
        data["recipient-provider"] = json!("Other");
    }
    data
}

/// A `failed` event: permanent or temporary, with the delivery status of its reason.
pub(super) fn failed(mail: &Mail, recipient: &str, severity: &str, reason: &str) -> Value {
    let mut data = event(mail, recipient, "failed");
    data["severity"] = json!(severity);
    data["reason"] = json!(reason);
    data["log-level"] = json!(if severity == "permanent" {
        "error"
    } else {
        "warn"
    });
    let status = &mut data["delivery-status"];
    match reason {
        "suppress-bounce" => {
            *status = json!({"attempt-no": 1, "message": "", "code": 605,
                "description": "Not delivering to previously bounced address", "session-seconds": 0});
        }
        "bounce" => {
            status["code"] = json!(550);
            status["enhanced-code"] = json!("5.1.1");
            status["message"] =
                json!("5.1.1 The email account that you tried to reach does not exist.");
        }
        "espblock" => {
            status["code"] = json!(550);
            status["enhanced-code"] = json!("5.7.1");
            status["message"] = json!("5.7.1 Message refused by policy.");
        }
        _ => {
            status["code"] = json!(451);
            status["enhanced-code"] = json!("4.7.652");
            status["retry-seconds"] = json!(600);
            status["message"] =
                json!("4.7.652 The mail server has exceeded the maximum number of connections.");
        }
    }
    data
}
