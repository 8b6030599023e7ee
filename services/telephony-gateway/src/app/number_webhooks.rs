//! Where a number's calls and messages go: its webhooks at Twilio, pointed here and read back.

use chassis::fault::Violation;

use super::{Error, Telephony};
use crate::provider::numbers::OwnedNumber;

/// A caller who hears nothing for two seconds gives up, so connecting is short and repeated;
/// answering twice is safe, so a slow answer is asked for again (webhook overrides, never signed).
const VOICE_OVERRIDES: &str = "#ct=2000&rt=5000&rc=2&rp=ct,rt,5xx";

/// Nobody waits for these; a lost one is found by polling.
const STATUS_OVERRIDES: &str = "#rc=5&rp=all";

/// What the form sets. A number that was declared without a fallback URL has none: what stood there
/// before may be a stranger's.
pub(super) fn webhooks(
    telephony: &Telephony,
    fallback_url: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        (
            "VoiceUrl",
            telephony.public_url(&format!("/twilio/voice{VOICE_OVERRIDES}")),
        ),
        ("VoiceMethod", "POST".to_owned()),
        (
            "StatusCallback",
            telephony.public_url(&format!("/twilio/voice/status{STATUS_OVERRIDES}")),
        ),
        ("StatusCallbackMethod", "POST".to_owned()),
        (
            "SmsUrl",
            telephony.public_url(&format!("/twilio/messages/inbound{STATUS_OVERRIDES}")),
        ),
        ("SmsMethod", "POST".to_owned()),
        (
            "VoiceFallbackUrl",
            fallback_url.unwrap_or_default().to_owned(),
        ),
    ];
    if fallback_url.is_some() {
        // A static document, whose host may refuse a POST.
        fields.push(("VoiceFallbackMethod", "GET".to_owned()));
    }
    fields
}

/// Points the number's webhooks here where they do not yet, and reads back.
pub(super) async fn point_here(
    telephony: &Telephony,
    owned: &OwnedNumber,
    fallback_url: Option<&str>,
) -> Result<(), Error> {
    let mut fields = webhooks(telephony, fallback_url);
    // With any of these the carrier does not look at the URLs above, and a fax machine would answer.
    for field in ["VoiceApplicationSid", "SmsApplicationSid", "TrunkSid"] {
        fields.push((field, String::new()));
    }
    fields.push(("VoiceReceiveMode", "voice".to_owned()));
    if wrong(&fields, owned).is_empty() {
        return Ok(());
    }
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    telephony.twilio.update_number(&owned.sid, &form).await?;
    let read_back = telephony.twilio.owned_number(&owned.sid).await?;
    let wrong = wrong(&fields, &read_back);
    if wrong.is_empty() {
        return Ok(());
    }
    let fields = wrong
        .into_iter()
        .map(|field| Violation {
            field: field.to_owned(),
            rule: "stands differently at the carrier after it was written".to_owned(),
        })
        .collect();
    let text = "the carrier did not take every webhook";
    Err(Error::Refused {
        reason: "READ_BACK_DIFFERS",
        text,
        fields,
    })
}

fn wrong(fields: &[(&'static str, String)], owned: &OwnedNumber) -> Vec<&'static str> {
    fields
        .iter()
        // What becomes of a message's URL on a number that takes none is not documented.
        .filter(|(name, _)| owned.takes_messages || !name.starts_with("Sms"))
        .filter(|(name, value)| owned.setting(name) != value)
        .map(|(name, _)| *name)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::provider::numbers::owned;

    #[test]
    fn a_fallback_url_that_the_carrier_did_not_take_is_named() {
        let url = "https://fallback.example/fr.xml";
        let fields = [
            ("VoiceFallbackUrl", url.to_owned()),
            ("VoiceFallbackMethod", "GET".to_owned()),
        ];
        let read_back = |url: &str, method: &str| {
            let row = json!({ "voice_fallback_url": url, "voice_fallback_method": method });
            wrong(&fields, &owned(&row))
        };
        assert!(read_back(url, "GET").is_empty());
        assert_eq!(read_back("", "GET"), ["VoiceFallbackUrl"]);
        assert_eq!(read_back(url, "POST"), ["VoiceFallbackMethod"]);
        let none = [("VoiceFallbackUrl", String::new())];
        let row = json!({ "voice_fallback_url": url });
        assert_eq!(
            wrong(&none, &owned(&row)),
            ["VoiceFallbackUrl"],
            "a stranger's"
        );
    }
}
