//! A message for the voicemail: what the caller says after the tone, the recording that Twilio keeps
//! of it, and the two callbacks that tell of it.

use std::collections::BTreeMap;

use super::leg::{Leg, Next};
use super::lines::Lang;
use super::scenario::{Scenario, caller};
use crate::hooks;
use crate::hub::{now, sid};
use crate::twilio::Recording;

impl Leg<'_> {
    /// The caller leaves a message (or is silent) and hangs up.
    pub(super) fn record(&mut self, attributes: &BTreeMap<String, String>) -> Next {
        let silent = self.ask.scenario == Scenario::VoicemailSilence;
        let lang = self.language.as_deref().map_or(Lang::Fr, Lang::of);
        let caller = caller(&self.ask.scenario, "", lang, &self.ask.from);
        let message = if silent {
            String::new()
        } else {
            caller.message()
        };
        let longest = attributes
            .get("maxLength")
            .and_then(|text| text.parse().ok())
            .unwrap_or(3600);
        let spoken = u32::try_from(message.chars().count() / 12).unwrap_or(0);
        let duration = if silent { 1 } else { spoken.clamp(3, longest) };
        let recording = Recording {
            sid: sid("RE"),
            call_sid: self.call_sid.clone(),
            created: now(),
            duration_secs: duration,
            status: "completed".to_owned(),
            spoken: message.clone(),
        };
        let account = &self.hub.config.twilio_account_sid;
        let url = format!(
            "{}/2010-04-01/Accounts/{account}/Recordings/{}",
            self.hub.own_url(),
            recording.sid
        );
        self.talked_secs += duration;
        self.scribe.note(
            "recorded",
            if silent {
                "(silence)".to_owned()
            } else {
                message.clone()
            },
        );
        self.scribe.outcome.recording_sid = Some(recording.sid.clone());
        self.scribe.outcome.voicemail = (!silent).then_some(message);
        let of_recording = |names: &[(&str, &str)]| -> Vec<(String, String)> {
            names
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let length = duration.to_string();
        if let Some(callback) = attributes.get("recordingStatusCallback") {
            let form = of_recording(&[
                ("AccountSid", account),
                ("CallSid", &self.call_sid),
                ("RecordingSid", &recording.sid),
                ("RecordingUrl", &url),
                ("RecordingStatus", "completed"),
                ("RecordingDuration", &length),
                ("RecordingChannels", "1"),
                ("RecordingSource", "RecordVerb"),
            ]);
            let hook = hooks::twilio_form(self.hub, "webhook.recording_status", callback, &form);
            hooks::send_later(self.hub, hook);
        }
        let extra = of_recording(&[
            ("RecordingUrl", &url),
            ("RecordingSid", &recording.sid),
            ("RecordingDuration", &length),
            ("Digits", "hangup"),
        ]);
        self.hub.world().twilio.recordings.push(recording);
        self.hung_up = true;
        match attributes.get("action") {
            Some(action) => Next::Document(action.clone(), extra),
            None => Next::End,
        }
    }
}
