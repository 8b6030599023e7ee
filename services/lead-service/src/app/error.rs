//! How a use case can fail, and what a caller is told of it.

use chassis::db::StoreError;
use chassis::fault::{Fault, InvalidRequest, Kind, Violation, Violations};

use crate::domain::ledger::income::CreditRefused;
use crate::domain::state::{IllegalMove, LeadState};
use crate::outbound::CallFailed;
use chassis::crash::Crashed;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    #[error("no lead has that id")]
    UnknownLead,
    #[error("no site has that id; take it from the catalogue, and apply that if it is new")]
    UnknownSite,
    #[error("leads bind the site to its country; make a new site for another country")]
    SiteCountryFixed,
    #[error("leads bind a city to its country; give it another id for another country")]
    CityCountryFixed,
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    #[error(
        "the offer is over: it was answered otherwise, taken back or cancelled meanwhile, and \
         somebody else may have the lead; ask the operator"
    )]
    OfferOver,
    #[error("the lead has no such offer; take the attempt from the message that was sent")]
    UnknownOffer,
    #[error("no provider has that id; take it from `bord providers`")]
    UnknownProvider,
    #[error(
        "the provider cannot have the lead ({rule}): {explanation}; choose another, or change it"
    )]
    ProviderUnavailable { rule: String, explanation: String },
    #[error("a lead that is {from} cannot be {verb}; {remedy}")]
    IllegalVerb {
        from: LeadState,
        verb: &'static str,
        remedy: &'static str,
    },
    #[error("it is under way and goes on by itself; ask again in a moment")]
    UnderWay,
    #[error(
        "the lead {0} of this number is not finished; close it first, or end it with \
         `bord cancel {0}`"
    )]
    LeadStillOpen(uuid::Uuid),
    #[error(transparent)]
    Credit(#[from] CreditRefused),
    #[error(
        "a payment with this reference is booked with another amount or day; give this one a \
         reference of its own"
    )]
    PaymentDiffers,
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
    #[error("the work was given up")]
    Abandoned(#[source] tokio::task::JoinError),
}

impl Failure {
    /// A request that breaks one rule.
    pub(crate) fn of_field(field: &'static str, rule: impl Into<String>) -> Self {
        let mut v = Violations::new();
        v.add(field, rule);
        match v.finish() {
            Err(invalid) => Self::Invalid(invalid),
            Ok(()) => Self::Moved,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault for Failure {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) | Self::Credit(CreditRefused::Invalid) => Kind::Invalid,
            Self::UnknownLead | Self::UnknownSite | Self::UnknownOffer | Self::UnknownProvider => {
                Kind::NotFound
            }
            Self::SiteCountryFixed
            | Self::CityCountryFixed
            | Self::ForeignProvider
            | Self::OfferOver
            | Self::Credit(_)
            | Self::PaymentDiffers
            | Self::LeadStillOpen(_)
            | Self::ProviderUnavailable { .. }
            | Self::IllegalVerb { .. }
            | Self::Illegal(_) => Kind::Refused,
            Self::Moved => Kind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Call(_) | Self::UnderWay => Kind::Unavailable,
            Self::Crashed(_) | Self::Abandoned(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::UnknownLead => "UNKNOWN_LEAD",
            Self::UnknownSite => "UNKNOWN_SITE",
            Self::SiteCountryFixed => "SITE_COUNTRY_FIXED",
            Self::CityCountryFixed => "CITY_COUNTRY_FIXED",
            Self::ForeignProvider => "FOREIGN_PROVIDER",
            Self::OfferOver => "OFFER_OVER",
            Self::UnknownOffer => "UNKNOWN_OFFER",
            Self::UnknownProvider => "UNKNOWN_PROVIDER",
            Self::ProviderUnavailable { .. } => "PROVIDER_UNAVAILABLE",
            Self::UnderWay => "UNDER_WAY",
            Self::LeadStillOpen(_) => "LEAD_STILL_OPEN",
            Self::Illegal(_) | Self::IllegalVerb { .. } => "ILLEGAL_MOVE",
            Self::Credit(refused) => refused.reason(),
            Self::PaymentDiffers => "PAYMENT_DIFFERS",
            Self::Moved => "LEAD_MOVED",
            Self::Store(error) => error.reason(),
            Self::Call(_) => "SERVICE_UNAVAILABLE",
            Self::Crashed(_) => "CRASH_POINT",
            Self::Abandoned(_) => "ABANDONED",
        }
    }

    fn metadata(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::ProviderUnavailable { rule, .. } => vec![("rule", rule.clone())],
            _ => Vec::new(),
        }
    }

    fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            _ => &[],
        }
    }
}
