//! Twilio's REST API as far as voice needs it: calls, recordings, numbers. Forms in, JSON out,
//! basic auth with an API key. Buying is not idempotent: after an unclear answer look first.

use std::time::Duration;

use chassis::config::Secret;
use chrono::{DateTime, Utc};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use url::Url;

use super::answer::{self, VendorError};

const LIMIT: Duration = Duration::from_secs(12);
/// A voicemail of two minutes is about a megabyte, and its reader may be slow.
const MEDIA_LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Twilio {
    http: Client,
    base: Url,
    account: String,
    key_sid: String,
    key_secret: Secret,
}

/// A call as the carrier lists it.
#[derive(Debug, Clone)]
pub(crate) struct CarrierCall {
    pub(crate) sid: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) forwarded_from: String,
    pub(crate) status: String,
    pub(crate) direction: String,
    pub(crate) parent_sid: String,
    pub(crate) start_time: Option<DateTime<Utc>>,
    pub(crate) end_time: Option<DateTime<Utc>>,
    pub(crate) duration: Option<Duration>,
}

#[derive(Debug, Clone)]
pub(crate) struct CarrierRecording {
    pub(crate) sid: String,
    pub(crate) call_sid: String,
    pub(crate) status: String,
    pub(crate) duration: Option<Duration>,
}

/// A number that the account owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedNumber {
    pub(crate) sid: String,
    pub(crate) e164: String,
    pub(crate) friendly_name: String,
    pub(crate) voice_url: String,
    pub(crate) voice_fallback_url: String,
    pub(crate) status_callback: String,
    pub(crate) sms_url: String,
}

impl Twilio {
    #[must_use]
    pub(crate) fn new(base: Url, account: String, key_sid: String, key_secret: Secret) -> Self {
        Self {
            http: chassis::http::client(),
            base,
            account,
            key_sid,
            key_secret,
        }
    }

    fn request(&self, method: Method, path: &str, limit: Duration) -> RequestBuilder {
        let base = self.base.as_str().trim_end_matches('/');
        let url = format!("{base}/2010-04-01/Accounts/{}/{path}", self.account);
        let request = self.http.request(method, url).timeout(limit);
        request.basic_auth(&self.key_sid, Some(self.key_secret.expose()))
    }

    async fn get(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, VendorError> {
        let request = self.request(Method::GET, path, LIMIT).query(query);
        answer::json(operation, chassis::http::send(operation, request).await?).await
    }

    async fn post(
        &self,
        operation: &'static str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Value, VendorError> {
        let request = self.request(Method::POST, path, LIMIT).form(form);
        answer::json(operation, chassis::http::send(operation, request).await?).await
    }

    /// Every row of a list, page by page.
    async fn list(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        key: &str,
    ) -> Result<Vec<Value>, VendorError> {
        let mut body = self.get(operation, path, query).await?;
        let mut rows = Vec::new();
        for _ in 0..200 {
            rows.extend(body[key].as_array().cloned().unwrap_or_default());
            let Some(next) = body["next_page_uri"]
                .as_str()
                .filter(|uri| uri.starts_with('/'))
            else {
                break;
            };
            // Relative to the base; never a host of the answer's choosing.
            let url = format!("{}{next}", self.base.as_str().trim_end_matches('/'));
            let request = self.http.get(url).timeout(LIMIT);
            let request = request.basic_auth(&self.key_sid, Some(self.key_secret.expose()));
            body = answer::json(operation, chassis::http::send(operation, request).await?).await?;
        }
        Ok(rows)
    }

    pub(crate) async fn call(&self, sid: &str) -> Result<Option<CarrierCall>, VendorError> {
        let path = format!("Calls/{}.json", plain(sid));
        match self.get("twilio.calls.fetch", &path, &[]).await {
            Ok(body) => Ok(Some(call(&body))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Calls that started on or after the day of `since`; the filter's grain is not documented, so
    /// the caller compares the times itself.
    pub(crate) async fn calls_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<CarrierCall>, VendorError> {
        let day = since.format("%Y-%m-%d").to_string();
        let query = [("StartTime>", day.as_str()), ("PageSize", "200")];
        let rows = self
            .list("twilio.calls.list", "Calls.json", &query, "calls")
            .await?;
        Ok(rows.iter().map(call).collect())
    }

    pub(crate) async fn recordings_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<CarrierRecording>, VendorError> {
        let day = since.format("%Y-%m-%d").to_string();
        let query = [("DateCreated>", day.as_str()), ("PageSize", "200")];
        let rows = self
            .list(
                "twilio.recordings.list",
                "Recordings.json",
                &query,
                "recordings",
            )
            .await?;
        Ok(rows
            .iter()
            .map(|row| CarrierRecording {
                sid: words(&row["sid"]),
                call_sid: words(&row["call_sid"]),
                status: words(&row["status"]),
                duration: seconds(&row["duration"]),
            })
            .collect())
    }

    /// The media of a recording, as it arrives.
    pub(crate) async fn recording(&self, sid: &str) -> Result<Option<Response>, VendorError> {
        const OPERATION: &str = "twilio.recordings.media";
        let path = format!("Recordings/{}.mp3", plain(sid));
        let request = self.request(Method::GET, &path, MEDIA_LIMIT);
        let response = chassis::http::send(OPERATION, request).await?;
        match response.status().as_u16() {
            200..=299 => Ok(Some(response)),
            404 => Ok(None),
            _ => answer::text(OPERATION, response).await.map(|_| None),
        }
    }

    /// Numbers of the account; all of them, or exactly this one.
    pub(crate) async fn owned_numbers(
        &self,
        e164: Option<&str>,
    ) -> Result<Vec<OwnedNumber>, VendorError> {
        let mut query = vec![("PageSize", "200")];
        if let Some(e164) = e164 {
            query.push(("PhoneNumber", e164));
        }
        let path = "IncomingPhoneNumbers.json";
        let rows = self
            .list(
                "twilio.numbers.list",
                path,
                &query,
                "incoming_phone_numbers",
            )
            .await?;
        let numbers = rows.iter().map(owned);
        // The filter matches by pattern; what was asked for is one number.
        Ok(numbers
            .filter(|number| e164.is_none_or(|wanted| number.e164 == wanted))
            .collect())
    }

    pub(crate) async fn owned_number(&self, sid: &str) -> Result<OwnedNumber, VendorError> {
        let path = format!("IncomingPhoneNumbers/{}.json", plain(sid));
        Ok(owned(&self.get("twilio.numbers.fetch", &path, &[]).await?))
    }

    /// Numbers for sale in a country, voice-capable, of one kind ("Local", "Mobile", "National").
    pub(crate) async fn available_numbers(
        &self,
        country: &str,
        kind: &str,
    ) -> Result<Vec<String>, VendorError> {
        let path = format!("AvailablePhoneNumbers/{}/{kind}.json", plain(country));
        let query = [("VoiceEnabled", "true"), ("PageSize", "10")];
        let body = match self.get("twilio.numbers.search", &path, &query).await {
            Ok(body) => body,
            // The country sells none of this kind.
            Err(error) if error.is_not_found() || error.code() == Some("21452") => Value::Null,
            Err(error) => return Err(error),
        };
        let rows = body["available_phone_numbers"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        Ok(rows
            .iter()
            .map(|row| words(&row["phone_number"]))
            .filter(|e| !e.is_empty())
            .collect())
    }

    pub(crate) async fn buy_number(
        &self,
        form: &[(&str, &str)],
    ) -> Result<OwnedNumber, VendorError> {
        let path = "IncomingPhoneNumbers.json";
        Ok(owned(
            &self.post("twilio.numbers.create", path, form).await?,
        ))
    }

    pub(crate) async fn update_number(
        &self,
        sid: &str,
        form: &[(&str, &str)],
    ) -> Result<(), VendorError> {
        let path = format!("IncomingPhoneNumbers/{}.json", plain(sid));
        self.post("twilio.numbers.update", &path, form)
            .await
            .map(|_| ())
    }
}

/// Sids and country codes are letters and digits; anything else would change the path.
fn plain(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn call(row: &Value) -> CarrierCall {
    CarrierCall {
        sid: words(&row["sid"]),
        to: words(&row["to"]),
        from: words(&row["from"]),
        forwarded_from: words(&row["forwarded_from"]),
        status: words(&row["status"]),
        direction: words(&row["direction"]),
        parent_sid: words(&row["parent_call_sid"]),
        start_time: time(&row["start_time"]).or_else(|| time(&row["date_created"])),
        end_time: time(&row["end_time"]),
        duration: seconds(&row["duration"]),
    }
}

fn owned(row: &Value) -> OwnedNumber {
    OwnedNumber {
        sid: words(&row["sid"]),
        e164: words(&row["phone_number"]),
        friendly_name: words(&row["friendly_name"]),
        voice_url: words(&row["voice_url"]),
        voice_fallback_url: words(&row["voice_fallback_url"]),
        status_callback: words(&row["status_callback"]),
        sms_url: words(&row["sms_url"]),
    }
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc2822(value.as_str()?).ok()?;
    Some(time.with_timezone(&Utc))
}

fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::String(text) => text.parse().ok()?,
        Value::Number(number) => number.as_u64()?,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}
