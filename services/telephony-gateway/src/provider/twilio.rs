//! Twilio's REST API as far as voice needs it: its client, calls and recordings. Forms in, JSON out,
//! basic auth with an API key. `numbers.rs` has the numbers.

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

    pub(super) async fn get(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, VendorError> {
        let request = self.request(Method::GET, path, LIMIT).query(query);
        answer::json(operation, chassis::http::send(operation, request).await?).await
    }

    pub(super) async fn post(
        &self,
        operation: &'static str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Value, VendorError> {
        let request = self.request(Method::POST, path, LIMIT).form(form);
        answer::json(operation, chassis::http::send(operation, request).await?).await
    }

    /// Every row of a list, page by page.
    pub(super) async fn list(
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

    /// Calls that came from a number; also those to numbers of another product on the account.
    pub(crate) async fn calls_from(&self, phone: &str) -> Result<Vec<CarrierCall>, VendorError> {
        let query = [("From", phone), ("PageSize", "200")];
        let rows = self
            .list("twilio.calls.list", "Calls.json", &query, "calls")
            .await?;
        // A filter that the carrier does not know would list everybody's.
        let listed = rows.iter().map(call).filter(|call| call.from == phone);
        Ok(listed.collect())
    }

    /// Removes a call's record; one that is not there is removed. A call that goes on is refused.
    pub(crate) async fn delete_call(&self, sid: &str) -> Result<(), VendorError> {
        let path = format!("Calls/{}.json", plain(sid));
        self.delete("twilio.calls.delete", &path).await
    }

    /// Removes a recording with its media; one that is not there is removed.
    pub(crate) async fn delete_recording(&self, sid: &str) -> Result<(), VendorError> {
        let path = format!("Recordings/{}.json", plain(sid));
        self.delete("twilio.recordings.delete", &path).await
    }

    async fn delete(&self, operation: &'static str, path: &str) -> Result<(), VendorError> {
        let request = self.request(Method::DELETE, path, LIMIT);
        let response = chassis::http::send(operation, request).await?;
        match answer::text(operation, response).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// The sids of a call's recordings, silent ones included.
    pub(crate) async fn recordings_of_call(&self, sid: &str) -> Result<Vec<String>, VendorError> {
        let query = [("CallSid", sid), ("PageSize", "200")];
        let (path, key) = ("Recordings.json", "recordings");
        let rows = self
            .list("twilio.recordings.list", path, &query, key)
            .await?;
        let of_call = rows.iter().filter(|row| row["call_sid"] == sid);
        Ok(of_call.map(|row| words(&row["sid"])).collect())
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
}

/// Sids and country codes are letters and digits; anything else would change the path.
pub(super) fn plain(id: &str) -> String {
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

pub(super) fn words(value: &Value) -> String {
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
