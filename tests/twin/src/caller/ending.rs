//! The middle and the end of a call: the stream to the agent, and what is told afterwards (the call's
//! status callback, the post-call webhook).

use super::leg::Leg;
use super::story::ToolCallSeen;
use crate::elevenlabs::live::{Streamed, finish, stream};
use crate::hub::{now, rfc2822};
use crate::twiml::Stream;

impl Leg<'_> {
    pub(super) async fn connect(&mut self, noun: &Stream) {
        let id = noun.parameters.get("conversation_id").map(String::as_str);
        let leg = (
            self.ask.from.as_str(),
            self.ask.to.as_str(),
            self.call_sid.as_str(),
        );
        let Streamed {
            conversation_id,
            failure,
            talk,
        } = stream(self.hub, id, leg, &self.ask.scenario).await;
        self.scribe
            .outcome
            .conversation_id
            .clone_from(&conversation_id);
        if let Some(why) = failure {
            self.scribe.note("note", format!("the stream ended: {why}"));
            return;
        }
        self.talked_secs += talk.clock;
        for turn in &talk.turns {
            let who = if turn.role == "agent" {
                "agent"
            } else {
                "caller"
            };
            if let Some(text) = &turn.message {
                self.scribe.note(who, text.clone());
            }
        }
        for outcome in &talk.dispatches {
            self.scribe.note(
                "tool",
                format!(
                    "{} → {:?} {}",
                    outcome.request, outcome.status, outcome.text
                ),
            );
            self.scribe.outcome.tool_calls.push(ToolCallSeen {
                request: outcome.request.clone(),
                status: outcome.status,
                response: outcome.text.clone(),
                is_error: outcome.is_error,
                latency_ms: outcome.latency_ms,
            });
        }
        self.scribe.outcome.transcript.clone_from(&talk.turns);
        // A scripted caller who hangs up ends the call; otherwise the agent closes the stream and
        // the next verb runs.
        self.hung_up = talk.caller_hung_up;
        if let Some(id) = conversation_id {
            let (done, waiting) = tokio::sync::oneshot::channel();
            self.finishing = Some(waiting);
            let shared = self.hub.clone();
            self.hub.spawn(async move {
                // The call may be over before: then nobody waits for the receipt.
                let _ = done.send(finish(&shared, &id, &talk).await);
            });
        }
    }

    pub(super) async fn close(&mut self, status: &str, callback: Option<String>) {
        let answered = status == "completed";
        let duration = if answered { self.talked_secs.max(1) } else { 0 };
        {
            let mut world = self.hub.world();
            if let Some(call) = world
                .twilio
                .calls
                .iter_mut()
                .find(|call| call.sid == self.call_sid)
            {
                status.clone_into(&mut call.status);
                call.ended = Some(now());
                call.duration_secs = Some(duration);
                call.price =
                    answered.then(|| format!("-{:.5}", f64::from(duration.div_ceil(60)) * 0.01));
            }
        }
        status.clone_into(&mut self.scribe.outcome.status);
        self.scribe
            .note("ended", format!("{status} after {duration} s"));
        if let Some(callback) = callback {
            let mut form = self.form(status);
            form.push(("CallDuration".to_owned(), duration.to_string()));
            form.push(("Duration".to_owned(), duration.div_ceil(60).to_string()));
            form.push(("SipResponseCode".to_owned(), "200".to_owned()));
            form.push(("Timestamp".to_owned(), rfc2822(now())));
            form.push((
                "CallbackSource".to_owned(),
                "call-progress-events".to_owned(),
            ));
            form.push(("SequenceNumber".to_owned(), "0".to_owned()));
            let receipt = self.post("webhook.call_status", &callback, &form).await;
            self.scribe.note(
                "callback",
                format!("call status answered {:?}", receipt.status),
            );
            self.scribe.outcome.status_callback = Some(receipt);
        }
        if let Some(waiting) = self.finishing.take()
            && let Ok(receipt) = waiting.await
        {
            if let Some(receipt) = &receipt {
                self.scribe.note(
                    "post_call",
                    format!("post-call webhook answered {:?}", receipt.status),
                );
            }
            self.scribe.outcome.post_call = receipt;
        }
    }
}
