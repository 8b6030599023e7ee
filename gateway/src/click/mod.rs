//! `POST /t/{site}`: the site's page tells the id of the advertisement's click that brought somebody
//! there (R35). Anybody may send it, so it is small, rate-limited, and its answer says nothing.
//!
//! A page of any site may post: as `text/plain` (what `navigator.sendBeacon` sends) or as a form it asks
//! nobody, as JSON after a preflight. Neither the click's id nor the sender's address is logged.

pub mod client;
pub mod rate;

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chassis::clock;
use contracts::lead::v1::RecordClickRequest;
use prost_types::Timestamp;
use serde_json::{Map, Value};
use tokio::time::Instant;

use self::client::Peer;
use crate::body::{self, Limits, Pieces};
use crate::problem::{FieldError, Problem};
use crate::twilio::form::Form;
use crate::{Gateway, clients, edge};

pub const ROUTE: &str = "/t/{site}";
pub const METHODS: &str = "OPTIONS, POST";
/// A click's id has at most 500 characters; this leaves room for its escapes.
const BODY: Limits = Limits {
    bytes: 2 << 10,
    idle: Duration::from_secs(1),
    total: Duration::from_secs(2),
};
/// Nobody waits for the answer, and a lost click is only a conversion less.
const LIMIT: Duration = Duration::from_secs(2);
const CLICK_ID_MOST: usize = 500;
const SITE_MOST: usize = 64;
const TYPES: &str =
    "application/json, application/x-www-form-urlencoded, or text/plain holding JSON";

/// Takes a click: 204.
pub async fn record(
    State(gateway): State<Gateway>,
    site: Result<Path<String>, PathRejection>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sender = client::address(peer.map(|Extension(peer)| peer), &headers);
    // Before anything is read: a flood costs nobody else anything.
    let admitted = gateway.clicks.admit(sender, Instant::now());
    admitted.map_err(Problem::too_many)?;
    let Ok(Path(site_id)) = site else {
        return Err(Problem::unknown_site());
    };
    if !is_id(&site_id) {
        return Err(Problem::unknown_site());
    }
    let kind = Kind::of(&headers).ok_or_else(|| Problem::unsupported_type(TYPES))?;
    let bytes = Pieces::of(&headers, body, BODY)?.all().await?;
    let click_id = click_id(kind, &bytes)?;
    let now = clock::now();
    let request = RecordClickRequest {
        site_id,
        click_id,
        click_time: Some(Timestamp {
            seconds: now.timestamp(),
            nanos: i32::try_from(now.timestamp_subsec_nanos()).unwrap_or(0),
        }),
    };
    let mut ledger = gateway.clients.ledger.clone();
    clients::within(LIMIT, ledger.record_click(request)).await?;
    metrics::counter!("clicks_taken_total").increment(1);
    Ok(edge::taken())
}

/// Answers a browser that asks whether a page may post JSON here.
pub async fn preflight() -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    answer
}

/// Lets a page of any site read every answer of this route; no cookie means anything here.
pub fn open_to_pages(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

/// What stands in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Form,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" | "text/plain" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            _ => None,
        }
    }
}

/// The click's id as the advertising platform made it; what else the body holds is not looked at.
fn click_id(kind: Kind, bytes: &[u8]) -> Result<String, Problem> {
    let found = match kind {
        Kind::Json => {
            let mut members: Map<String, Value> = body::json(bytes)?;
            match members.remove("click_id") {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text,
                Some(_) => return Err(wrong("must be a string")),
            }
        }
        Kind::Form => {
            let form = Form::decode(bytes).map_err(|_| wrong("must be the form's only field"))?;
            let mut fields = form.fields();
            let text = fields.text("click_id");
            fields.finish()?;
            text
        }
    };
    if found.is_empty() {
        return Err(wrong("is required"));
    }
    // What a spreadsheet, to which conversions go, would take for a formula or for two columns is no
    // platform's id.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    if !found.bytes().all(is_plain) || found.len() > CLICK_ID_MOST {
        return Err(wrong("must be 1 to 500 of A-Z a-z 0-9 . _ ~ -"));
    }
    Ok(found)
}

fn wrong(rule: &'static str) -> Problem {
    Problem::invalid_fields(vec![FieldError::new(
        "click_id",
        rule,
        "send the parameter of the advertisement's link (gclid, fbclid, msclkid…) unchanged, and \
         nothing when there is none",
    )])
}

/// Whether a site could have it: what cannot be is asked of nobody.
fn is_id(site: &str) -> bool {
    (1..=SITE_MOST).contains(&site.len())
        && site
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_id_is_read_from_json_and_from_a_form_r35() {
        let json = |text: &str| click_id(Kind::Json, text.as_bytes());
        assert_eq!(
            json(r#"{"click_id":"Cj0K-_.~","page":7}"#).unwrap(),
            "Cj0K-_.~"
        );
        let form = click_id(Kind::Form, b"page=7&click_id=Cj0K%2D_").unwrap();
        assert_eq!(form, "Cj0K-_");
        let longest = "x".repeat(500);
        assert_eq!(
            json(&format!(r#"{{"click_id":"{longest}"}}"#)).unwrap(),
            longest
        );
    }

    #[test]
    fn a_wrong_click_id_is_told_by_field_rule_and_remedy_and_never_repeated() {
        let rule = |kind, text: &str| {
            let problem = click_id(kind, text.as_bytes()).unwrap_err();
            assert_eq!(problem.errors[0].field, "click_id");
            assert!(problem.errors[0].remedy.contains("gclid"));
            assert!(!format!("{problem:?}").contains("Muster"));
            problem.errors[0].rule.clone()
        };
        for nothing in ["{}", r#"{"click_id":null}"#, r#"{"click_id":""}"#] {
            assert_eq!(rule(Kind::Json, nothing), "is required");
        }
        assert_eq!(rule(Kind::Form, "gclid=Muster"), "is required");
        assert_eq!(rule(Kind::Json, r#"{"click_id":7}"#), "must be a string");
        let plain = "must be 1 to 500 of A-Z a-z 0-9 . _ ~ -";
        let long = "Muster".repeat(100);
        for odd in [
            "Mus ter",
            "Muster\\n",
            "Müster",
            "=Muster",
            "+Muster",
            "@Muster",
            "Muster;=1",
            "Muster,1",
            "Muster'",
            "Mus%ter",
            &long,
        ] {
            assert_eq!(
                rule(Kind::Json, &format!(r#"{{"click_id":"{odd}"}}"#)),
                plain
            );
        }
        assert!(click_id(Kind::Json, b"Muster").is_err() && click_id(Kind::Json, b"[]").is_err());
    }
}
