//! AnswerCall: from the ring to the document that Twilio plays, within the caller's patience.
//!
//! In this process the first request of a call decides and all others wait for it; between
//! replicas the row that is claimed first decides. The vendor is asked once. Whatever fails, the
//! caller hears the site's voicemail: never silence, never an error tone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::{clock, mask, telemetry};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Telephony;
use super::claim::{CLAIM, claim, wait_for_other};
use super::directory::Route;
use super::flights::{Answer, Boarded};
use super::journal::Entry;
use super::registration::{Fallback, connect};
use super::settle::{self, Settled, alarm_entry, fallback_entry};
use crate::domain::call::{Call, Event, Handling, State};
use crate::domain::origin::{self, Origin};
use crate::domain::speech::{self, Speech};
use crate::domain::twiml;

/// A ringing call, as Twilio tells it.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    pub(crate) call_sid: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) forwarded_from: String,
    pub(crate) receive_time: DateTime<Utc>,
}

/// Writing the answer: what a database may take of the caller's patience.
const WRITE: Duration = Duration::from_millis(250);

pub(crate) async fn answer_call(telephony: &Arc<Telephony>, ring: Ring) -> Answer {
    let sid = ring.call_sid.clone();
    let language = telephony.directory.route(&ring.to);
    let mut seat = match telephony.flights.board(&sid) {
        Boarded::First(sender) => {
            let this = Arc::clone(telephony);
            // In a task of its own: a caller that gives up must not stop a registration half-way.
            let deciding = telephony.beyond_request(async move {
                let answer = decide(&this, ring).await;
                sender.send_replace(Some(answer.clone()));
                answer
            });
            if let Ok(answer) = deciding.await {
                return answer;
            }
            telephony.flights.forget(&sid);
            return last_resort(telephony, language.as_deref());
        }
        Boarded::Waiting(seat) => seat,
    };
    let decided = seat
        .wait_for(Option::is_some)
        .await
        .ok()
        .and_then(|answer| answer.clone());
    decided.unwrap_or_else(|| last_resort(telephony, language.as_deref()))
}

/// For a decision that ended in a panic: the caller must hear something all the same.
fn last_resort(telephony: &Telephony, route: Option<&Route>) -> Answer {
    let speech = speech::of_language(route.map_or("en", |route| route.site.language()));
    let twiml = twiml::voicemail(speech, &telephony.voicemail_url());
    Answer {
        twiml: twiml.into(),
        handling: Handling::Voicemail,
        conversation_id: None,
    }
}

async fn decide(telephony: &Arc<Telephony>, ring: Ring) -> Answer {
    let started = Instant::now();
    let by = started + telephony.pace.register_budget;
    let route = route(telephony, &ring.to).await;
    let mut call = received(&ring, route.as_deref());
    let claimed = claim(telephony, &call).await;
    if claimed == Ok(false)
        && let Some(answer) = wait_for_other(telephony, &call.sid, by).await
    {
        return answer;
    }
    let mut registered = false;
    let mut entries = Vec::new();
    match route.as_deref() {
        None => reject(&mut call),
        Some(route) => {
            let speech = speech::of_language(route.site.language());
            // Somebody else holds the claim and did not answer in time: a second registration would
            // not help the caller.
            let outcome = if claimed == Ok(false) {
                Err(Fallback::Alarming(
                    "CLAIM_LOST",
                    "Another replica did not answer a call in time.",
                ))
            } else {
                connect(telephony, &mut call, route, by, &mut registered).await
            };
            match outcome {
                Ok(document) => {
                    call.handling = Handling::Agent;
                    call.twiml = Some(document);
                    let event = Event::new(clock::now(), "disclosure");
                    call.events.push(event.with("language", speech.language));
                }
                Err(fallback) => fall_back(telephony, &mut call, speech, &fallback, &mut entries),
            }
        }
    }
    call.answer_time = Some(answer_time(call.receive_time, started));
    finish(
        telephony,
        Settled {
            call,
            registered,
            entries,
        },
    )
    .await
}

/// The route of a number; the database is asked once more before a number counts as unknown.
async fn route(telephony: &Telephony, to: &str) -> Option<Arc<Route>> {
    if let Some(route) = telephony.directory.route(to) {
        return Some(route);
    }
    let refresh = telephony.directory.refresh(&telephony.db);
    let _ = tokio::time::timeout(CLAIM, refresh).await;
    telephony.directory.route(to)
}

fn received(ring: &Ring, route: Option<&Route>) -> Call {
    let chain = route.and_then(|route| route.number.chain_mobile.as_ref());
    let (origin, caller) = origin::of_call(&ring.from, &ring.forwarded_from, chain);
    let called = route.map(|route| route.number.e164.as_str().to_owned());
    let received = Event::new(ring.receive_time, "received").with("origin", origin.name());
    Call {
        sid: ring.call_sid.clone(),
        site_id: route.map(|route| route.site.id.clone()),
        agent_name: route
            .and_then(|r| r.agent.as_ref())
            .map(|agent| agent.name.clone()),
        called_number: called.unwrap_or_else(|| printable(&ring.to)),
        caller: caller.map(|caller| caller.as_str().to_owned()),
        origin: if route.is_some() {
            origin
        } else {
            Origin::Unknown
        },
        handling: Handling::Unknown,
        state: State::Ringing,
        conversation_id: None,
        answer_time: None,
        first_audio_time: None,
        receive_time: ring.receive_time,
        end_time: None,
        duration: None,
        twiml: None,
        fallback_reason: None,
        registrations: 0,
        events: vec![received],
        traceparent: telemetry::current_traceparent(),
    }
}

/// What the carrier called, when it is no number of ours: for the list of calls only.
fn printable(to: &str) -> String {
    to.chars().filter(char::is_ascii_graphic).take(40).collect()
}

fn reject(call: &mut Call) {
    call.handling = Handling::Rejected;
    call.fallback_reason = Some("UNKNOWN_NUMBER".to_owned());
    call.twiml = Some(twiml::reject());
    call.events.push(Event::new(clock::now(), "rejected"));
    metrics::counter!("telephony_calls_total", "handling" => "rejected").increment(1);
}

fn fall_back(
    telephony: &Telephony,
    call: &mut Call,
    speech: &Speech,
    fallback: &Fallback,
    entries: &mut Vec<(&'static str, Value)>,
) {
    let reason = match fallback {
        Fallback::Meant(reason) | Fallback::Alarming(reason, _) => *reason,
    };
    call.handling = Handling::Voicemail;
    call.fallback_reason = Some(reason.to_owned());
    call.twiml = Some(twiml::voicemail(speech, &telephony.voicemail_url()));
    call.events
        .push(Event::new(clock::now(), "fallback").with("reason", reason));
    entries.push(fallback_entry(call, reason));
    if let Fallback::Alarming(kind, text) = fallback {
        entries.push(alarm_entry(call, kind, text));
    }
    metrics::counter!("telephony_calls_total", "handling" => "voicemail").increment(1);
    let called = mask::phone(&call.called_number);
    tracing::warn!(
        call_sid = call.sid,
        reason,
        called,
        "a call goes to the voicemail"
    );
}

/// Webhook received to document written (D1). A gateway whose clock is elsewhere says nothing.
fn answer_time(receive_time: DateTime<Utc>, started: Instant) -> Duration {
    let own = started.elapsed();
    let whole = (clock::now() - receive_time).to_std().ok();
    whole
        .filter(|time| *time >= own && *time < Duration::from_secs(15))
        .unwrap_or(own)
}

/// Writes the call, or keeps it for later, and answers with the document that stands.
async fn finish(telephony: &Arc<Telephony>, settled: Settled) -> Answer {
    let call = &settled.call;
    let answer = Answer {
        twiml: call.twiml.as_deref().unwrap_or_default().into(),
        handling: call.handling,
        conversation_id: call.conversation_id.clone(),
    };
    if let Some(time) = call.answer_time {
        metrics::histogram!("telephony_answer_seconds").record(time);
    }
    // The write goes on when the caller's patience ends; it is kept for later only once it failed, so
    // that no registration is counted twice.
    let this = Arc::clone(telephony);
    let writing = telephony.beyond_request(async move {
        let written = settle::write(&this, settled.clone()).await;
        written.unwrap_or_else(|_| {
            this.journal.keep(Entry::Answered(Box::new(settled)));
            None
        })
    });
    match tokio::time::timeout(WRITE, writing).await {
        Ok(Ok(Some((document, handling)))) => Answer {
            twiml: document.into(),
            handling,
            conversation_id: None,
        },
        _ => answer,
    }
}
