//! A gateway with fake services behind it, and the vendors' way of calling it.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chassis::clock;
use chassis::config::Secret;
use chassis::crash::Points;
use chassis::run::Life;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::telephony::v1 as telephony;
use futures::stream::{self, StreamExt as _};
use gateway::config::Config;
use gateway::twilio::form::Form;
use gateway::twilio::signature::{Algorithm, sign};
use gateway::{Gateway, routes};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use test_support::Fake;

pub(crate) const BASE: &str = "https://gw.example.com";
pub(crate) const TWILIO_TOKEN: &str = "2f9c1d7a4be84f0c9d5f0a61c3e7b8a1";
pub(crate) const WEBHOOK_SECRET: &str = "wsec_of_a_test";
pub(crate) const SIGNING_KEY: &str = "key-of-a-test";
pub(crate) const TOOL_SECRET: &str = "tool-secret-of-a-test";
pub(crate) const CRON_SECRET: &str = "cron-secret-of-a-test";
pub(crate) const LINK_SECRET: &str = "link-secret-of-a-test";
pub(crate) const CALL_SECRET: &str = "call-secret-of-a-test";
pub(crate) const TWIML: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Pause/></Response>";

/// The file under `fixtures/`.
pub(crate) fn fixture(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap()
}

/// The names of the files in a folder of fixtures.
pub(crate) fn fixtures(folder: &str) -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/");
    let items = std::fs::read_dir(format!("{root}{folder}")).unwrap();
    let mut names: Vec<String> = items
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The reason of a refusal, whose document must be whole.
    pub(crate) fn reason(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        let document = self.json();
        let reason = document["reason"].as_str().unwrap().to_owned();
        assert_eq!(document["type"], format!("urn:bord:problem:{reason}"));
        assert_eq!(document["status"], self.status.as_u16());
        let id = self.header("x-request-id");
        assert_eq!(document["instance"], format!("urn:uuid:{id}"));
        assert!(document["title"].is_string() && document["detail"].is_string());
        reason
    }
}

/// A gateway and the one fake that stands for every service.
pub(crate) struct World {
    pub(crate) services: Fake,
    pub(crate) config: Config,
    pub(crate) router: Router,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let services = Fake::start().await;
        answer_all(&services);
        let two = |new: &str| vec![Secret::new(new), Secret::new(format!("old-{new}"))];
        let mut config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            public_base_url: BASE.to_owned(),
            telephony_url: services.url(),
            lead_url: services.url(),
            notification_url: services.url(),
            quality_url: services.url(),
            twilio_auth_tokens: two(TWILIO_TOKEN),
            elevenlabs_webhook_secrets: two(WEBHOOK_SECRET),
            mailgun_signing_keys: two(SIGNING_KEY),
            dispatch_tool_secrets: two(TOOL_SECRET),
            cron_secrets: two(CRON_SECRET),
            link_secrets: two(LINK_SECRET),
            call_token_secrets: two(CALL_SECRET),
            crash_points: Points::default(),
        };
        change(&mut config);
        let gateway = Gateway::new(config.clone(), Life::for_test()).unwrap();
        Self {
            services,
            config,
            router: routes::public(gateway),
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A signed form, as Twilio posts it.
    pub(crate) async fn twilio(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(twilio_request(path, body.as_ref())).await
    }

    /// A signed body, as ElevenLabs posts it.
    pub(crate) async fn post_call(&self, body: impl Into<Bytes>) -> Answer {
        let body = body.into();
        let at = clock::now().timestamp();
        let secret = Secret::new(WEBHOOK_SECRET);
        let signature = gateway::elevenlabs::signature::sign(&secret, at, &body);
        self.send(post_call_request(&signature, Body::from(body)))
            .await
    }

    /// The agent's tool call.
    pub(crate) async fn tool(&self, body: impl Into<Body>) -> Answer {
        self.send(tool_request(TOOL_SECRET, body.into())).await
    }

    /// A sample event under a fresh signature.
    pub(crate) async fn mailgun(&self, event: &Value) -> Answer {
        let at = clock::now().timestamp().to_string();
        let token = "9f3a7c1e5b8d2046af13c57e9b02d4681ace35f7902468bdf0";
        let signature = gateway::mailgun::signature::sign(&Secret::new(SIGNING_KEY), &at, token);
        let mut body = event.clone();
        body["signature"] =
            serde_json::json!({"timestamp": at, "token": token, "signature": signature});
        self.send(post(
            "/mailgun/events",
            "application/json",
            Body::from(body.to_string()),
        ))
        .await
    }
}

pub(crate) fn post(path: &str, media_type: &str, body: Body) -> Request<Body> {
    Request::post(path)
        .header("content-type", media_type)
        .body(body)
        .unwrap()
}

pub(crate) fn twilio_request(path: &str, body: &[u8]) -> Request<Body> {
    let signature = Form::decode(body).map_or_else(
        |_| String::from("too long to sign"),
        |form| {
            let url = format!("{BASE}{path}");
            let token = Secret::new(TWILIO_TOKEN);
            sign(Algorithm::HmacSha1, &token, &url, &form.signed_pairs())
        },
    );
    let mut request = post(
        path,
        "application/x-www-form-urlencoded; charset=UTF-8",
        Body::from(body.to_vec()),
    );
    request
        .headers_mut()
        .insert("x-twilio-signature", signature.parse().unwrap());
    request
}

pub(crate) fn post_call_request(signature: &str, body: Body) -> Request<Body> {
    let mut request = post("/elevenlabs/post-call", "application/json", body);
    request
        .headers_mut()
        .insert("elevenlabs-signature", signature.parse().unwrap());
    request
}

pub(crate) fn tool_request(secret: &str, body: Body) -> Request<Body> {
    let mut request = post("/elevenlabs/tools/dispatch_lead", "application/json", body);
    request
        .headers_mut()
        .insert("x-bord-tool-secret", secret.parse().unwrap());
    request
        .headers_mut()
        .insert("x-bord-call", "call.token".parse().unwrap());
    request
}

/// The vendor's sample with our fields (design, section 3).
pub(crate) fn tool_body() -> Value {
    let mut body: Value =
        serde_json::from_str(&fixture("elevenlabs/tool_call_received.body.json")).unwrap();
    let fields = body.as_object_mut().unwrap();
    let mut rename = |from: &str, to: &str| {
        let value = fields.remove(from).unwrap();
        fields.insert(to.to_owned(), value);
    };
    rename("caller_name", "customer_name");
    rename("callback_number", "phone");
    rename("postcode", "location");
    rename("problem", "service");
    body["language"] = "fr-CH".into();
    body
}

fn answer_all(services: &Fake) {
    services.answer(
        "CallService/AnswerCall",
        |_: telephony::AnswerCallRequest| {
            let handling = telephony::CallHandling::Agent.into();
            Ok(telephony::AnswerCallResponse {
                twiml: TWIML.to_owned(),
                handling,
            })
        },
    );
    services.answer(
        "CallService/ResumeCall",
        |_: telephony::ResumeCallRequest| {
            Ok(telephony::ResumeCallResponse {
                twiml: TWIML.to_owned(),
            })
        },
    );
    services.answer(
        "CallService/RecordVoicemail",
        |_: telephony::RecordVoicemailRequest| {
            Ok(telephony::RecordVoicemailResponse {
                twiml: TWIML.to_owned(),
            })
        },
    );
    services.answer(
        "CallService/RecordCallProgress",
        |_: telephony::RecordCallProgressRequest| {
            Ok(telephony::RecordCallProgressResponse::default())
        },
    );
    services.stream(
        "CallService/ReadRecording",
        |_: telephony::ReadRecordingRequest| {
            let piece = |content_type: &str, data: &[u8]| {
                Ok(telephony::ReadRecordingResponse {
                    content_type: content_type.to_owned(),
                    data: data.to_vec(),
                })
            };
            Ok(stream::iter([piece("audio/mpeg", b"ID3"), piece("", b" and sound")]).boxed())
        },
    );
    services.answer(
        "ConversationService/RecordConversation",
        |_: telephony::RecordConversationRequest| {
            Ok(telephony::RecordConversationResponse { stored: true })
        },
    );
    services.answer(
        "LeadService/DispatchLead",
        |_: lead::DispatchLeadRequest| {
            Ok(lead::DispatchLeadResponse {
                ok: true,
                lead_id: "5c0ffee5-0000-5000-8000-000000000001".to_owned(),
                status: "notified".to_owned(),
                say: "C'est noté.".to_owned(),
            })
        },
    );
    services.answer("LeadService/RecordReply", |_: lead::RecordReplyRequest| {
        Ok(lead::RecordReplyResponse {
            stored: true,
            ..Default::default()
        })
    });
    services.answer("LeadService/RaiseAlarm", |_: lead::RaiseAlarmRequest| {
        Ok(lead::RaiseAlarmResponse::default())
    });
    services.answer(
        "NotificationService/RecordDeliveryReport",
        |_: notification::RecordDeliveryReportRequest| {
            Ok(notification::RecordDeliveryReportResponse { applied: true })
        },
    );
}
