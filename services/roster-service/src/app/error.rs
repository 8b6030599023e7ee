//! What the roster refuses, in one vocabulary for all use cases.

use chassis::db::StoreError;
use chassis::fault::{Fault, InvalidRequest, Kind, Violation};

use crate::domain::assignment::IllegalMove;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no provider has this id")]
    UnknownProvider,
    #[error("this attempt of the lead has no assignment")]
    UnknownAssignment,
    #[error("this attempt was released; it can never be assigned again")]
    AttemptClosed,
    #[error("attempt {attempt} of this lead stands; release it first")]
    AlreadyAssigned { attempt: i32 },
    #[error("{0}")]
    OtherCountry(&'static str),
    #[error(transparent)]
    IllegalMove(#[from] IllegalMove),
    #[error("the roster moved too fast to settle on a provider")]
    Contended,
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    #[error("roster store failed")]
    Store(#[from] StoreError),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::UnknownProvider | Self::UnknownAssignment => Kind::NotFound,
            Self::AttemptClosed
            | Self::AlreadyAssigned { .. }
            | Self::OtherCountry(_)
            | Self::IllegalMove(_) => Kind::Refused,
            Self::Contended => Kind::Unavailable,
            Self::Invalid(invalid) => invalid.kind(),
            Self::Store(store) => store.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownProvider => "UNKNOWN_PROVIDER",
            Self::UnknownAssignment => "UNKNOWN_ASSIGNMENT",
            Self::AttemptClosed => "ATTEMPT_CLOSED",
            Self::AlreadyAssigned { .. } => "ALREADY_ASSIGNED",
            Self::OtherCountry(_) => "OTHER_COUNTRY",
            Self::IllegalMove(_) => "ILLEGAL_MOVE",
            Self::Contended => "CONTENDED",
            Self::Invalid(invalid) => invalid.reason(),
            Self::Store(store) => store.reason(),
        }
    }

    fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            _ => &[],
        }
    }

    fn metadata(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::AlreadyAssigned { attempt } => vec![("attempt", attempt.to_string())],
            _ => Vec::new(),
        }
    }
}
