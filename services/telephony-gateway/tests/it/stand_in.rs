//! A stand-in for the gateway: what it does with the vendors' requests, without its signatures and
//! limits.

use axum::Router;
use axum::extract::{Query, RawForm, State};
use axum::routing::post;
use chassis::client::Channel;
use chassis::server::Bound;
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::call_service_client::CallServiceClient;

use crate::harness::World;
use crate::samples::ring;

/// What the gateway does with Twilio's requests, without its signatures and limits.
pub(crate) fn stand_in(world: &World, bound: Bound) {
    type Calls = CallServiceClient<Channel>;
    type Form = std::collections::HashMap<String, String>;
    fn read(RawForm(body): RawForm) -> Form {
        form_urlencoded::parse(&body).into_owned().collect()
    }
    fn get(form: &Form, name: &str) -> String {
        form.get(name).cloned().unwrap_or_default()
    }
    fn xml(twiml: String) -> ([(&'static str, &'static str); 1], String) {
        ([("content-type", "text/xml")], twiml)
    }
    fn seconds(form: &Form, name: &str) -> Option<prost_types::Duration> {
        let seconds = form.get(name)?.parse().ok()?;
        Some(prost_types::Duration { seconds, nanos: 0 })
    }
    let voice = async |State(mut calls): State<Calls>, form: RawForm| {
        let form = read(form);
        let request = ring(
            &get(&form, "CallSid"),
            &get(&form, "To"),
            &get(&form, "From"),
            &get(&form, "ForwardedFrom"),
        );
        xml(calls.answer_call(request).await.unwrap().into_inner().twiml)
    };
    let after = async |State(mut calls): State<Calls>, Query(query): Query<Form>, form: RawForm| {
        let form = read(form);
        let request = wire::ResumeCallRequest {
            call_sid: get(&form, "CallSid"),
            stage: wire::ResumeStage::AfterAgent.into(),
            to: get(&form, "To"),
            from: get(&form, "From"),
            resume_token: get(&query, "t"),
        };
        xml(calls.resume_call(request).await.unwrap().into_inner().twiml)
    };
    let voicemail = async |State(mut calls): State<Calls>, form: RawForm| {
        let form = read(form);
        let request = wire::RecordVoicemailRequest {
            call_sid: get(&form, "CallSid"),
            recording_sid: get(&form, "RecordingSid"),
            duration: seconds(&form, "RecordingDuration"),
            status: get(&form, "RecordingStatus"),
            to: get(&form, "To"),
            from: get(&form, "From"),
        };
        xml(calls
            .record_voicemail(request)
            .await
            .unwrap()
            .into_inner()
            .twiml)
    };
    let status = async |State(mut calls): State<Calls>, form: RawForm| {
        let form = read(form);
        let request = wire::RecordCallProgressRequest {
            call_sid: get(&form, "CallSid"),
            status: get(&form, "CallStatus"),
            to: get(&form, "To"),
            from: get(&form, "From"),
            duration: seconds(&form, "CallDuration"),
            ..Default::default()
        };
        calls.record_call_progress(request).await.unwrap();
    };
    let conversations = world.conversations.clone();
    let post_call = async move |body: axum::body::Bytes| {
        let request = wire::RecordConversationRequest {
            body: body.to_vec(),
        };
        conversations
            .clone()
            .record_conversation(request)
            .await
            .unwrap();
    };
    let tool = async || r#"{"ok":true,"lead_id":"l","status":"assigned","say":"C'est transmis."}"#;
    let router = Router::new()
        .route("/twilio/voice", post(voice))
        .route("/twilio/voice/after-agent", post(after))
        .route("/twilio/voice/voicemail", post(voicemail))
        .route("/twilio/voice/status", post(status))
        .route("/elevenlabs/post-call", post(post_call))
        .route("/elevenlabs/tools/dispatch_lead", post(tool))
        .with_state(world.calls.clone());
    let stopping = world.life.stopping();
    chassis::run::spawn(async move {
        let serving = axum::serve(bound.into_listener(), router).with_graceful_shutdown(stopping);
        serving.await.unwrap();
    });
}
