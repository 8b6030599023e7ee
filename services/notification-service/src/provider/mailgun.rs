//! Mailgun: send a mail under our own Message-Id, and ask the events API what became of it (fact
//! sheet 1 and 2.6).

use std::time::Duration;

use chassis::config::Secret;
use reqwest::multipart::Form;
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::domain::carrier::{ErrorClass, SendOutcome};
use crate::domain::mail_errors::{self, MailEvent};
use crate::domain::search::Listed;

use super::{Unanswered, twilio, unsent};

pub mod archive;

/// The domain that sends, and how to reach it.
#[derive(Clone)]
pub struct Mailgun {
    pub base: Url,
    pub domain: String,
    pub from: String,
    pub key: Secret,
    pub limit: Duration,
    pub http: reqwest::Client,
}

/// One mail to send.
pub struct Outgoing<'a> {
    pub delivery_id: Uuid,
    /// How often the operator had it sent again.
    pub retries: i64,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
    pub traceparent: Option<&'a str>,
    /// How long it is still of use.
    pub valid: Duration,
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Deserialize)]
struct Events {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    paging: Paging,
}

#[derive(Default, Deserialize)]
struct Paging {
    #[serde(default)]
    next: Option<String>,
}

impl Mailgun {
    fn url(&self, rest: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("/v3/{}/{rest}", self.domain));
        url
    }

    /// Our own Message-Id, without brackets: the same for every try of a delivery, until the
    /// operator has it sent again, so that words about the first mail are not taken for the second's.
    #[must_use]
    pub fn message_id(&self, delivery_id: Uuid, retries: i64) -> String {
        match retries {
            0 => format!("{delivery_id}@{}", self.domain),
            again => format!("{delivery_id}.{again}@{}", self.domain),
        }
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request
            .basic_auth("api", Some(self.key.expose()))
            .timeout(self.limit)
    }

    /// Sends one mail. Two sends are two mails, whatever the Message-Id.
    pub async fn send(&self, mail: &Outgoing<'_>) -> SendOutcome {
        let text = str::to_owned;
        let mut form = Form::new()
            .text("from", self.from.clone())
            .text("to", text(mail.to))
            .text("subject", text(mail.subject))
            .text("text", text(mail.text))
            .text("html", text(mail.html))
            // Rewritten links look like phishing.
            .text("o:tracking", "no")
            .text("o:deliver-within", deliver_within(mail.valid))
            .text(
                "h:Message-Id",
                format!("<{}>", self.message_id(mail.delivery_id, mail.retries)),
            )
            .text("v:delivery_id", mail.delivery_id.to_string());
        if let Some(traceparent) = mail.traceparent {
            form = form.text("v:traceparent", text(traceparent));
        }
        let request = self.signed(self.http.post(self.url("messages")).multipart(form));
        let response = match chassis::http::send("mailgun.messages.send", request).await {
            Ok(response) => response,
            Err(error) => return unsent("MAILGUN", &error),
        };
        let status = response.status().as_u16();
        let retry_after = twilio::retry_after(response.headers());
        let body = response.bytes().await;
        if status == 200 {
            return match body
                .ok()
                .and_then(|body| serde_json::from_slice::<Taken>(&body).ok())
            {
                Some(taken) => SendOutcome::Accepted {
                    carrier_id: taken.id.trim_matches(['<', '>']).to_owned(),
                },
                None => SendOutcome::Ambiguous {
                    reason: "MAILGUN_UNREADABLE".to_owned(),
                },
            };
        }
        let mut refusal = mail_errors::refused(status, &told(&body.unwrap_or_default()));
        if refusal.class == ErrorClass::Ambiguous {
            return SendOutcome::Ambiguous {
                reason: refusal.reason,
            };
        }
        refusal.retry_after = retry_after.or(refusal.retry_after);
        SendOutcome::Refused(refusal)
    }

    /// What the events API knows of a delivery, the furthest last. Events appear late: an empty
    /// answer means something only after the index delay.
    pub async fn events(&self, delivery_id: Uuid, retries: i64) -> Result<Vec<Listed>, Unanswered> {
        let message_id = self.message_id(delivery_id, retries);
        let mut url = self.url("events");
        url.query_pairs_mut()
            .append_pair("message-id", &message_id)
            .append_pair("ascending", "yes")
            .append_pair("limit", "100");
        let events = self.page(url).await?;
        let mut listed: Vec<Listed> = events
            .items
            .iter()
            // The filter is the vendor's; a mail that is not ours must not pass for ours.
            .filter(|event| event["message"]["headers"]["message-id"] == message_id.as_str())
            .map(|event| Listed {
                carrier_id: message_id.clone(),
                body: String::new(),
                created_us: 0,
                report: mail_errors::report(&read_event(event)),
            })
            .collect();
        listed.sort_by_key(|event| event.report.rank);
        Ok(listed)
    }

    async fn page(&self, url: Url) -> Result<Events, Unanswered> {
        let request = self.signed(self.http.get(url));
        let response = chassis::http::send("mailgun.events.list", request)
            .await
            .map_err(|_| Unanswered::new("MAILGUN_UNREACHABLE"))?;
        let status = response.status().as_u16();
        if status != 200 {
            let credentials = matches!(status, 401 | 403);
            return Err(Unanswered {
                reason: format!("MAILGUN_HTTP_{status}"),
                credentials,
            });
        }
        let body = response
            .bytes()
            .await
            .map_err(|_| Unanswered::new("MAILGUN_CUT_OFF"))?;
        serde_json::from_slice(&body).map_err(|_| Unanswered::new("MAILGUN_UNREADABLE"))
    }
}

fn read_event(event: &Value) -> MailEvent {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let code = event["delivery-status"]["code"].as_i64();
    MailEvent {
        event: text(&event["event"]),
        severity: text(&event["severity"]),
        reason: text(&event["reason"]),
        code: code.and_then(|code| i32::try_from(code).ok()).unwrap_or(0),
    }
}

/// The vendor's text: a JSON object, a JSON string or plain words.
fn told(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::String(text)) => text,
        Ok(value) => value["message"].as_str().unwrap_or_default().to_owned(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

/// `[h]h[m]m` between five minutes and a day.
fn deliver_within(valid: Duration) -> String {
    let minutes = (valid.as_secs() / 60).clamp(5, 24 * 60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_windows_are_written_as_the_vendor_reads_them() {
        let within = |seconds| deliver_within(Duration::from_secs(seconds));
        assert_eq!(within(1), "5m");
        assert_eq!(within(1_800), "30m");
        assert_eq!(within(7_200), "2h");
        assert_eq!(within(5_400), "1h30m");
        assert_eq!(within(1_000_000), "24h");
    }
}
