//! The voice and message routes when things go wrong behind them, or when nobody signed.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chassis::config::Secret;
use chassis::fault::{self, Kind};
use chassis::{clock, token};
use chrono::TimeDelta;
use contracts::lead::v1::RaiseAlarmRequest;
use contracts::telephony::v1 as telephony;
use futures::stream::{self, StreamExt as _};
use gateway::twilio::form::Form;
use gateway::twilio::signature::{Algorithm, sign};
use test_support::eventually;

use crate::world::{BASE, CALL_SECRET, TWILIO_TOKEN, World, fixture, post, twilio_request};

const RING: &str = "CallSid=CA1&To=%2B41225394512&From=%2B41790000042";
/// A port on which nobody listens.
const NOBODY: &str = "http://127.0.0.1:9";

fn within_three_seconds(started: Instant) {
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_caller_hears_the_voicemail_in_time_while_telephony_is_down() {
    let world = World::with(|config| NOBODY.clone_into(&mut config.telephony_url)).await;
    for (to, language, word) in [
        ("%2B41225394512", "fr-FR", "Bonjour"),
        ("%2B41445550142", "de-DE", "Guten Tag"),
        ("%2B39025550142", "it-IT", "Buongiorno"),
        ("%2B34915550142", "es-ES", "Hola"),
        ("%2B623618497215", "id-ID", "Halo"),
        ("%2B14155550142", "en-GB", "Hello"),
    ] {
        let started = Instant::now();
        let answer = world
            .twilio("/twilio/voice", format!("CallSid=CA1&To={to}&From=x"))
            .await;
        within_three_seconds(started);
        assert_eq!(answer.status, StatusCode::OK);
        let said = answer.text();
        assert!(
            said.contains(&format!("<Say language=\"{language}\"")),
            "{said}"
        );
        assert!(said.contains(word), "{said}");
        assert!(said.contains(&format!("<Record action=\"{BASE}/twilio/voice/voicemail\"")));
    }
    // The operator is told, while no caller waited for it.
    let alarms: Vec<RaiseAlarmRequest> = eventually(Duration::from_secs(5), async || {
        let alarms = world.services.asked("LeadService/RaiseAlarm");
        (!alarms.is_empty()).then_some(alarms)
    })
    .await;
    assert_eq!(alarms[0].kind, "TELEPHONY_UNAVAILABLE");
    assert!(!alarms[0].text.contains("+41") && !alarms[0].slot.is_empty());
}

#[tokio::test]
async fn a_caller_hears_the_voicemail_in_time_while_telephony_and_the_operators_mail_hang() {
    let world = World::new().await;
    world.services.stream(
        "CallService/AnswerCall",
        |_: telephony::AnswerCallRequest| {
            Ok(stream::pending::<Result<telephony::AnswerCallResponse, _>>().boxed())
        },
    );
    world
        .services
        .stream("LeadService/RaiseAlarm", |_: RaiseAlarmRequest| {
            Ok(stream::pending::<Result<contracts::lead::v1::RaiseAlarmResponse, _>>().boxed())
        });
    let started = Instant::now();
    let answer = world.twilio("/twilio/voice", RING).await;
    within_three_seconds(started);
    assert!(
        started.elapsed() > Duration::from_millis(2_500),
        "telephony had its time"
    );
    assert!(answer.text().contains("<Record "));
}

#[tokio::test]
async fn a_caller_hears_the_voicemail_when_telephony_refuses_or_answers_nothing() {
    let world = World::new().await;
    world.services.answer(
        "CallService/AnswerCall",
        |_: telephony::AnswerCallRequest| Ok(telephony::AnswerCallResponse::default()),
    );
    assert!(
        world
            .twilio("/twilio/voice", RING)
            .await
            .text()
            .contains("<Record ")
    );
    world.services.answer(
        "CallService/AnswerCall",
        |_: telephony::AnswerCallRequest| {
            Err::<telephony::AnswerCallResponse, _>(fault::plain(Kind::Internal, "INTERNAL", "x"))
        },
    );
    assert!(
        world
            .twilio("/twilio/voice", RING)
            .await
            .text()
            .contains("<Record ")
    );
}

fn resume_token(secret: &str, call_sid: &str, age: TimeDelta) -> String {
    let now = clock::now();
    let claims = serde_json::json!({
        "call_sid": call_sid,
        "answered_us": (now - age).timestamp_micros(),
        "called_number": "+41225394512",
    });
    token::sign(
        &Secret::new(secret),
        "resume",
        &claims,
        now + TimeDelta::hours(1),
    )
}

#[tokio::test]
async fn without_telephony_a_long_talk_is_hung_up_and_a_short_one_goes_to_the_voicemail() {
    let world = World::with(|config| NOBODY.clone_into(&mut config.telephony_url)).await;
    let (long, short) = (TimeDelta::seconds(21), TimeDelta::seconds(19));
    for (why, token, hung_up) in [
        ("talked", resume_token(CALL_SECRET, "CA1", long), true),
        (
            "talked, old secret",
            resume_token(&format!("old-{CALL_SECRET}"), "CA1", long),
            true,
        ),
        (
            "hardly talked",
            resume_token(CALL_SECRET, "CA1", short),
            false,
        ),
        (
            "another call's token",
            resume_token(CALL_SECRET, "CA2", long),
            false,
        ),
        ("forged", resume_token("another secret", "CA1", long), false),
        ("none", String::new(), false),
    ] {
        let path = format!("/twilio/voice/after-agent?t={token}");
        let started = Instant::now();
        let answer = world.twilio(&path, RING).await;
        within_three_seconds(started);
        assert_eq!(answer.text().contains("<Hangup"), hung_up, "{why}");
        assert_eq!(answer.text().contains("<Record "), !hung_up, "{why}");
    }
    // The fallback is a voicemail whatever was talked.
    let path = format!(
        "/twilio/voice/fallback?t={}",
        resume_token(CALL_SECRET, "CA1", long)
    );
    assert!(world.twilio(&path, RING).await.text().contains("<Record "));
}

#[tokio::test]
async fn telephony_is_told_which_redirect_was_asked_for_and_its_token() {
    let world = World::new().await;
    world
        .twilio("/twilio/voice/after-agent?t=the.token", RING)
        .await;
    world.twilio("/twilio/voice/fallback", RING).await;
    let asked: Vec<telephony::ResumeCallRequest> = world.services.asked("CallService/ResumeCall");
    assert_eq!(asked[0].stage(), telephony::ResumeStage::AfterAgent);
    assert_eq!(asked[0].resume_token, "the.token");
    assert_eq!(asked[1].stage(), telephony::ResumeStage::Fallback);
}

#[tokio::test]
async fn a_voicemail_that_cannot_be_stored_is_thanked_for_and_its_callback_comes_again() {
    let world = World::with(|config| NOBODY.clone_into(&mut config.telephony_url)).await;
    let action = fixture("twilio/voice_record_action.form.txt");
    let answer = world
        .twilio("/twilio/voice/voicemail", action.trim_end())
        .await;
    assert!(answer.text().contains("Vielen Dank") && answer.text().contains("<Hangup"));
    let callback = fixture("twilio/voice_recording_status_completed.form.txt");
    let answer = world
        .twilio("/twilio/voice/voicemail", callback.trim_end())
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.reason(), "UNAVAILABLE");
    assert_eq!(answer.header("retry-after"), "2");
}

#[tokio::test]
async fn callbacks_that_cannot_be_stored_come_again() {
    let world = World::with(|config| {
        NOBODY.clone_into(&mut config.telephony_url);
        NOBODY.clone_into(&mut config.lead_url);
        NOBODY.clone_into(&mut config.notification_url);
    })
    .await;
    for (path, body) in [
        ("/twilio/voice/status", "CallSid=CA1&CallStatus=completed"),
        (
            "/twilio/messages/status?d=1",
            "MessageSid=SM1&MessageStatus=sent",
        ),
        (
            "/twilio/messages/inbound",
            "MessageSid=SM1&From=%2B41&To=%2B41&Body=ja",
        ),
    ] {
        let answer = world.twilio(path, body).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

/// I16: no row, no outbound call.
#[tokio::test]
async fn what_twilio_did_not_sign_reaches_nobody() {
    let world = World::new().await;
    for path in [
        "/twilio/voice",
        "/twilio/voice/after-agent",
        "/twilio/voice/fallback",
        "/twilio/voice/status",
        "/twilio/voice/voicemail",
        "/twilio/messages/status",
        "/twilio/messages/inbound",
    ] {
        let refused = async |request: Request<Body>, reason: &str| {
            let answer = world.send(request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(answer.reason(), reason, "{path}");
        };
        let form: &str = "application/x-www-form-urlencoded";
        refused(post(path, form, Body::from(RING)), "SIGNATURE_MISSING").await;
        // Signed for another path, for another query, with another token, and twice.
        let mut other_path = twilio_request("/twilio/other", RING.as_bytes());
        *other_path.uri_mut() = path.parse().unwrap();
        refused(other_path, "SIGNATURE_INVALID").await;
        let mut other_query = twilio_request(&format!("{path}?d=1"), RING.as_bytes());
        *other_query.uri_mut() = format!("{path}?d=2").parse().unwrap();
        refused(other_query, "SIGNATURE_INVALID").await;
        let mut other_token = post(path, form, Body::from(RING));
        let pairs = Form::decode(RING.as_bytes()).unwrap();
        let url = format!("{BASE}{path}");
        let token = Secret::new("another token");
        let forged = sign(Algorithm::HmacSha1, &token, &url, &pairs.signed_pairs());
        other_token
            .headers_mut()
            .insert("x-twilio-signature", forged.parse().unwrap());
        refused(other_token, "SIGNATURE_INVALID").await;
        let mut twice = twilio_request(path, RING.as_bytes());
        let good = twice.headers()["x-twilio-signature"].clone();
        twice.headers_mut().append("x-twilio-signature", good);
        refused(twice, "SIGNATURE_MISSING").await;
        // Signed, but under a key that we did not configure.
        let mut shared = twilio_request(path, RING.as_bytes());
        let settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA1"
            .parse()
            .unwrap();
        shared
            .headers_mut()
            .insert("x-twilio-webhooks-signature-settings", settings);
        refused(shared, "SIGNATURE_INVALID").await;
    }
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn the_old_auth_token_is_good_during_a_rotation() {
    let world = World::new().await;
    let form = Form::decode(RING.as_bytes()).unwrap();
    let url = format!("{BASE}/twilio/voice");
    let old = Secret::new(format!("old-{TWILIO_TOKEN}"));
    let signature = sign(Algorithm::HmacSha1, &old, &url, &form.signed_pairs());
    let mut request = twilio_request("/twilio/voice", RING.as_bytes());
    request
        .headers_mut()
        .insert("x-twilio-signature", signature.parse().unwrap());
    assert_eq!(world.send(request).await.status, StatusCode::OK);
}

/// `</Say><Dial>` in a field is text for those behind, and never reaches a document of ours.
#[tokio::test]
async fn markup_in_a_form_stays_text() {
    let world = World::with(|config| NOBODY.clone_into(&mut config.telephony_url)).await;
    let body = "CallSid=CA1&To=%2B41225394512%3C%2FSay%3E%3CDial%3E&From=%3CDial%3E";
    let answer = world.twilio("/twilio/voice", body).await;
    assert!(!answer.text().contains("Dial"));
}
