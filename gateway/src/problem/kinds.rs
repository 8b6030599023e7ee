//! The problems that the gateway itself finds, each with its stable reason.

use axum::http::StatusCode;

use super::{FieldError, Problem};

impl Problem {
    /// Without proof of who sent it, a request is told nothing but the reason.
    #[must_use]
    pub fn unproven(status: StatusCode, reason: &'static str) -> Self {
        Self::new(
            status,
            reason,
            "Not proven to come from its sender",
            "The signature or secret of this request is missing, wrong or out of date. Sign the \
             raw body, and the public URL where the vendor signs it, with the configured secret.",
        )
        .closing()
    }

    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail = format!(
            "{} field(s) of the request cannot be used; see errors.",
            errors.len()
        );
        let title = "A field is missing or wrong";
        Self {
            errors,
            ..Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", title, detail)
        }
    }

    #[must_use]
    pub fn bad_body(reason: &'static str, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            reason,
            "The body cannot be read",
            detail,
        )
    }

    #[must_use]
    pub fn body_incomplete() -> Self {
        Self::bad_body(
            "BODY_INCOMPLETE",
            "The connection ended inside the body; send it again.",
        )
        .closing()
    }

    #[must_use]
    pub fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BODY_TOO_LARGE",
            "The body is too large",
            format!("This route takes at most {limit} bytes."),
        )
        .closing()
    }

    #[must_use]
    pub fn body_too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "BODY_TOO_SLOW",
            "The body came too slowly",
            "The body did not arrive in time; send it again over a better connection.",
        )
        .closing()
    }

    #[must_use]
    pub fn unsupported_type(expected: &'static str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "MEDIA_TYPE_UNSUPPORTED",
            "The content type is not taken here",
            format!("Send the body as {expected}."),
        )
    }

    #[must_use]
    pub fn no_such_route() -> Self {
        let detail = "Nothing is served at this path; /openapi.json on the metrics port lists all.";
        Self::new(
            StatusCode::NOT_FOUND,
            "NO_SUCH_ROUTE",
            "Nothing is here",
            detail,
        )
    }

    #[must_use]
    pub fn wrong_method(allow: &'static str) -> Self {
        let detail = format!("This path takes {allow} only.");
        let title = "The method is not taken here";
        let problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            title,
            detail,
        );
        Self {
            allow: Some(allow),
            ..problem
        }
    }

    #[must_use]
    pub fn link_invalid() -> Self {
        let detail = "This link is not one of ours, or was cut off while copying.";
        Self::new(
            StatusCode::NOT_FOUND,
            "LINK_INVALID",
            "The link opens nothing",
            detail,
        )
    }

    #[must_use]
    pub fn link_expired() -> Self {
        let detail = "This link has expired; ask the operator for a new one.";
        Self::new(
            StatusCode::GONE,
            "LINK_EXPIRED",
            "The link has expired",
            detail,
        )
    }

    #[must_use]
    pub fn overloaded() -> Self {
        let detail = "More requests are running than can be served well; try again in a moment.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "OVERLOADED",
            "Busy",
            detail,
        )
        .retry_after(1)
        .closing()
    }

    /// More came from this address, or from all, than is taken (`POST /t/{site}`).
    #[must_use]
    pub fn too_many(wait: std::time::Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1_000).clamp(1, 3_600);
        let detail = "More requests came than this route takes; send one click once, and again only \
                      after the time that Retry-After says.";
        let title = "Too many requests";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", title, detail)
            .retry_after(u16::try_from(seconds).unwrap_or(1))
            .closing()
    }

    /// No site can have this id.
    #[must_use]
    pub fn unknown_site() -> Self {
        let detail = "No site has this id; write the site's id of the catalogue after /t/.";
        Self::new(StatusCode::NOT_FOUND, "UNKNOWN_SITE", "Not found", detail)
    }

    #[must_use]
    pub fn internal() -> Self {
        let detail = "Something failed on our side; the request may be sent again.";
        let title = "Failed on our side";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", title, detail)
    }

    /// A service behind the gateway did not answer within the time of its route.
    #[must_use]
    pub fn too_late() -> Self {
        let detail = "The service behind this route did not answer in time; send it again.";
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "DEADLINE_EXCEEDED",
            "Not answered in time",
            detail,
        )
        .retry_after(1)
    }
}
