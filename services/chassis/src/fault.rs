//! A fault is an error that a caller is told of; this file alone turns faults into gRPC statuses.
//!
//! Callers branch on code and reason (`google.rpc.ErrorInfo`, domain "bord"), never on the text.
//! What is internal is logged once with its causes and answered with a fixed text.

use std::error::Error;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

pub const DOMAIN: &str = "bord";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong, whatever the state: INVALID_ARGUMENT.
    Invalid,
    /// NOT_FOUND.
    NotFound,
    /// The thing is there already, in another form: ALREADY_EXISTS.
    Exists,
    /// Somebody else moved it meanwhile; read again and retry: ABORTED.
    Conflict,
    /// Understood and refused in the present state: FAILED_PRECONDITION.
    Refused,
    /// UNAUTHENTICATED.
    Unauthenticated,
    /// PERMISSION_DENIED.
    Forbidden,
    /// RESOURCE_EXHAUSTED.
    Exhausted,
    /// DEADLINE_EXCEEDED.
    Deadline,
    /// Passing; the same request may succeed later: UNAVAILABLE.
    Unavailable,
    /// Ours: INTERNAL, with the causes in the log and a fixed text for the caller.
    Internal,
}

impl Kind {
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Invalid => Code::InvalidArgument,
            Self::NotFound => Code::NotFound,
            Self::Exists => Code::AlreadyExists,
            Self::Conflict => Code::Aborted,
            Self::Refused => Code::FailedPrecondition,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Forbidden => Code::PermissionDenied,
            Self::Exhausted => Code::ResourceExhausted,
            Self::Deadline => Code::DeadlineExceeded,
            Self::Unavailable => Code::Unavailable,
            Self::Internal => Code::Internal,
        }
    }
}

/// An error that can be told to a caller. Its `Display` holds no personal data (I25).
pub trait Fault: Error + Send + Sync + 'static {
    fn kind(&self) -> Kind;

    /// Stable, in upper snake case.
    fn reason(&self) -> &'static str;

    /// Fields at fault, for `google.rpc.BadRequest`.
    fn violations(&self) -> &[Violation] {
        &[]
    }

    /// Plain facts for `ErrorInfo.metadata`, such as the time at which a retry makes sense.
    fn metadata(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// The status that tells `fault` to the caller.
pub fn status(fault: &(impl Fault + ?Sized)) -> Status {
    let kind = fault.kind();
    let text = match kind {
        Kind::Internal => {
            tracing::error!(reason = fault.reason(), causes = %causes(fault), "internal error");
            "internal error".to_owned()
        }
        Kind::Unavailable => {
            tracing::warn!(reason = fault.reason(), causes = %causes(fault), "unavailable");
            "for the moment unavailable, try again".to_owned()
        }
        _ => fault.to_string(),
    };
    build(
        kind,
        fault.reason(),
        &text,
        fault.violations(),
        fault.metadata(),
    )
}

/// A status without an error type of its own, for the edges (deadline, overload).
#[must_use]
pub fn plain(kind: Kind, reason: &'static str, text: &str) -> Status {
    build(kind, reason, text, &[], Vec::new())
}

fn build(
    kind: Kind,
    reason: &str,
    text: &str,
    violations: &[Violation],
    metadata: Vec<(&'static str, String)>,
) -> Status {
    let metadata: std::collections::HashMap<String, String> = metadata
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
    for Violation { field, rule } in violations {
        details.add_bad_request_violation(field, rule);
    }
    Status::with_error_details(kind.code(), text, details)
}

/// The reason of a status that one of our services sent.
#[must_use]
pub fn reason(status: &Status) -> Option<String> {
    status.get_details_error_info().map(|info| info.reason)
}

/// The metadata of such a status.
#[must_use]
pub fn metadata(status: &Status, name: &str) -> Option<String> {
    status.get_details_error_info()?.metadata.remove(name)
}

/// The field violations of such a status.
#[must_use]
pub fn violations(status: &Status) -> Vec<Violation> {
    let violations = status
        .get_details_bad_request()
        .map(|request| request.field_violations);
    let violations = violations.unwrap_or_default().into_iter();
    violations
        .map(|v| Violation {
            field: v.field,
            rule: v.description,
        })
        .collect()
}

/// An error and its causes in one line.
#[must_use]
pub fn causes(error: &(impl Error + ?Sized)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// A field that breaks a rule; the rule says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub field: String,
    pub rule: String,
}

/// Collects every violation of a request, so that all are told at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, field: impl Into<String>, rule: impl Into<String>) -> &mut Self {
        self.0.push(Violation {
            field: field.into(),
            rule: rule.into(),
        });
        self
    }

    /// The parsed value, or a violation with the error's text.
    pub fn check<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        parsed: Result<T, E>,
    ) -> Option<T> {
        parsed
            .map_err(|error| self.add(field, error.to_string()))
            .ok()
    }

    /// The value, or a violation because a required field is absent.
    pub fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.add(field, "is required");
        }
        value
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn finish(self) -> Result<(), InvalidRequest> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(InvalidRequest(self.0))
        }
    }
}

/// A request with fields at fault: reason `INVALID_REQUEST`. The text names the fields, for tools
/// that show no details; the rules stand in the details.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the request has invalid fields: {}", names(.0))]
pub struct InvalidRequest(Vec<Violation>);

fn names(violations: &[Violation]) -> String {
    let mut names: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    names.dedup();
    names.join(", ")
}

impl Fault for InvalidRequest {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn reason(&self) -> &'static str {
        "INVALID_REQUEST"
    }

    fn violations(&self) -> &[Violation] {
        &self.0
    }
}

impl From<InvalidRequest> for Status {
    fn from(invalid: InvalidRequest) -> Self {
        status(&invalid)
    }
}
