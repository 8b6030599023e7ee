//! Twilio's messages: create, list, fetch (fact sheet 3). Sent from a number of the country, never
//! through a Messaging Service, so that `From` is known at once and a look-up can name it.

use std::time::Duration;

use chassis::config::Secret;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use url::Url;

use crate::domain::carrier::SendOutcome;
use crate::domain::search::Listed;
use crate::domain::sms_errors;

use super::{Unanswered, unsent};

pub mod archive;

/// Twilio takes 1 to 36,000 s; below this a message would die in its queue at once.
const SHORTEST_VALIDITY: u64 = 10;
const LONGEST_VALIDITY: u64 = 36_000;
/// More than enough for one recipient and one day.
const PAGE_SIZE: &str = "200";
const PAGES: usize = 5;

/// The account and how to reach it.
#[derive(Clone)]
pub struct Twilio {
    pub base: Url,
    pub account_sid: String,
    pub key_sid: String,
    pub key_secret: Secret,
    pub limit: Duration,
    pub http: reqwest::Client,
}

/// What to send: a text, or an approved template with its variables.
pub enum Say<'a> {
    Body(&'a str),
    Content { sid: &'a str, variables: &'a str },
}

/// One message to send. Numbers are E.164; `whatsapp` puts the channel before them.
pub struct Outgoing<'a> {
    pub whatsapp: bool,
    pub from: &'a str,
    pub to: &'a str,
    pub say: Say<'a>,
    pub callback: &'a str,
    /// How long it is still of use.
    pub valid: Duration,
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    error_code: Option<u32>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    date_created: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    direction: Option<String>,
}

impl Message {
    fn created(&self) -> Option<DateTime<Utc>> {
        let text = self.date_created.as_deref()?;
        let at = DateTime::parse_from_rfc2822(text).ok()?;
        Some(at.to_utc())
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: Option<u32>,
}

impl From<Message> for Listed {
    fn from(message: Message) -> Self {
        let created = message.created();
        Self {
            carrier_id: message.sid,
            body: message.body.unwrap_or_default(),
            created_us: created.map_or(0, |at| at.timestamp_micros()),
            report: sms_errors::report(&message.status, message.error_code.unwrap_or(0)),
        }
    }
}

impl Twilio {
    fn messages(&self, rest: &str) -> Url {
        let mut url = self.base.clone();
        let path = format!("/2010-04-01/Accounts/{}/Messages{rest}", self.account_sid);
        url.set_path(&path);
        url
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request
            .basic_auth(&self.key_sid, Some(self.key_secret.expose()))
            .timeout(self.limit)
    }

    /// Sends one message. There is no idempotency key: what is ambiguous must be looked up.
    pub async fn create(&self, message: &Outgoing<'_>) -> SendOutcome {
        let valid = message
            .valid
            .as_secs()
            .clamp(SHORTEST_VALIDITY, LONGEST_VALIDITY);
        let mut form = vec![
            ("To", address(message.whatsapp, message.to)),
            ("From", address(message.whatsapp, message.from)),
            ("StatusCallback", message.callback.to_owned()),
            ("ValidityPeriod", valid.to_string()),
        ];
        match message.say {
            Say::Body(text) => form.push(("Body", text.to_owned())),
            Say::Content { sid, variables } => {
                form.push(("ContentSid", sid.to_owned()));
                form.push(("ContentVariables", variables.to_owned()));
            }
        }
        let request = self.signed(self.http.post(self.messages(".json")).form(&form));
        let response = match chassis::http::send("twilio.messages.create", request).await {
            Ok(response) => response,
            Err(error) => return unsent("TWILIO", &error),
        };
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let body = response.bytes().await;
        if (200..300).contains(&status) {
            // Taken, but an answer that cannot be read has no id to follow it by.
            return match body
                .ok()
                .and_then(|body| serde_json::from_slice::<Message>(&body).ok())
            {
                Some(message) => SendOutcome::Accepted {
                    carrier_id: message.sid,
                },
                None => SendOutcome::Ambiguous {
                    reason: "TWILIO_UNREADABLE".to_owned(),
                },
            };
        }
        let code = body
            .ok()
            .and_then(|body| serde_json::from_slice::<ErrorBody>(&body).ok());
        let mut refusal = sms_errors::refused(status, code.and_then(|body| body.code));
        if refusal.class == crate::domain::carrier::ErrorClass::Ambiguous {
            return SendOutcome::Ambiguous {
                reason: refusal.reason,
            };
        }
        refusal.retry_after = refusal.retry_after.or(retry_after);
        SendOutcome::Refused(refusal)
    }

    /// Messages to a number since the day of `since`; the filter is by day, so the caller compares
    /// times itself.
    pub async fn list(
        &self,
        whatsapp: bool,
        to: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<Listed>, Unanswered> {
        // A day of slack: the carrier's clock and ours may differ.
        let day = (since - chrono::TimeDelta::days(1))
            .format("%Y-%m-%d")
            .to_string();
        let mut url = self.messages(".json");
        url.query_pairs_mut()
            .append_pair("To", &address(whatsapp, to))
            .append_pair("DateSent>", &day)
            .append_pair("PageSize", PAGE_SIZE);
        let listed = self.pages(url).await?;
        Ok(listed.into_iter().map(Listed::from).collect())
    }

    /// All messages from a first page on, as far as the carrier pages and we follow.
    async fn pages(&self, mut url: Url) -> Result<Vec<Message>, Unanswered> {
        let mut listed = Vec::new();
        for _ in 0..PAGES {
            let page: Page = self.read("twilio.messages.list", url.clone()).await?;
            listed.extend(page.messages);
            let next = page
                .next_page_uri
                .and_then(|next| self.base.join(&next).ok());
            match next {
                // Never followed to another host, where our key would go along.
                Some(next) if next.origin() == self.base.origin() => url = next,
                _ => break,
            }
        }
        Ok(listed)
    }

    /// One message by its id; nothing where the account has none of that id.
    pub async fn fetch(&self, sid: &str) -> Result<Option<Listed>, Unanswered> {
        match self
            .read::<Message>(
                "twilio.messages.fetch",
                self.messages(&format!("/{sid}.json")),
            )
            .await
        {
            Ok(message) => Ok(Some(message.into())),
            Err(error) if error.reason == "TWILIO_HTTP_404" => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn read<T: for<'a> Deserialize<'a>>(
        &self,
        operation: &'static str,
        url: Url,
    ) -> Result<T, Unanswered> {
        let response = chassis::http::send(operation, self.signed(self.http.get(url)))
            .await
            .map_err(|_| Unanswered::new("TWILIO_UNREACHABLE"))?;
        let status = response.status().as_u16();
        if status != 200 {
            let credentials = matches!(status, 401 | 403);
            return Err(Unanswered {
                reason: format!("TWILIO_HTTP_{status}"),
                credentials,
            });
        }
        let body = response
            .bytes()
            .await
            .map_err(|_| Unanswered::new("TWILIO_CUT_OFF"))?;
        serde_json::from_slice(&body).map_err(|_| Unanswered::new("TWILIO_UNREADABLE"))
    }
}

fn address(whatsapp: bool, e164: &str) -> String {
    if whatsapp {
        format!("whatsapp:{e164}")
    } else {
        e164.to_owned()
    }
}

pub(super) fn retry_after(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get("retry-after")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}
