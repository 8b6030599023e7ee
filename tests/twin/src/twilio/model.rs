//! Twilio's resources as the twin keeps them: message, call, recording, number; each with the JSON
//! that the API shows of it (the field sets of the recorded samples).

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::hub::rfc2822;

/// A message, outbound or inbound.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub sid: String,
    pub to: String,
    /// Absent at first when a messaging service chooses the sender.
    pub from: Option<String>,
    pub messaging_service_sid: Option<String>,
    /// The text, for a template as rendered.
    pub body: String,
    pub content_sid: Option<String>,
    pub content_variables: Value,
    pub status: String,
    pub error_code: Option<u32>,
    pub direction: String,
    pub status_callback: Option<String>,
    pub validity_secs: Option<u32>,
    pub created: DateTime<Utc>,
    pub sent: Option<DateTime<Utc>>,
    pub price: Option<String>,
    /// The fault under which the message was accepted.
    pub fault: Option<String>,
}

impl Message {
    pub fn is_whatsapp(&self) -> bool {
        self.to.starts_with("whatsapp:")
    }

    pub(crate) fn json(&self, account: &str) -> Value {
        let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", self.sid);
        let waiting = self.from.is_none();
        json!({
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": self.sent.map(rfc2822),
            "date_updated": rfc2822(self.sent.unwrap_or(self.created)),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_code.map(super::delivery::title),
            "from": self.from,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": "0",
            "num_segments": if waiting { "0".to_owned() } else { segments(&self.body).to_string() },
            "price": self.price,
            "price_unit": if waiting { Value::Null } else { json!("USD") },
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": format!("{uri}/Media.json")},
            "to": self.to,
            "uri": format!("{uri}.json"),
        })
    }
}

/// 160 characters of GSM-7 or 70 of UCS-2 (153 and 67 where there are several).
pub(crate) fn segments(body: &str) -> usize {
    let gsm = body
        .chars()
        .all(|c| c.is_ascii() || "àèéìòùÇØøÅåÆæßÉÄÖÑÜäöñüà£¥€§¿¡".contains(c));
    let (one, many) = if gsm { (160, 153) } else { (70, 67) };
    let length = if gsm {
        body.chars().count()
    } else {
        body.encode_utf16().count()
    };
    if length <= one {
        1
    } else {
        length.div_ceil(many)
    }
}

/// A call as Twilio's call log shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    pub sid: String,
    pub from: String,
    pub to: String,
    pub forwarded_from: Option<String>,
    pub status: String,
    pub created: DateTime<Utc>,
    pub started: Option<DateTime<Utc>>,
    pub ended: Option<DateTime<Utc>>,
    pub duration_secs: Option<u32>,
    pub price: Option<String>,
    pub phone_number_sid: Option<String>,
    /// TwiML set by a REST update while the call ran.
    pub taken_over: Option<String>,
}

impl Call {
    pub(crate) fn json(&self, account: &str) -> Value {
        let uri = format!("/2010-04-01/Accounts/{account}/Calls/{}", self.sid);
        json!({
            "account_sid": account,
            "annotation": null,
            "answered_by": null,
            "api_version": "2010-04-01",
            "caller_name": null,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.ended.unwrap_or(self.created)),
            "direction": "inbound",
            "duration": self.duration_secs.map(|secs| secs.to_string()),
            "end_time": self.ended.map(rfc2822),
            "forwarded_from": self.forwarded_from,
            "from": self.from,
            "from_formatted": self.from,
            "group_sid": null,
            "parent_call_sid": null,
            "phone_number_sid": self.phone_number_sid,
            "price": self.price,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": self.started.map(rfc2822),
            "status": self.status,
            "subresource_uris": {"recordings": format!("{uri}/Recordings.json")},
            "to": self.to,
            "to_formatted": self.to,
            "trunk_sid": null,
            "uri": format!("{uri}.json"),
        })
    }
}

/// A recording of a caller's message.
#[derive(Clone, Debug, Serialize)]
pub struct Recording {
    pub sid: String,
    pub call_sid: String,
    pub created: DateTime<Utc>,
    pub duration_secs: u32,
    pub status: String,
    /// What the caller said; the media is a tone of that length.
    pub spoken: String,
}

impl Recording {
    pub(crate) fn json(&self, account: &str, base: &str) -> Value {
        let uri = format!("/2010-04-01/Accounts/{account}/Recordings/{}", self.sid);
        json!({
            "account_sid": account,
            "api_version": "2010-04-01",
            "call_sid": self.call_sid,
            "channels": 1,
            "conference_sid": null,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.created),
            "duration": self.duration_secs.to_string(),
            "encryption_details": null,
            "error_code": null,
            "media_url": format!("{base}{uri}"),
            "price": null,
            "price_unit": "USD",
            "sid": self.sid,
            "source": "RecordVerb",
            "start_time": rfc2822(self.created),
            "status": self.status,
            "subresource_uris": {},
            "uri": format!("{uri}.json"),
        })
    }
}

/// A number that the account owns; `fields` is the resource as the API shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Number {
    pub sid: String,
    pub phone_number: String,
    pub fields: Value,
}

impl Number {
    pub fn text(&self, field: &str) -> &str {
        self.fields[field].as_str().unwrap_or_default()
    }
}
