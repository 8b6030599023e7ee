//! Twilio's numbers: owned, for sale, bought, configured. Buying is not idempotent: after an unclear
//! answer look first.

use serde_json::Value;

use super::answer::VendorError;
use super::twilio::{Twilio, plain, words};

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
