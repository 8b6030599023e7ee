//! The Twilio leg of a call: the signed voice webhook, the verbs of each TwiML document in order,
//! redirects and callbacks, until the call ends.

use std::collections::VecDeque;

use super::story::{CallOutcome, PlaceCall, Scribe};
use crate::hooks::{self, HookReceipt};
use crate::hub::{Shared, now, sid};
use crate::twilio::Call;
use crate::twiml::{self, Verb};

/// A document that leads to itself would go on for ever; Twilio stops as well.
const DOCUMENT_LIMIT: usize = 12;

/// Places a call and plays it to its end.
pub(crate) async fn place_call(hub: &Shared, ask: PlaceCall) -> CallOutcome {
    let call_sid = ask.call_sid.clone().unwrap_or_else(|| sid("CA"));
    let mut leg = Leg {
        hub,
        scribe: Scribe::new(&call_sid),
        ask,
        call_sid,
        language: None,
        talked_secs: 0,
        finishing: None,
        hung_up: false,
    };
    leg.run().await;
    leg.scribe.outcome
}

pub(super) struct Leg<'a> {
    pub(super) hub: &'a Shared,
    pub(super) ask: PlaceCall,
    pub(super) call_sid: String,
    pub(super) scribe: Scribe,
    /// The language of the last `Say`, in which a message is left.
    pub(super) language: Option<String>,
    pub(super) talked_secs: u32,
    pub(super) finishing: Option<tokio::sync::oneshot::Receiver<Option<HookReceipt>>>,
    pub(super) hung_up: bool,
}

/// What follows a verb.
pub(super) enum Next {
    Verb,
    Document(String, Vec<(String, String)>),
    End,
}

impl Leg<'_> {
    async fn run(&mut self) {
        let (voice_url, status_url, fallback_url) = self.number();
        self.open();
        let form = self.form("ringing");
        let Some(voice_url) = voice_url else {
            self.scribe.note("note", "bord's URL is not set");
            return self.close("failed", None).await;
        };
        let receipt = self.post("webhook.voice", &voice_url, &form).await;
        self.scribe.note(
            "webhook",
            format!(
                "voice webhook answered {:?} in {} ms",
                receipt.status, receipt.elapsed_ms
            ),
        );
        let mut verbs = match read(&receipt) {
            Ok(verbs) => {
                self.scribe.outcome.answer_ms = Some(receipt.elapsed_ms);
                self.document(&receipt.body);
                verbs
            }
            Err(why) => match self.fallback(fallback_url, &voice_url, &why).await {
                Some(verbs) => verbs,
                None => {
                    self.scribe
                        .heard("An application error has occurred. Goodbye.");
                    return self.close("completed", status_url).await;
                }
            },
        };
        if let Some(Verb::Reject { reason }) = verbs.front() {
            let status = if reason == "busy" {
                "busy"
            } else {
                "no-answer"
            };
            self.scribe.note("note", format!("rejected: {reason}"));
            return self.close(status, status_url).await;
        }
        self.progress("in-progress");
        let mut documents = 1;
        while let Some(verb) = verbs.pop_front() {
            match self.play(verb).await {
                Next::Verb => {}
                Next::End => break,
                Next::Document(url, extra) => {
                    documents += 1;
                    if documents > DOCUMENT_LIMIT {
                        self.scribe
                            .note("note", "too many documents; the call ends");
                        break;
                    }
                    let mut form = self.form("in-progress");
                    form.extend(extra);
                    let receipt = self.post("webhook.voice", &url, &form).await;
                    match read(&receipt) {
                        Ok(next) => {
                            self.document(&receipt.body);
                            verbs = next;
                        }
                        Err(why) => {
                            self.scribe.note("note", format!("no TwiML: {why}"));
                            if !self.hung_up {
                                self.scribe
                                    .heard("An application error has occurred. Goodbye.");
                            }
                            break;
                        }
                    }
                }
            }
            if self.hung_up && verbs.is_empty() {
                break;
            }
        }
        self.close("completed", status_url).await;
    }

    fn open(&mut self) {
        let mut world = self.hub.world();
        let number = world
            .twilio
            .numbers
            .iter()
            .find(|n| n.phone_number == self.ask.to);
        let phone_number_sid = number.map(|n| n.sid.clone());
        world.twilio.calls.retain(|call| call.sid != self.call_sid);
        world.twilio.calls.push(Call {
            sid: self.call_sid.clone(),
            from: self.ask.from.clone(),
            to: self.ask.to.clone(),
            forwarded_from: self.ask.forwarded_from.clone(),
            status: "ringing".to_owned(),
            created: now(),
            started: Some(now()),
            ended: None,
            duration_secs: None,
            price: None,
            phone_number_sid,
            taken_over: None,
        });
        drop(world);
        self.scribe.note(
            "dialled",
            format!("{} calls {}", self.ask.from, self.ask.to),
        );
    }

    fn progress(&self, status: &str) {
        let mut world = self.hub.world();
        if let Some(call) = world
            .twilio
            .calls
            .iter_mut()
            .find(|call| call.sid == self.call_sid)
        {
            status.clone_into(&mut call.status);
        }
    }

    pub(super) async fn post(
        &self,
        operation: &'static str,
        url: &str,
        form: &[(String, String)],
    ) -> HookReceipt {
        hooks::send(self.hub, hooks::twilio_form(self.hub, operation, url, form)).await
    }

    fn document(&mut self, twiml: &str) {
        self.scribe.outcome.twiml.push(twiml.to_owned());
        self.scribe.note("twiml", twiml);
    }

    /// The number's fallback URL, with what went wrong.
    async fn fallback(
        &mut self,
        url: Option<String>,
        failed: &str,
        why: &str,
    ) -> Option<VecDeque<Verb>> {
        self.scribe.note("note", format!("no TwiML: {why}"));
        let mut form = self.form("ringing");
        let code = if why.starts_with("12100") {
            "12100"
        } else {
            "11200"
        };
        form.push(("ErrorCode".to_owned(), code.to_owned()));
        form.push(("ErrorUrl".to_owned(), failed.to_owned()));
        let receipt = self.post("webhook.voice_fallback", &url?, &form).await;
        let verbs = read(&receipt).ok()?;
        self.document(&receipt.body);
        Some(verbs)
    }

    async fn play(&mut self, verb: Verb) -> Next {
        match verb {
            Verb::Say { text, language, .. } => {
                self.language = language.or(self.language.take());
                self.talked_secs += u32::try_from(text.chars().count() / 15).unwrap_or(0) + 1;
                self.scribe.heard(&text);
            }
            Verb::Pause { seconds } => self.talked_secs += seconds,
            Verb::Play { url } => self.scribe.heard(&format!("[{url}]")),
            Verb::Hangup | Verb::Reject { .. } => return Next::End,
            Verb::Redirect { url } => return Next::Document(url, Vec::new()),
            Verb::Other { name } => self.scribe.note("note", format!("<{name}> is not played")),
            Verb::Record { attributes } => return self.record(&attributes),
            Verb::Connect { action, stream } => {
                self.connect(&stream).await;
                if self.hung_up {
                    return Next::End;
                }
                if let Some(url) = action {
                    return Next::Document(url, Vec::new());
                }
            }
        }
        Next::Verb
    }
}

/// Twilio takes TwiML from any 2xx; everything else is a failure of the webhook.
fn read(receipt: &HookReceipt) -> Result<VecDeque<Verb>, String> {
    if !receipt.is_ok() {
        let why = receipt.failure.clone().unwrap_or_default();
        return Err(format!("11200: HTTP {:?} {why}", receipt.status));
    }
    if receipt.body.trim().is_empty() {
        return Ok(VecDeque::new());
    }
    twiml::parse(&receipt.body)
        .map(VecDeque::from)
        .map_err(|error| error.to_string())
}
