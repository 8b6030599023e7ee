//! Why something about a prompt was not done, as callers are told.

use chassis::crash::Crashed;
use chassis::db::StoreError;
use chassis::fault::{Fault, Kind};

use crate::outbound::Failed;

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the agent is not known")]
    UnknownAgent,
    #[error("the revision is not known")]
    UnknownRevision,
    #[error("another candidate of the agent is on its way: release it or let it fail first")]
    CandidateStands,
    #[error("every named clause stands at full strength: change the prompt by hand")]
    FullStrength,
    #[error("the prompt would have {length} characters, at most {limit} are allowed")]
    PromptTooLong { length: i64, limit: i64 },
    #[error("this is what is live already")]
    NothingChanged,
    #[error("the day's credits for scenarios are used up: {used} of {limit}")]
    CreditsSpent { used: i64, limit: i64 },
    #[error("no passing run of the scenarios is on record for exactly this configuration")]
    SealMissing,
    #[error("the vendor did not take a field: compare the agent with what was released")]
    ReadBackDiffers,
    #[error("a rollback is on its way")]
    UnderWay,
    #[error("nothing else was live before")]
    NothingBefore,
    #[error("cannot be adopted, since bord sets it for every agent alike: {0}")]
    NotAdoptable(String),
    #[error("what is live was released before this service saw it: release a candidate by hand")]
    LiveUnknown,
    #[error(transparent)]
    Neighbour(Failed),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Crashed(#[from] Crashed),
}

impl From<Failed> for Refusal {
    fn from(failed: Failed) -> Self {
        match &failed {
            Failed::Refused { reason, .. } if reason == "SEAL_MISSING" => Self::SealMissing,
            Failed::Refused { reason, .. } if reason == "READ_BACK_DIFFERS" => {
                Self::ReadBackDiffers
            }
            Failed::Refused { reason, .. } if reason == "UNKNOWN_AGENT" => Self::UnknownAgent,
            _ => Self::Neighbour(failed),
        }
    }
}

impl Refusal {
    /// Whether the same may succeed later without anybody doing anything.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Neighbour(failed) => !failed.is_refusal(),
            Self::Store(_) | Self::Crashed(_) | Self::UnderWay => true,
            _ => false,
        }
    }
}

impl Fault for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::UnknownAgent | Self::UnknownRevision => Kind::NotFound,
            Self::Neighbour(failed) if failed.is_invalid() => Kind::Invalid,
            Self::Neighbour(failed) if failed.is_refusal() => Kind::Refused,
            Self::Neighbour(_) | Self::Store(_) | Self::UnderWay => Kind::Unavailable,
            Self::Crashed(_) => Kind::Internal,
            _ => Kind::Refused,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownAgent => "UNKNOWN_AGENT",
            Self::UnknownRevision => "UNKNOWN_REVISION",
            Self::CandidateStands => "CANDIDATE_STANDS",
            Self::FullStrength => "FULL_STRENGTH",
            Self::PromptTooLong { .. } => "PROMPT_TOO_LONG",
            Self::NothingChanged => "NOTHING_CHANGED",
            Self::CreditsSpent { .. } => "CREDITS_SPENT",
            Self::SealMissing => "SEAL_MISSING",
            Self::ReadBackDiffers => "READ_BACK_DIFFERS",
            Self::UnderWay => "ROLLBACK_UNDER_WAY",
            Self::NothingBefore => "NOTHING_BEFORE",
            Self::NotAdoptable(_) => "NOT_ADOPTABLE",
            Self::LiveUnknown => "LIVE_UNKNOWN",
            Self::Neighbour(failed) if failed.is_invalid() => "CONFIGURATION_REFUSED",
            Self::Neighbour(failed) if failed.is_refusal() => "TELEPHONY_REFUSED",
            Self::Neighbour(_) => "TELEPHONY_UNAVAILABLE",
            Self::Store(_) => "DATABASE_UNAVAILABLE",
            Self::Crashed(_) => "CRASH_POINT",
        }
    }
}
