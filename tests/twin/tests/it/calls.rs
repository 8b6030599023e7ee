//! Whole calls: what the caller hears, what the agent does, which webhooks come, all signed.

use serde_json::json;
use vendor_twin::{Need, PlaceCall, Scenario};

use crate::support::{Bord, GOOD_PROMPT, dental_prompt};

const CALLER: &str = "+41790000042";
const SITE: &str = "+41225394512";

fn call(scenario: Scenario) -> PlaceCall {
    PlaceCall::new(CALLER, SITE, scenario)
}

#[tokio::test]
async fn a_call_to_a_good_agent_becomes_a_lead_and_every_webhook_is_signed() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::PlumbingFrench)).await;
    assert_eq!(outcome.status, "completed");
    assert!(outcome.answer_ms.unwrap() < 3000);
    assert_eq!(outcome.heard, ["Bonjour, comment puis-je vous aider ?"]);
    assert_eq!(outcome.tool_calls.len(), 1);
    let lead = &outcome.tool_calls[0].request;
    assert_eq!(lead["customer_name"], "Camille Rochat");
    assert_eq!(lead["phone"], CALLER);
    assert_eq!(lead["location"], "Carouge");
    assert_eq!(lead["language"], "fr");
    assert_eq!(lead["caller_id"], CALLER);
    assert_eq!(lead["called_number"], SITE);
    assert_eq!(lead["call_sid"], json!(outcome.call_sid));
    assert_eq!(lead["conversation_id"], json!(outcome.conversation_id));
    assert!(
        outcome
            .spoken()
            .contains(&"Un plombier vous rappelle.".to_owned())
    );
    // R17: the agent waits for the caller.
    assert_eq!(outcome.transcript[0].role, "user");
    assert_eq!(outcome.post_call.unwrap().status, Some(200));
    assert_eq!(outcome.status_callback.unwrap().status, Some(200));
    let received = bord.received.lock().unwrap().clone();
    assert!(received.iter().all(|r| r.signed), "{received:?}");
    let paths: Vec<&str> = received.iter().map(|r| r.path.as_str()).collect();
    for path in [
        "/twilio/voice",
        "/elevenlabs/tools/dispatch_lead",
        "/twilio/voice/after-agent",
        "/twilio/voice/status",
        "/elevenlabs/post-call",
    ] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
}

#[tokio::test]
async fn the_voice_webhook_carries_the_recorded_parameters() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    bord.twin
        .place_call(call(Scenario::PlumbingFrench).forwarded_from("+41791112233"))
        .await;
    let samples: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/twilio_webhook_requests.json")).unwrap();
    for (path, file) in [
        ("/twilio/voice", "voice_inbound.form.txt"),
        ("/twilio/voice/after-agent", "voice_connect_action.form.txt"),
        (
            "/twilio/voice/status",
            "voice_number_statuscallback_completed.form.txt",
        ),
    ] {
        let sample = samples["requests"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["file"] == file)
            .unwrap();
        let got = bord
            .wait(path, 1)
            .await
            .into_iter()
            .find(|r| r.path == path)
            .unwrap();
        for name in sample["params"].as_object().unwrap().keys() {
            assert!(got.names().contains(name), "{path} lacks {name}");
        }
        assert_eq!(got.form("ForwardedFrom").as_deref(), Some("+41791112233"));
    }
}

#[tokio::test]
async fn a_withheld_number_makes_the_caller_say_one() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let ask = PlaceCall::new("anonymous", SITE, Scenario::Anonymous);
    let outcome = bord.twin.place_call(ask).await;
    assert_eq!(outcome.tool_calls[0].request["phone"], "+41 79 555 01 77");
    assert_eq!(outcome.tool_calls[0].request["caller_id"], "anonymous");
}

#[tokio::test]
async fn two_needs_are_two_tool_calls_and_only_the_second_is_named_as_another() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::TwoNeeds)).await;
    assert_eq!(outcome.tool_calls.len(), 2);
    assert!(outcome.tool_calls[0].request.get("another_need").is_none());
    assert_eq!(outcome.tool_calls[1].request["another_need"], "true");
}

#[tokio::test]
async fn a_missing_place_is_asked_for_and_the_tool_called_again() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::MissingLocation)).await;
    assert_eq!(outcome.tool_calls.len(), 2);
    assert_eq!(outcome.tool_calls[0].request["location"], "");
    assert_eq!(outcome.tool_calls[1].request["location"], "Carouge");
    assert!(
        outcome
            .spoken()
            .contains(&"Dans quelle commune ?".to_owned())
    );
}

#[tokio::test]
async fn a_failed_agent_leads_to_the_voicemail_and_the_recording_can_be_fetched() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::Voicemail)).await;
    assert!(!outcome.agent_spoke());
    assert!(
        outcome
            .voicemail
            .as_ref()
            .unwrap()
            .starts_with("Bonjour, ici Camille Rochat")
    );
    assert_eq!(bord.twin.conversations()[0].status, "failed");
    let webhooks = bord.wait("/twilio/voice/voicemail", 2).await;
    assert!(webhooks.iter().all(|r| r.signed));
    let action = webhooks
        .iter()
        .find(|r| r.form("Digits").is_some())
        .unwrap();
    let url = action.form("RecordingUrl").unwrap();
    let config = bord.twin.config();
    let media = crate::support::http()
        .get(url)
        .basic_auth(&config.twilio_account_sid, Some(&config.twilio_auth_token))
        .send()
        .await
        .unwrap();
    assert_eq!(media.headers()["content-type"], "audio/x-wav");
    assert!(media.bytes().await.unwrap().starts_with(b"RIFF"));
    let listed = bord
        .twilio("GET", "/Recordings.json", &[("CallSid", &outcome.call_sid)])
        .await
        .1;
    assert_eq!(listed["recordings"][0]["sid"], json!(outcome.recording_sid));
}

#[tokio::test]
async fn a_spam_caller_hangs_up_and_no_after_agent_request_follows() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::SpamHangup)).await;
    assert!(outcome.tool_calls.is_empty());
    assert!(bord.got("/twilio/voice/after-agent").is_empty());
    assert_eq!(
        bord.twin.conversations()[0].termination_reason,
        "Call ended by remote party"
    );
}

#[tokio::test]
async fn explicit_fields_travel_as_given() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let need = Need {
        service: "fuite au plafond".into(),
        location: Some("Lancy".into()),
        name: Some("Ana Sousa".into()),
        phone: Some("+41795550142".into()),
        ..Need::default()
    };
    let outcome = bord.twin.place_call(call(Scenario::Need(need))).await;
    let lead = &outcome.tool_calls[0].request;
    assert_eq!(
        (&lead["service"], &lead["location"]),
        (&json!("fuite au plafond"), &json!("Lancy"))
    );
    assert_eq!(
        (&lead["customer_name"], &lead["phone"]),
        (&json!("Ana Sousa"), &json!("+41795550142"))
    );
}

#[tokio::test]
async fn the_agent_does_what_its_prompt_says() {
    // (prompt, scenario, tool calls)
    let softened = GOOD_PROMPT.replace(
        "Appelle TOUJOURS dispatch_lead AVANT de dire au revoir.",
        "Utilise dispatch_lead si cela te semble utile.",
    );
    let no_off_topic = GOOD_PROMPT.replace(
        "Demande hors sujet : dis ce que fait le site, ne promets rien.",
        "",
    );
    for (prompt, scenario, calls) in [
        (GOOD_PROMPT.to_owned(), Scenario::PlumbingFrench, 1),
        (softened, Scenario::PlumbingFrench, 0),
        (String::new(), Scenario::PlumbingFrench, 0),
        (dental_prompt(), Scenario::PlumbingFrench, 0),
        (dental_prompt(), Scenario::DentalUrgency, 1),
        (GOOD_PROMPT.to_owned(), Scenario::OffTopic, 0),
        (no_off_topic, Scenario::OffTopic, 1),
        (GOOD_PROMPT.to_owned(), Scenario::TennisEnglish, 0),
    ] {
        let bord = Bord::with_agent(&prompt, "fr").await;
        let outcome = bord.twin.place_call(call(scenario.clone())).await;
        assert_eq!(
            outcome.tool_calls.len(),
            calls,
            "{scenario:?} with {prompt:?}"
        );
    }
}

#[tokio::test]
async fn a_variable_that_nobody_sent_ends_the_conversation_at_once() {
    let bord = Bord::with_agent(&format!("{GOOD_PROMPT} {{{{site_name}}}}"), "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::PlumbingFrench)).await;
    assert!(!outcome.agent_spoke());
    let conversation = &bord.twin.conversations()[0];
    assert_eq!(
        conversation.termination_reason,
        "Missing required dynamic variables in prompt: {'site_name'}"
    );
}

#[tokio::test]
async fn a_calls_record_is_deleted_once_it_is_over_and_its_recordings_stay() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let outcome = bord.twin.place_call(call(Scenario::Voicemail)).await;
    let path = format!("/Calls/{}.json", outcome.call_sid);
    assert_eq!(bord.twilio("DELETE", &path, &[]).await.0, 204);
    assert_eq!(bord.twilio("DELETE", &path, &[]).await.0, 404);
    assert!(bord.twin.calls().is_empty());
    assert_eq!(bord.twin.recordings().len(), 1);
}
