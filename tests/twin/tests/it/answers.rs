//! What the stand-in for bord answers to each webhook, after it checked the signature.

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use vendor_twin::signature;

use crate::support::{Bord, PUBLIC, Received};

pub(crate) async fn answer(
    State(bord): State<Bord>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let path = uri.path().to_owned();
    let url = format!("{PUBLIC}{uri}");
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let config = bord.twin.config();
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    let signed = if path.starts_with("/twilio") {
        header("x-twilio-signature") == signature::twilio(&config.twilio_auth_token, &url, &form)
    } else if path == "/elevenlabs/post-call" {
        let at = header("elevenlabs-signature")
            .split(['=', ','])
            .nth(1)
            .unwrap_or("0")
            .parse()
            .unwrap();
        let secret = &config.elevenlabs_webhook_secret;
        header("elevenlabs-signature") == signature::elevenlabs(secret, at, body.as_bytes())
    } else if path == "/mailgun/events" {
        let proof = serde_json::from_str::<Value>(&body).unwrap()["signature"].clone();
        let (at, token) = (
            proof["timestamp"].as_str().unwrap(),
            proof["token"].as_str().unwrap(),
        );
        proof["signature"] == signature::mailgun(&config.mailgun_signing_key, at, token)
    } else {
        header("x-bord-tool-secret") == "s3cret" && header("x-bord-call") == "token-1"
    };
    let received = Received {
        path: path.clone(),
        signed,
        body: body.clone(),
    };
    bord.received.lock().unwrap().push(received);
    let fields: Map<String, Value> = form.into_iter().map(|(k, v)| (k, json!(v))).collect();
    match path.as_str() {
        "/twilio/voice" => {
            let twiml = bord.register(&fields).await;
            let after = format!(
                "</Connect><Redirect>{PUBLIC}/twilio/voice/after-agent?a=1&amp;b=2</Redirect>"
            );
            let twiml = twiml.replace("</Connect>", &after);
            xml(&twiml.replace(
                "<Response>",
                "<Response><Say language=\"fr-FR\">Bonjour, comment puis-je vous aider ?</Say>",
            ))
        }
        "/twilio/voice/after-agent" => {
            let spoke = bord
                .twin
                .conversations()
                .iter()
                .any(|c| !c.turns.is_empty());
            if spoke {
                return xml("<Response><Hangup/></Response>");
            }
            xml(&format!(
                "<Response><Say language=\"fr-FR\">Laissez un message.</Say>\
                <Record action=\"{PUBLIC}/twilio/voice/voicemail\" maxLength=\"120\" \
                recordingStatusCallback=\"{PUBLIC}/twilio/voice/voicemail?status=1\"/></Response>"
            ))
        }
        "/twilio/voice/voicemail" => xml("<Response><Hangup/></Response>"),
        "/elevenlabs/tools/dispatch_lead" => {
            let lead: Value = serde_json::from_str(&body).unwrap();
            let reply = if lead["location"] == "" {
                json!({"ok": true, "lead_id": "l1", "status": "incomplete", "say": "Dans quelle commune ?"})
            } else {
                json!({"ok": true, "lead_id": "l1", "status": "notified", "say": "Un plombier vous rappelle."})
            };
            axum::Json(reply).into_response()
        }
        "/elevenlabs/post-call" => {
            let mut left = bord.refuse_post_call.lock().unwrap();
            if *left > 0 {
                *left -= 1;
                return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            "ok".into_response()
        }
        _ => "ok".into_response(),
    }
}

fn xml(body: &str) -> Response {
    (
        [("content-type", "text/xml; charset=utf-8")],
        body.to_owned(),
    )
        .into_response()
}
