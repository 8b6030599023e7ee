//! Twilio's numbers: owned, for sale, bought, configured. Buying is not idempotent: after an unclear
//! answer look first.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::VendorError;
use super::twilio::{Twilio, plain, words};

/// A number that the account owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedNumber {
    pub(crate) sid: String,
    pub(crate) e164: String,
    pub(crate) friendly_name: String,
    /// Geographic numbers of some countries take calls only.
    pub(crate) takes_messages: bool,
    /// What is configured, by the names of the form that sets it.
    settings: BTreeMap<&'static str, String>,
}

/// Names in the form, and in the answer.
const SETTINGS: [(&str, &str); 12] = [
    ("VoiceUrl", "voice_url"),
    ("VoiceMethod", "voice_method"),
    ("VoiceFallbackUrl", "voice_fallback_url"),
    ("VoiceFallbackMethod", "voice_fallback_method"),
    ("VoiceReceiveMode", "voice_receive_mode"),
    ("VoiceApplicationSid", "voice_application_sid"),
    ("StatusCallback", "status_callback"),
    ("StatusCallbackMethod", "status_callback_method"),
    ("SmsUrl", "sms_url"),
    ("SmsMethod", "sms_method"),
    ("SmsApplicationSid", "sms_application_sid"),
    ("TrunkSid", "trunk_sid"),
];

impl OwnedNumber {
    /// The setting of this name in the form; empty when nothing is set.
    #[must_use]
    pub(crate) fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }
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

pub(crate) fn owned(row: &Value) -> OwnedNumber {
    OwnedNumber {
        sid: words(&row["sid"]),
        e164: words(&row["phone_number"]),
        friendly_name: words(&row["friendly_name"]),
        takes_messages: takes_messages(&row["capabilities"]),
        settings: SETTINGS
            .into_iter()
            .map(|(name, field)| (name, words(&row[field])))
            .collect(),
    }
}

/// Unless the carrier says no; its keys come in capitals, too.
fn takes_messages(capabilities: &Value) -> bool {
    capabilities["sms"] != false && capabilities["SMS"] != false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_takes_messages_unless_the_carrier_says_no() {
        for (row, takes) in [
            (
                json!({ "capabilities": { "voice": true, "sms": true } }),
                true,
            ),
            (
                json!({ "capabilities": { "voice": true, "sms": false } }),
                false,
            ),
            (
                json!({ "capabilities": { "voice": true, "SMS": false } }),
                false,
            ),
            (json!({ "sid": "PN1" }), true),
        ] {
            assert_eq!(owned(&row).takes_messages, takes, "{row}");
        }
    }
}
