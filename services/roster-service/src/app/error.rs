//! What the roster refuses, in one vocabulary for all use cases.

use chassis::crash::Crashed;
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
    #[error("the provider declares no channel of this kind")]
    UnknownChannel,
    #[error("the recipient does not want it; only their own START brings the channel back")]
    OptedOut,
    #[error("the roster moved too fast to settle on a provider")]
    Contended,
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    #[error("roster store failed")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Crashed(#[from] Crashed),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::UnknownProvider | Self::UnknownAssignment => Kind::NotFound,
            Self::AttemptClosed
            | Self::AlreadyAssigned { .. }
            | Self::OtherCountry(_)
            | Self::UnknownChannel
            | Self::OptedOut
            | Self::IllegalMove(_) => Kind::Refused,
            Self::Contended => Kind::Unavailable,
            Self::Invalid(invalid) => invalid.kind(),
            Self::Store(store) => store.kind(),
            Self::Crashed(_) => Kind::Internal,
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
            Self::UnknownChannel => "UNKNOWN_CHANNEL",
            Self::OptedOut => "OPTED_OUT",
            Self::Contended => "CONTENDED",
            Self::Invalid(invalid) => invalid.reason(),
            Self::Store(store) => store.reason(),
            Self::Crashed(_) => "CRASH_POINT",
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
