//! AnswerCall: from the ring to the document that Twilio plays, within the caller's patience.
//!
//! In this process the first request of a call decides and all others wait for it; between
//! replicas the row that is claimed first decides. The vendor is asked once. Whatever fails, the
//! caller hears the site's voicemail: never silence, never an error tone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::db::{self, StoreError};
use chassis::{clock, deadline, mask, telemetry, token};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::directory::{Route, RouteAgent};
use super::flights::{Answer, Boarded};
use super::settle::{self, Settled, alarm_entry, fallback_entry};
use super::{CallClaims, ResumeClaims, Telephony};
use crate::domain::call::{Call, Event, Handling, State};
use crate::domain::origin::{self, Origin};
use crate::domain::speech::{self, Speech};
use crate::domain::twiml;
use crate::provider::answer::VendorError;
use crate::provider::elevenlabs::Registration;
use crate::store;

/// A ringing call, as Twilio tells it.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    pub(crate) call_sid: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) forwarded_from: String,
    pub(crate) receive_time: DateTime<Utc>,
}

/// Claiming the row, and writing the answer: what a database may take of the caller's patience.
const CLAIM: Duration = Duration::from_millis(500);
const WRITE: Duration = Duration::from_millis(250);
/// The longest a token may be good beyond the longest call.
const TOKEN_MARGIN: TimeDelta = TimeDelta::minutes(15);

/// Why the agent does not take the call.
enum Fallback {
    /// Meant so: paused.
    Meant(&'static str),
    /// Something failed, which the operator is told.
    Alarming(&'static str, &'static str),
}

pub(crate) async fn answer_call(telephony: &Arc<Telephony>, ring: Ring) -> Answer {
    let sid = ring.call_sid.clone();
    let language = telephony.directory.route(&ring.to);
    let mut seat = match telephony.flights.board(&sid) {
        Boarded::First(sender) => {
            let this = Arc::clone(telephony);
            // In a task of its own: a caller that gives up must not stop a registration half-way.
            let deciding = chassis::run::spawn(deadline::without(async move {
                let answer = decide(&this, ring).await;
                sender.send_replace(Some(answer.clone()));
                answer
            }));
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

/// True when this process is the first, false when another is; an error when nobody knows.
async fn claim(telephony: &Telephony, call: &Call) -> Result<bool, ()> {
    let (db, call) = (telephony.db.clone(), call.clone());
    let claiming = db::unit(async move {
        let mut tx = db.begin().await?;
        let first = store::calls::claim(&mut tx, &call).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(first)
    });
    match tokio::time::timeout(CLAIM, claiming).await {
        Ok(Ok(first)) => Ok(first),
        Ok(Err(_)) | Err(_) => {
            metrics::counter!("telephony_answers_without_database_total").increment(1);
            Err(())
        }
    }
}

/// Another replica's document, as soon as it stands.
async fn wait_for_other(telephony: &Telephony, sid: &str, by: Instant) -> Option<Answer> {
    while Instant::now() < by {
        let reading = async {
            let mut tx = telephony.db.read().await?;
            store::calls::document(&mut tx, sid).await
        };
        let left = by.saturating_duration_since(Instant::now());
        if let Ok(Ok(Some(Some((document, handling))))) = tokio::time::timeout(left, reading).await
        {
            let handling = Handling::from_name(&handling).unwrap_or(Handling::Unknown);
            return Some(Answer {
                twiml: document.into(),
                handling,
                conversation_id: None,
            });
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    None
}

fn reject(call: &mut Call) {
    call.handling = Handling::Rejected;
    call.fallback_reason = Some("UNKNOWN_NUMBER".to_owned());
    call.twiml = Some(twiml::reject());
    call.events.push(Event::new(clock::now(), "rejected"));
    metrics::counter!("telephony_calls_total", "handling" => "rejected").increment(1);
}

/// Registers the call and makes the agent's document of the vendor's reply.
async fn connect(
    telephony: &Telephony,
    call: &mut Call,
    route: &Route,
    by: Instant,
    registered: &mut bool,
) -> Result<String, Fallback> {
    if route.site_paused {
        return Err(Fallback::Meant("SITE_PAUSED"));
    }
    if route.number_paused {
        return Err(Fallback::Meant("NUMBER_PAUSED"));
    }
    let Some(agent) = &route.agent else {
        return Err(Fallback::Alarming(
            "NO_AGENT",
            "A site that rings has no agent.",
        ));
    };
    if agent.paused {
        return Err(Fallback::Meant("AGENT_PAUSED"));
    }
    let Some(vendor_agent_id) = &agent.vendor_agent_id else {
        return Err(Fallback::Alarming(
            "AGENT_NOT_RELEASED",
            "A site rings before its agent was released.",
        ));
    };
    let limit = by.saturating_duration_since(Instant::now());
    if limit < Duration::from_millis(100) {
        return Err(Fallback::Alarming(
            "REGISTER_TIMEOUT",
            "No time was left to register a call.",
        ));
    }
    let registration = Registration {
        agent_id: vendor_agent_id,
        from: call.caller.as_deref().unwrap_or("anonymous"),
        to: &call.called_number,
        variables: variables(telephony, call, route, agent),
    };
    let reply = telephony
        .elevenlabs
        .register_call(registration, limit)
        .await;
    let read = reply
        .map_err(|error| vendor_failure(&error))
        .and_then(|text| {
            *registered = true;
            twiml::read_connect(&text).map_err(|_| {
                Fallback::Alarming(
                    "REGISTER_NO_TWIML",
                    "ElevenLabs answered no document to a call.",
                )
            })
        })?;
    call.conversation_id.clone_from(&read.conversation_id);
    let joined = if read.conversation_id.is_some() {
        "by_id"
    } else {
        "by_call_sid"
    };
    call.events
        .push(Event::new(clock::now(), "registered").with("join", joined));
    let speech = speech::of_language(route.site.language());
    let url = after_agent_url(telephony, call);
    metrics::counter!("telephony_calls_total", "handling" => "agent").increment(1);
    Ok(twiml::agent(&route.site.disclosure, speech, &read, &url))
}

fn vendor_failure(error: &VendorError) -> Fallback {
    let is_timeout = match error {
        VendorError::Http(error) => error.is_timeout(),
        VendorError::Refused { status, .. } => *status == 504,
        VendorError::Unreadable { .. } => false,
    };
    tracing::warn!(error = %error, "a call could not be registered");
    if is_timeout {
        Fallback::Alarming(
            "REGISTER_TIMEOUT",
            "ElevenLabs did not register a call in time.",
        )
    } else {
        Fallback::Alarming(
            "REGISTER_FAILED",
            "ElevenLabs refused or failed to register a call.",
        )
    }
}

/// Every variable that a prompt or the tool may use; one that lacks would end the conversation.
fn variables(
    telephony: &Telephony,
    call: &Call,
    route: &Route,
    agent: &RouteAgent,
) -> Map<String, Value> {
    let now = clock::now();
    let exp = now + TimeDelta::milliseconds(agent.max_duration_ms) + TOKEN_MARGIN;
    let claims = CallClaims {
        call_sid: call.sid.clone(),
        site_id: route.site.id.clone(),
        called_number: call.called_number.clone(),
        country: route.site.country.clone(),
        caller: call.caller.clone().unwrap_or_default(),
        exp: exp.timestamp(),
    };
    let token = telephony.call_token_secrets.first().map_or_else(
        || "unknown".to_owned(),
        |secret| token::sign(secret, "call", &claims, exp),
    );
    let unknown = || "unknown".to_owned();
    [
        ("call_sid", json!(call.sid)),
        ("called_number", json!(call.called_number)),
        (
            "caller_id",
            json!(call.caller.clone().unwrap_or_else(unknown)),
        ),
        (
            "caller_known",
            json!(if call.caller.is_some() {
                "true"
            } else {
                "false"
            }),
        ),
        ("language", json!(agent.language)),
        ("secret__call_token", json!(token)),
        ("site_id", json!(route.site.id)),
        ("site_url", json!(route.site.url)),
        (
            "traceparent",
            json!(call.traceparent.clone().unwrap_or_else(unknown)),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Where the caller goes when the agent's leg ends; the token carries the time of our answer.
fn after_agent_url(telephony: &Telephony, call: &Call) -> String {
    let now = clock::now();
    let claims = ResumeClaims {
        call_sid: call.sid.clone(),
        answered_us: now.timestamp_micros(),
        called_number: call.called_number.clone(),
    };
    let token = telephony
        .call_token_secrets
        .first()
        .map_or_else(String::new, |s| {
            token::sign(s, "resume", &claims, now + TimeDelta::hours(6))
        });
    telephony.public_url(&format!("/twilio/voice/after-agent?t={token}"))
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
    let writing = chassis::run::spawn(deadline::without(async move {
        let written = settle::write(&this.db, settled.clone()).await;
        written.unwrap_or_else(|_| {
            this.journal.keep(settled);
            None
        })
    }));
    match tokio::time::timeout(WRITE, writing).await {
        Ok(Ok(Some((document, handling)))) => Answer {
            twiml: document.into(),
            handling,
            conversation_id: None,
        },
        _ => answer,
    }
}
