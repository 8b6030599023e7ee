//! A refusal as a problem document (RFC 9457), and the only place that turns a gRPC status into
//! HTTP.
//!
//! A problem says what is wrong, by a stable reason, and what would be right. It never repeats
//! what was sent, since that may be personal (I25).

mod kinds;

use std::borrow::Cow;

use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chassis::fault;
use serde::Serialize;
use tonic::{Code, Status};

/// Why a request was not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    /// Stable, upper snake case.
    pub reason: Cow<'static, str>,
    pub title: &'static str,
    pub detail: String,
    pub errors: Vec<FieldError>,
    retry_after_s: Option<u16>,
    allow: Option<&'static str>,
    close: bool,
}

/// One field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: String,
    pub rule: String,
    pub remedy: String,
}

impl FieldError {
    pub fn new(
        field: impl Into<String>,
        rule: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            rule: rule.into(),
            remedy: remedy.into(),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    #[must_use]
    pub fn new(
        status: StatusCode,
        reason: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            reason: Cow::Borrowed(reason),
            title,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_s: None,
            allow: None,
            close: false,
        }
    }

    fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The rest of the body is not read, so the connection cannot serve another request.
    fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// Whether the connection ends with the answer.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.close
    }

    /// The document, with the request's id as its instance.
    #[must_use]
    pub fn render(&self, request_id: &str) -> Response {
        let instance = format!("urn:uuid:{request_id}");
        let document = Document {
            r#type: format!("urn:bord:problem:{}", self.reason),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            instance: &instance,
            reason: &self.reason,
            errors: &self.errors,
        };
        let body = serde_json::to_vec(&document).expect("a document of plain strings");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.close {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Leaves an empty answer that carries the problem; `edge` renders it once it knows the request's
/// id, and counts it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Status> for Problem {
    fn from(status: Status) -> Self {
        from_status(&status)
    }
}

fn from_status(status: &Status) -> Problem {
    let reason = fault::reason(status);
    let told = !status.message().is_empty();
    let (http, fallback, title) = match status.code() {
        // The token of a Mailgun webhook came again with another event: 406 is the one answer
        // after which Mailgun does not retry.
        Code::FailedPrecondition if reason.as_deref() == Some("TOKEN_REUSED") => (
            StatusCode::NOT_ACCEPTABLE,
            "TOKEN_REUSED",
            "The token was used before",
        ),
        Code::InvalidArgument | Code::OutOfRange => (
            StatusCode::BAD_REQUEST,
            "INVALID_REQUEST",
            "A field is missing or wrong",
        ),
        Code::Unauthenticated => (
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "Not proven to come from its sender",
        ),
        Code::PermissionDenied => (StatusCode::FORBIDDEN, "FORBIDDEN", "Not allowed"),
        Code::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND", "Not found"),
        Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition => (
            StatusCode::CONFLICT,
            "CONFLICT",
            "Not possible as things stand",
        ),
        Code::ResourceExhausted => (StatusCode::TOO_MANY_REQUESTS, "EXHAUSTED", "Busy"),
        Code::Unavailable | Code::Cancelled => (
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            "For the moment unavailable",
        ),
        Code::DeadlineExceeded => (
            StatusCode::GATEWAY_TIMEOUT,
            "DEADLINE_EXCEEDED",
            "Not answered in time",
        ),
        Code::Ok | Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => (
            StatusCode::BAD_GATEWAY,
            "BAD_GATEWAY",
            "Failed behind the gateway",
        ),
    };
    let detail = if http.is_client_error() && told {
        status.message().to_owned()
    } else {
        "The service behind this route could not serve it; send the request again.".to_owned()
    };
    let mut problem = Problem::new(http, fallback, title, detail);
    if http.is_client_error() {
        if let Some(reason) = reason {
            problem.reason = Cow::Owned(reason);
        }
        let violations = fault::violations(status).into_iter();
        problem.errors = violations
            .map(|v| FieldError::new(v.field, v.rule, "change the field as the rule says"))
            .collect();
    }
    let passing = matches!(
        http,
        StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
    );
    if passing {
        problem.retry_after(2)
    } else {
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_reason_and_its_fields() {
        let mut violations = fault::Violations::new();
        violations.add("call_sid", "is required");
        let problem = from_status(&violations.finish().unwrap_err().into());
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        assert_eq!(problem.reason, "INVALID_REQUEST");
        assert_eq!(problem.errors[0].field, "call_sid");
        assert_eq!(problem.errors[0].rule, "is required");
    }

    #[test]
    fn a_reused_token_is_406_and_other_refusals_are_409() {
        let refused = |reason| fault::plain(fault::Kind::Refused, reason, "no");
        assert_eq!(
            from_status(&refused("TOKEN_REUSED")).status,
            StatusCode::NOT_ACCEPTABLE
        );
        assert_eq!(
            from_status(&refused("ILLEGAL_MOVE")).status,
            StatusCode::CONFLICT
        );
        assert_eq!(from_status(&refused("ILLEGAL_MOVE")).reason, "ILLEGAL_MOVE");
    }

    #[test]
    fn a_failure_behind_the_gateway_tells_nothing_of_itself() {
        for code in [
            Code::Internal,
            Code::Unknown,
            Code::DataLoss,
            Code::Unavailable,
        ] {
            let problem = from_status(&Status::new(code, "a statement with a secret"));
            assert!(problem.status.is_server_error());
            assert!(!problem.detail.contains("secret"));
        }
    }
}
