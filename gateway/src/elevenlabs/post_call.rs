//! `POST /elevenlabs/post-call`: a conversation after its call, audio included, which is dropped.
//!
//! Whatever is authentic is answered 200, since the vendor switches a failing webhook off for good;
//! what could not be stored is counted here and found by telephony's polling.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chassis::clock;
use contracts::telephony::v1::RecordConversationRequest;
use serde::{Deserialize, Serialize};

use super::signature::Check;
use crate::Gateway;
use crate::body::{self, Pieces};
use crate::clients;
use crate::edge;
use crate::problem::Problem;

const SIGNATURE: &str = "elevenlabs-signature";
/// The longest transcript that is kept; what is longer is read by polling.
const KEPT: usize = 3 << 20;
const RECORD_LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug, Serialize)]
struct Receipt {
    received: bool,
    /// What became of it: "stored", "repeat", "audio_dropped", "left_to_polling"…
    outcome: &'static str,
}

/// The little that the gateway reads of a body; serde skips the rest without keeping it.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    data: Data,
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    #[serde(default)]
    conversation_initiation_client_data: Option<ClientData>,
}

#[derive(Debug, Default, Deserialize)]
struct ClientData {
    #[serde(default)]
    dynamic_variables: Option<Variables>,
}

#[derive(Debug, Default, Deserialize)]
struct Variables {
    #[serde(default)]
    traceparent: Option<serde_json::Value>,
}

/// Serves the webhook.
pub async fn post_call(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let refused = |reason| Problem::unproven(StatusCode::UNAUTHORIZED, reason);
    let mut signatures = parts.headers.get_all(SIGNATURE).iter();
    let (first, second) = (signatures.next(), signatures.next());
    let header = first
        .filter(|_| second.is_none())
        .and_then(|value| value.to_str().ok());
    let header = header.ok_or_else(|| refused("SIGNATURE_MISSING"))?;
    let mut check = Check::start(&gateway.elevenlabs_webhook_secrets, header, clock::now())
        .map_err(|refusal| refused(refusal.reason()))?;
    let age_s = check.age_s();

    let mut pieces = Pieces::of(&parts.headers, body, body::POST_CALL)?;
    let mut kept = Some(Vec::new());
    while let Some(piece) = pieces.next().await? {
        check.update(&piece);
        kept = kept
            .filter(|kept| kept.len() + piece.len() <= KEPT)
            .map(|mut kept| {
                kept.extend_from_slice(&piece);
                kept
            });
    }
    check
        .finish()
        .map_err(|refusal| refused(refusal.reason()))?;
    // Tells whether the vendor signs its retries anew, which it does not document.
    metrics::histogram!("post_call_signature_age_seconds").record(age_s.max(0) as f64);

    let Some(kept) = kept else {
        return Ok(receipt("too_long_left_to_polling"));
    };
    let Ok(envelope) = body::json::<Envelope>(&kept) else {
        return Ok(receipt("unreadable"));
    };
    if envelope.r#type.is_empty() {
        return Ok(receipt("unreadable"));
    }
    if envelope.r#type.ends_with("_audio") {
        return Ok(receipt("audio_dropped"));
    }
    let variables = envelope.data.conversation_initiation_client_data;
    let variables = variables
        .and_then(|data| data.dynamic_variables)
        .unwrap_or_default();
    let traceparent = variables
        .traceparent
        .as_ref()
        .and_then(|value| value.as_str());
    edge::resume(traceparent.unwrap_or_default());
    let request = RecordConversationRequest { body: kept };
    let mut conversations = gateway.clients.conversations.clone();
    let recorded = conversations.record_conversation(request);
    Ok(match clients::within(RECORD_LIMIT, recorded).await {
        Ok(answer) if answer.stored => receipt("stored"),
        Ok(_) => receipt("nothing_new"),
        Err(problem) => {
            let reason = problem.reason.into_owned();
            tracing::warn!(
                reason,
                "a conversation was not stored, polling will find it"
            );
            receipt("left_to_polling")
        }
    })
}

fn receipt(outcome: &'static str) -> Response {
    metrics::counter!("post_call_total", "outcome" => outcome).increment(1);
    Json(Receipt {
        received: true,
        outcome,
    })
    .into_response()
}
