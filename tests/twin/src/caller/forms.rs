//! What a voice request carries: the webhooks configured for the dialled number and the form of the
//! request, as recorded from real traffic.

use serde_json::json;

use super::leg::Leg;
use crate::twilio::country_of;

impl Leg<'_> {
    /// The webhooks of the dialled number; bord's own routes where the account does not own it or
    /// nothing is configured.
    pub(super) fn number(&self) -> (Option<String>, Option<String>, Option<String>) {
        let base = self.hub.public_base();
        let own = |path: &str| base.as_ref().map(|base| format!("{base}{path}"));
        let world = self.hub.world();
        let number = world
            .twilio
            .numbers
            .iter()
            .find(|n| n.phone_number == self.ask.to);
        let set = |field: &str| {
            number
                .map(|n| n.text(field).to_owned())
                .filter(|url| !url.is_empty())
        };
        (
            set("voice_url").or_else(|| own("/twilio/voice")),
            set("status_callback").or_else(|| own("/twilio/voice/status")),
            set("voice_fallback_url"),
        )
    }

    /// The form of a voice request, as recorded from real traffic.
    pub(super) fn form(&self, status: &str) -> Vec<(String, String)> {
        let mut form: Vec<(String, String)> = Vec::new();
        let mut put = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
        put("AccountSid", &self.hub.config.twilio_account_sid);
        put("ApiVersion", "2010-04-01");
        put("CallSid", &self.call_sid);
        put("CallStatus", status);
        if status == "ringing" {
            let token = json!({"parentCallInfoToken": format!("eyJhbGciOiJFUzI1NiJ9.{}", &self.call_sid[2..]),
                "identityHeaderTokens": []});
            put("CallToken", &token.to_string());
        }
        put("Direction", "inbound");
        for (side, legacy, number) in [
            ("From", "Caller", &self.ask.from),
            ("To", "Called", &self.ask.to),
        ] {
            let country = if number.starts_with('+') {
                country_of(number)
            } else {
                country_of(&self.ask.to)
            };
            for name in [side, legacy] {
                put(name, number);
                put(&format!("{name}City"), "");
                put(&format!("{name}State"), "");
                put(&format!("{name}Zip"), "");
                put(&format!("{name}Country"), country);
            }
        }
        if let Some(forwarded) = &self.ask.forwarded_from {
            put("ForwardedFrom", forwarded);
        }
        form.extend(self.ask.parameters.iter().cloned());
        form
    }
}
