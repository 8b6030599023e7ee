//! Every sample body of the fact sheets of a kind that we receive, signed anew for our path, is
//! understood.

use axum::http::StatusCode;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::notification::v1::record_delivery_report_request::Report;
use contracts::telephony::v1 as telephony;
use serde_json::Value;

use crate::world::{TWIML, World, fixture, fixtures, tool_body};

/// Our route for a sample of Twilio, or nothing for what is no request.
fn route(name: &str) -> Option<&'static str> {
    Some(match name {
        name if name.starts_with("voice_inbound") => "/twilio/voice",
        "voice_connect_action.form.txt" => "/twilio/voice/after-agent?t=token",
        name if name.starts_with("voice_dial_action") => "/twilio/voice/after-agent?t=token",
        "voice_fallback.form.txt" => "/twilio/voice/fallback",
        "voice_number_statuscallback_completed.form.txt" => "/twilio/voice/status",
        name if name.starts_with("voice_dial_leg_status") => "/twilio/voice/status",
        name if name.starts_with("voice_stream_status") => "/twilio/voice/status",
        name if name.starts_with("voice_record") => "/twilio/voice/voicemail",
        name if name.starts_with("message_status") => {
            "/twilio/messages/status?d=0d15ea5e-0000-5000-8000-000000000001&t="
        }
        name if name.starts_with("message_inbound") => "/twilio/messages/inbound",
        name if name.ends_with(".json") => return None,
        name => panic!("{name} has no route"),
    })
}

#[tokio::test]
async fn every_sample_of_twilio_is_understood() {
    let mut replayed = 0;
    for name in fixtures("twilio") {
        let Some(path) = route(&name) else { continue };
        let world = World::new().await;
        let answer = world
            .twilio(path, fixture(&format!("twilio/{name}")).trim_end())
            .await;
        replayed += 1;
        if name.starts_with("voice_stream_status") {
            // Of a kind that we do not ask for: told so, and nothing happens.
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
            assert_eq!(answer.json()["errors"][0]["field"], "CallStatus");
            assert!(world.services.methods().is_empty());
            continue;
        }
        assert!(answer.status.is_success(), "{name}: {answer:?}");
        assert_eq!(world.services.methods().len(), 1, "{name}");
    }
    assert_eq!(replayed, 32);
}

#[tokio::test]
async fn a_ring_is_told_to_telephony_as_it_came() {
    let world = World::new().await;
    for name in [
        "voice_inbound",
        "voice_inbound_us_stir_forwarded",
        "voice_inbound_anonymous",
    ] {
        let answer = world
            .twilio(
                "/twilio/voice",
                fixture(&format!("twilio/{name}.form.txt")).trim_end(),
            )
            .await;
        assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
        assert_eq!(answer.text(), TWIML, "byte for byte");
    }
    let asked: Vec<telephony::AnswerCallRequest> = world.services.asked("CallService/AnswerCall");
    let froms: Vec<&str> = asked.iter().map(|request| request.from.as_str()).collect();
    assert_eq!(froms, ["+41790000042", "+14155550100", "anonymous"]);
    assert_eq!(asked[1].forwarded_from, "+41443334455");
    for request in asked {
        assert_eq!(request.to, "+41315550142");
        assert_eq!(request.call_sid, "CA0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
        assert_eq!(request.account_sid, "ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1");
        assert!(request.receive_time.unwrap().seconds > 0);
    }
}

#[tokio::test]
async fn the_end_of_a_call_is_told_with_its_length_and_time() {
    let world = World::new().await;
    let body = fixture("twilio/voice_number_statuscallback_completed.form.txt");
    let answer = world.twilio("/twilio/voice/status", body.trim_end()).await;
    assert_eq!(
        (answer.status, answer.body.len()),
        (StatusCode::NO_CONTENT, 0)
    );
    let leg = fixture("twilio/voice_dial_leg_status_3_completed.form.txt");
    world.twilio("/twilio/voice/status", leg.trim_end()).await;
    let asked: Vec<telephony::RecordCallProgressRequest> =
        world.services.asked("CallService/RecordCallProgress");
    assert_eq!(asked[0].status, "completed");
    assert_eq!(asked[0].duration.unwrap().seconds, 73);
    assert_eq!(asked[0].event_time.unwrap().seconds, 1_795_250_100);
    assert_eq!(asked[0].parent_call_sid, "");
    assert_eq!(
        asked[1].parent_call_sid,
        "CA0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
    );
}

#[tokio::test]
async fn a_voicemail_is_told_twice_as_action_and_as_callback() {
    let world = World::new().await;
    let action = fixture("twilio/voice_record_action.form.txt");
    let answer = world
        .twilio("/twilio/voice/voicemail", action.trim_end())
        .await;
    assert_eq!(answer.text(), TWIML);
    let callback = fixture("twilio/voice_recording_status_completed.form.txt");
    let answer = world
        .twilio("/twilio/voice/voicemail", callback.trim_end())
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let asked: Vec<telephony::RecordVoicemailRequest> =
        world.services.asked("CallService/RecordVoicemail");
    assert_eq!(
        (asked[0].status.as_str(), asked[1].status.as_str()),
        ("", "completed")
    );
    for request in asked {
        assert_eq!(request.recording_sid, "RE78787878787878787878787878787878");
        assert_eq!(request.duration.unwrap().seconds, 17);
    }
}

#[tokio::test]
async fn a_status_callback_brings_the_delivery_that_it_speaks_of() {
    let world = World::new().await;
    let delivery = "0d15ea5e-0000-5000-8000-000000000001";
    let path = format!("/twilio/messages/status?d={delivery}&t=");
    for name in [
        "sms_delivered",
        "sms_undelivered_30003",
        "whatsapp_failed_63016",
    ] {
        let body = fixture(&format!("twilio/message_status_{name}.form.txt"));
        let answer = world.twilio(&path, body.trim_end()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let asked: Vec<notification::RecordDeliveryReportRequest> = world
        .services
        .asked("NotificationService/RecordDeliveryReport");
    let reports: Vec<notification::TwilioReport> = asked
        .into_iter()
        .map(|request| match request.report {
            Some(Report::Twilio(report)) => report,
            other => panic!("{other:?}"),
        })
        .collect();
    let told: Vec<(&str, i32)> = reports
        .iter()
        .map(|report| (report.status.as_str(), report.error_code))
        .collect();
    assert_eq!(
        told,
        [("delivered", 0), ("undelivered", 30003), ("failed", 63016)]
    );
    assert!(reports.iter().all(|report| report.delivery_id == delivery));
}

#[tokio::test]
async fn a_reply_is_told_without_its_channels_prefix_and_answered_with_nothing() {
    let world = World::new().await;
    for name in ["sms", "sms_stop", "whatsapp_button", "whatsapp_text_reply"] {
        let body = fixture(&format!("twilio/message_inbound_{name}.form.txt"));
        let answer = world
            .twilio("/twilio/messages/inbound", body.trim_end())
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            answer.text().ends_with("<Response></Response>")
                || answer.text().ends_with("<Response/>")
        );
    }
    let asked: Vec<lead::RecordReplyRequest> = world.services.asked("LeadService/RecordReply");
    assert_eq!(asked[0].body, "Ja, übernehme ich ✅");
    assert_eq!(
        (asked[0].channel.as_str(), asked[0].from.as_str()),
        ("sms", "+41790000077")
    );
    assert_eq!(asked[1].opt_out_type, "STOP");
    assert_eq!(asked[2].button_payload, "confirm:dsp_01JD");
    assert_eq!(
        (asked[2].channel.as_str(), asked[2].from.as_str()),
        ("whatsapp", "+6281200000042")
    );
    assert_eq!(asked[2].to, "+41315550142");
}

#[tokio::test]
async fn every_sample_of_elevenlabs_is_understood() {
    let world = World::new().await;
    let mut stored = Vec::new();
    for name in fixtures("elevenlabs") {
        if !name.starts_with("post_call") && !name.starts_with("call_initiation") {
            continue;
        }
        let body = fixture(&format!("elevenlabs/{name}"));
        let answer = world.post_call(body.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        if name == "post_call_audio.json" {
            assert_eq!(answer.json()["outcome"], "audio_dropped");
        } else {
            assert_eq!(answer.json()["outcome"], "stored", "{name}");
            stored.push(body.into_bytes());
        }
    }
    let asked: Vec<telephony::RecordConversationRequest> = world
        .services
        .asked("ConversationService/RecordConversation");
    let bodies: Vec<Vec<u8>> = asked.into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, stored, "byte for byte, in order");
    assert_eq!(bodies.len(), 6);
}

#[tokio::test]
async fn the_tool_sample_with_our_fields_becomes_a_dispatch() {
    let world = World::new().await;
    let answer = world.tool(tool_body().to_string()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let reply = answer.json();
    assert_eq!(reply["ok"], true);
    assert_eq!(reply["say"], "C'est noté.");
    let asked: Vec<lead::DispatchLeadRequest> = world.services.asked("LeadService/DispatchLead");
    let asked = &asked[0];
    assert_eq!(asked.customer_name, "Dana Reyes");
    assert_eq!(asked.phone, "+15555550142");
    assert_eq!(asked.language, "fr-CH");
    assert_eq!(asked.location, "SW1A 2AA");
    assert_eq!(asked.urgency, "emergency");
    assert_eq!(asked.conversation_id, "conv_8701k9r2d4f6h8j0m1n3p5q7s9tv");
    assert_eq!(asked.call_sid, "CA3f0c1d7e9b8a4c62a5d41e8f7b6c9d02");
    assert_eq!(asked.call_token, "call.token");
}

#[tokio::test]
async fn every_sample_of_mailgun_is_understood() {
    let world = World::new().await;
    let names: Vec<String> = fixtures("mailgun")
        .into_iter()
        .filter(|name| name.starts_with("webhook"))
        .collect();
    assert_eq!(names.len(), 12);
    for name in &names {
        let event: Value = serde_json::from_str(&fixture(&format!("mailgun/{name}"))).unwrap();
        let answer = world.mailgun(&event).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {answer:?}");
    }
    let asked: Vec<notification::RecordDeliveryReportRequest> = world
        .services
        .asked("NotificationService/RecordDeliveryReport");
    let report = |name: &str| {
        let at = names.iter().position(|found| found == name).unwrap();
        match asked[at].report.clone() {
            Some(Report::Mailgun(report)) => report,
            other => panic!("{other:?}"),
        }
    };
    let bounced = report("webhook_failed_permanent_hard_bounce.json");
    assert_eq!(
        (bounced.event.as_str(), bounced.severity.as_str()),
        ("failed", "permanent")
    );
    assert_eq!((bounced.reason.as_str(), bounced.code), ("bounce", 550));
    assert_eq!(
        bounced.message_id,
        "20261121083320.1.5C0FFEE5C0FFEE5C@mg.example.com"
    );
    assert_eq!(
        bounced.event_key,
        "pl271FzxTTmGRW8Uj3dUWw@1795250004.818328"
    );
    assert_eq!(
        report("webhook_failed_permanent_suppressed_605.json").code,
        605
    );
    // Mailgun could not load our variables: the message id still says which mail it was.
    let lost = report("webhook_user_variables_as_string.json");
    assert_eq!(
        (lost.delivery_id.as_str(), lost.event.as_str()),
        ("", "delivered")
    );
    assert!(!lost.message_id.is_empty());
}
