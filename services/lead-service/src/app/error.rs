//! How a use case can fail, and what a caller is told of it.

use chassis::db::StoreError;
use chassis::fault::{Fault, InvalidRequest, Kind, Violation};

use crate::domain::state::IllegalMove;
use crate::outbound::CallFailed;
use chassis::crash::Crashed;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    #[error("no lead has that id")]
    UnknownLead,
    #[error("leads bind the site to its country; make a new site for another country")]
    SiteCountryFixed,
    #[error("leads bind a city to its country; give it another id for another country")]
    CityCountryFixed,
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    #[error("somebody else moved the lead meanwhile")]
    Moved,
    #[error("the roster named a provider of another country than the lead's")]
    ForeignProvider,
    #[error("lead store failed")]
    Store(#[source] StoreError),
    #[error(transparent)]
    Call(#[from] CallFailed),
    #[error(transparent)]
    Crashed(#[from] Crashed),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault for Failure {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::UnknownLead => Kind::NotFound,
            Self::SiteCountryFixed
            | Self::CityCountryFixed
            | Self::ForeignProvider
            | Self::Illegal(_) => Kind::Refused,
            Self::Moved => Kind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Call(_) => Kind::Unavailable,
            Self::Crashed(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::UnknownLead => "UNKNOWN_LEAD",
            Self::SiteCountryFixed => "SITE_COUNTRY_FIXED",
            Self::CityCountryFixed => "CITY_COUNTRY_FIXED",
            Self::ForeignProvider => "FOREIGN_PROVIDER",
            Self::Illegal(_) => "ILLEGAL_MOVE",
            Self::Moved => "LEAD_MOVED",
            Self::Store(error) => error.reason(),
            Self::Call(_) => "SERVICE_UNAVAILABLE",
            Self::Crashed(_) => "CRASH_POINT",
        }
    }

    fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            _ => &[],
        }
    }
}
