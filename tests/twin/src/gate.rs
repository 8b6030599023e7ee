//! The gate in front of every vendor's API: it names the operation, checks the credentials in the
//! vendor's own way, and lets a fault do its work before or after the request is processed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};

use crate::faults::{FaultKind, Vendor};
use crate::hub::{Hub, Shared};
use crate::wire::Cut;
use crate::{elevenlabs, hooks, mailgun, twilio};

/// The fault under which a request is processed; handlers write it into the ledger.
#[derive(Clone, Default)]
pub(crate) struct Under(pub(crate) Option<FaultKind>);

impl Under {
    pub(crate) fn name(&self) -> Option<String> {
        self.0.as_ref().map(FaultKind::name)
    }
}

/// Message and mail bodies are far below this; a larger body is no request of ours.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

pub(crate) async fn gate(State(hub): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some((vendor, operation)) = operation(&parts.method, parts.uri.path()) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let cut = parts
        .extensions
        .get::<ConnectInfo<Cut>>()
        .map(|info| info.0.clone());
    // Connections that were open before the port closed are no way around it.
    if hub.refusing.load(Ordering::SeqCst) {
        return reset(cut);
    }
    hub.world()
        .twilio
        .requests
        .push((vendor, operation.clone()));
    if !authorised(&hub, vendor, &parts) {
        return refusal(vendor, 401, 20003, "");
    }
    let text = String::from_utf8_lossy(&body);
    let about = format!("{} {text} {}", parts.uri, hooks::decoded(&text));
    let fault = hub.faults.take(vendor, &operation, &about);
    match &fault {
        Some(FaultKind::Delay { ms } | FaultKind::Late { ms }) => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
        }
        Some(FaultKind::TooManyRequests { retry_after }) => {
            return too_many(vendor, *retry_after);
        }
        Some(FaultKind::ServerError { status }) => return refusal(vendor, *status, 20500, ""),
        Some(FaultKind::Unauthorized) => return refusal(vendor, 401, 20003, ""),
        Some(FaultKind::Html { status }) => return html(*status),
        Some(FaultKind::Hang) => std::future::pending::<()>().await,
        Some(FaultKind::Reset | FaultKind::Refuse) => return reset(cut),
        Some(FaultKind::Reject {
            status,
            code,
            message,
        }) => {
            return refusal(vendor, *status, *code, message);
        }
        _ => {}
    }
    parts.extensions.insert(Under(fault.clone()));
    let reply = next.run(Request::from_parts(parts, Body::from(body))).await;
    match fault {
        Some(FaultKind::AcceptThenHang) => std::future::pending().await,
        Some(FaultKind::AcceptThenError { status }) => refusal(vendor, status, 20500, ""),
        Some(FaultKind::AcceptThenReset) => reset(cut),
        _ => reply,
    }
}

fn reset(cut: Option<Cut>) -> Response {
    if let Some(cut) = cut {
        cut.reset();
    }
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn html(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let page = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// A refusal in the vendor's own form.
pub(crate) fn refusal(vendor: Vendor, status: u16, code: u32, message: &str) -> Response {
    match vendor {
        Vendor::Twilio => twilio::error(status, code, message),
        Vendor::Elevenlabs => elevenlabs::error(status, code, message),
        Vendor::Mailgun => mailgun::error(status, message),
    }
}

fn too_many(vendor: Vendor, retry_after: Option<u64>) -> Response {
    let mut reply = match (vendor, retry_after) {
        (Vendor::Mailgun, after) => {
            let seconds = after.unwrap_or(120);
            mailgun::error(
                429,
                &format!(
                    "Domain is not allowed to send: account-requests-per-sec limit exceeded, try again after {seconds} seconds"
                ),
            )
        }
        _ => refusal(vendor, 429, 20429, "Too Many Requests"),
    };
    if let Some(seconds) = retry_after {
        reply
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        if vendor == Vendor::Mailgun {
            let reset = crate::hub::now().timestamp() + i64::try_from(seconds).unwrap_or(0);
            reply
                .headers_mut()
                .insert("x-ratelimit-reset", HeaderValue::from(reset));
        }
    }
    if vendor == Vendor::Twilio {
        reply
            .headers_mut()
            .insert("twilio-concurrent-requests", HeaderValue::from(100));
    }
    reply
}

fn authorised(hub: &Hub, vendor: Vendor, parts: &Parts) -> bool {
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let basic = || {
        let encoded = header("authorization")?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    };
    let config = &hub.config;
    match vendor {
        Vendor::Twilio => basic().is_some_and(|(user, password)| {
            (user == config.twilio_account_sid && password == config.twilio_auth_token)
                || (user == config.twilio_api_key_sid && password == config.twilio_api_key_secret)
        }),
        Vendor::Elevenlabs => header("xi-api-key") == Some(config.elevenlabs_api_key.as_str()),
        Vendor::Mailgun => basic()
            .is_some_and(|(user, password)| user == "api" && password == config.mailgun_api_key),
    }
}

/// The name of an API operation, for faults, counts and the ledger: `messages.create`,
/// `register_call`, `agents.update`, `mail.send`, …; nothing for the twin's own admin routes.
pub(crate) fn operation(method: &Method, path: &str) -> Option<(Vendor, String)> {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let (vendor, name) = match segments.as_slice() {
        ["2010-04-01", "Accounts", _, rest @ ..] => (Vendor::Twilio, account(method, rest)),
        ["v1", "Content" | "ContentAndApprovals", rest @ ..] => {
            let what = if rest.len() > 1 {
                "content.approval"
            } else {
                "content"
            };
            (
                Vendor::Twilio,
                format!("{what}.{}", verb(method, rest.is_empty())),
            )
        }
        ["v2", "PhoneNumbers", _] => (Vendor::Twilio, "lookup".to_owned()),
        ["v1", "convai", rest @ ..] => (Vendor::Elevenlabs, convai(method, rest)),
        ["v1", "workspace", "webhooks", rest @ ..] => (
            Vendor::Elevenlabs,
            format!("webhooks.{}", verb(method, rest.is_empty())),
        ),
        ["v3", _, "messages"] => (Vendor::Mailgun, "mail.send".to_owned()),
        ["v3", _, "events", ..] => (Vendor::Mailgun, "events.list".to_owned()),
        ["v3", _, "bounces", rest @ ..] => (
            Vendor::Mailgun,
            format!("bounces.{}", verb(method, rest.is_empty())),
        ),
        ["v3" | "v4" | "v5", ..] => (Vendor::Mailgun, "setup".to_owned()),
        _ => return None,
    };
    Some((vendor, name))
}

fn verb(method: &Method, collection: bool) -> &'static str {
    match (method.as_str(), collection) {
        ("GET", true) => "list",
        ("GET", false) => "fetch",
        ("POST", true) => "create",
        ("DELETE", _) => "delete",
        _ => "update",
    }
}

fn account(method: &Method, rest: &[&str]) -> String {
    let trimmed: Vec<&str> = rest
        .iter()
        .map(|segment| segment.trim_end_matches(".json"))
        .collect();
    match trimmed.as_slice() {
        ["AvailablePhoneNumbers", ..] => "numbers.search".to_owned(),
        ["Calls", _, "Recordings"] => "recordings.list".to_owned(),
        ["Recordings", _] if method == Method::GET && !rest[1].ends_with(".json") => {
            "recordings.media".to_owned()
        }
        [kind, tail @ ..] => {
            let kind = match *kind {
                "IncomingPhoneNumbers" => "numbers".to_owned(),
                other => other.to_lowercase(),
            };
            format!("{kind}.{}", verb(method, tail.is_empty()))
        }
        [] => "account.fetch".to_owned(),
    }
}

fn convai(method: &Method, rest: &[&str]) -> String {
    match rest {
        ["twilio", "register-call"] => "register_call".to_owned(),
        ["agents", "create"] => "agents.create".to_owned(),
        ["agents", _, "run-tests"] => "run_tests".to_owned(),
        ["agents", _, "branches", tail @ ..] => {
            format!("branches.{}", verb(method, tail.is_empty()))
        }
        ["agents", _, "deployments"] => format!("deployments.{}", verb(method, true)),
        ["agents", _, "versions", _] => "versions.fetch".to_owned(),
        ["tools", _, "executions"] => "tools.executions".to_owned(),
        ["tools", _, "dependent-agents"] => "tools.dependents".to_owned(),
        ["conversations", _, "audio"] => "conversations.audio".to_owned(),
        ["agent-testing", "create"] => "tests.create".to_owned(),
        ["agent-testing", tail @ ..] => format!("tests.{}", verb(method, tail.is_empty())),
        ["test-invocations", tail @ ..] => {
            format!("test_invocations.{}", verb(method, tail.is_empty()))
        }
        ["llm", "list"] => "models.list".to_owned(),
        ["settings"] => format!("settings.{}", verb(method, false)),
        [kind, tail @ ..] => format!("{kind}.{}", verb(method, tail.is_empty())),
        [] => "convai".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_operation_has_a_name_for_faults() {
        let name = |method: Method, path: &str| operation(&method, path).map(|(_, name)| name);
        let account = "/2010-04-01/Accounts/AC1";
        assert_eq!(
            name(Method::POST, &format!("{account}/Messages.json")).unwrap(),
            "messages.create"
        );
        assert_eq!(
            name(Method::GET, &format!("{account}/Messages/SM1.json")).unwrap(),
            "messages.fetch"
        );
        assert_eq!(
            name(Method::GET, &format!("{account}/Recordings/RE1.wav")).unwrap(),
            "recordings.media"
        );
        assert_eq!(
            name(Method::PATCH, "/v1/convai/agents/agent_1").unwrap(),
            "agents.update"
        );
        assert_eq!(
            name(Method::POST, "/v1/convai/twilio/register-call").unwrap(),
            "register_call"
        );
        assert_eq!(
            name(Method::POST, "/v3/mg.example.com/messages").unwrap(),
            "mail.send"
        );
        assert_eq!(name(Method::POST, "/admin/faults"), None);
    }
}
