//! The use cases of telephony, a file for each, over what they share.

pub(crate) mod answer_call;
pub(crate) mod background;
pub(crate) mod check_account;
mod claim;
pub(crate) mod compare_agent;
mod delete_at_vendor;
pub(crate) mod directory;
pub(crate) mod erase;
mod errand;
mod flights;
pub(crate) mod journal;
mod lease;
pub(crate) mod list_executions;
mod number_purchase;
mod number_webhooks;
mod poll;
mod poll_calls;
mod poll_conversations;
pub(crate) mod provision_number;
pub(crate) mod put_agent;
pub(crate) mod put_number;
pub(crate) mod put_site;
pub(crate) mod read;
pub(crate) mod read_recording;
pub(crate) mod record_conversation;
pub(crate) mod record_progress;
pub(crate) mod record_voicemail;
mod registration;
pub(crate) mod release_agent;
pub(crate) mod resume_call;
pub(crate) mod retention;
mod run_step;
pub(crate) mod scenario_run;
mod settle;
mod vendor_agent;
mod vendor_test;

use std::sync::Arc;

use chassis::config::Secret;
use chassis::crash::Points;
use chassis::db::{Db, StoreError};
use chassis::fault::{Fault, InvalidRequest, Kind, Violation};
use chassis::run::Life;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tracing::{Instrument as _, Span};
use url::Url;

use crate::config::{Config, Pace};
use crate::domain::configuration;
use crate::domain::deletion::Vendor;
use crate::domain::vendor_fields::Environment;
use crate::provider::answer::VendorError;
use crate::provider::elevenlabs::ElevenLabs;
use crate::provider::twilio::Twilio;

/// What the use cases share.
pub(crate) struct Telephony {
    pub(crate) db: Db,
    pub(crate) directory: directory::Directory,
    pub(crate) elevenlabs: ElevenLabs,
    pub(crate) twilio: Twilio,
    pub(crate) journal: journal::Journal,
    flights: flights::Flights,
    pub(crate) pace: Pace,
    public_base: String,
    call_token_secrets: Vec<Secret>,
    tool_secret: Secret,
    pub(crate) runs_wake: Arc<Notify>,
    /// Wakes the deletions at ElevenLabs and at Twilio.
    deletions_wake: [Arc<Notify>; 2],
    pub(crate) points: Points,
    pub(crate) life: Life,
}

impl Telephony {
    pub(crate) fn new(config: Config, db: Db, life: Life) -> Arc<Self> {
        let twilio = Twilio::new(
            config.twilio_base,
            config.twilio_account_sid,
            config.twilio_key_sid,
            config.twilio_key_secret,
        );
        let tool_secret = config.dispatch_tool_secrets.into_iter().next();
        Arc::new(Self {
            db,
            directory: directory::Directory::default(),
            elevenlabs: ElevenLabs::new(config.elevenlabs_base, config.elevenlabs_key),
            twilio,
            journal: journal::Journal::default(),
            flights: flights::Flights::default(),
            pace: config.pace,
            public_base: config.public_base.as_str().trim_end_matches('/').to_owned(),
            call_token_secrets: config.call_token_secrets,
            tool_secret: tool_secret.unwrap_or_else(|| Secret::new("")),
            runs_wake: Arc::new(Notify::new()),
            deletions_wake: [Arc::new(Notify::new()), Arc::new(Notify::new())],
            points: config.crash_points,
            life,
        })
    }

    /// Work that outlives the request which began it: in its trace, without its deadline, and waited
    /// for when the process stops.
    fn beyond_request<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.life.spawn(work.instrument(Span::current()))
    }

    /// After a write: what was written stands whether or not it can be read back at once.
    async fn refresh_directory(&self) {
        if let Err(error) = self.directory.refresh(&self.db).await {
            tracing::warn!(error = %error, "the directory is refreshed later");
        }
    }

    fn deletions_wake(&self, vendor: Vendor) -> Arc<Notify> {
        let [elevenlabs, twilio] = &self.deletions_wake;
        Arc::clone(match vendor {
            Vendor::ElevenLabs => elevenlabs,
            Vendor::Twilio => twilio,
        })
    }

    /// A URL of the gateway, as the outside knows it.
    fn public_url(&self, path: &str) -> String {
        format!("{}{path}", self.public_base)
    }

    /// Whether a URL leads to the gateway's own host.
    fn is_ours(&self, url: Option<&str>) -> bool {
        let host = |url: &str| Some(Url::parse(url).ok()?.host_str()?.to_owned());
        let ours = host(&self.public_base);
        ours.is_some() && url.and_then(host) == ours
    }

    fn voicemail_url(&self) -> String {
        self.public_url("/twilio/voice/voicemail")
    }

    /// What a tool's configuration takes from where this process runs.
    fn environment(&self) -> Environment {
        Environment {
            tool_url: self.public_url("/elevenlabs/tools/dispatch_lead"),
            tool_secret_name: configuration::secret_name(self.tool_secret.expose()),
        }
    }
}

/// Claims of the token that goes with a call into the conversation; lead-service checks it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CallClaims {
    pub(crate) call_sid: String,
    pub(crate) site_id: String,
    pub(crate) called_number: String,
    pub(crate) country: String,
    /// Empty when withheld.
    pub(crate) caller: String,
    pub(crate) exp: i64,
}

/// Claims of the token in the redirect's URL: when we answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ResumeClaims {
    pub(crate) call_sid: String,
    pub(crate) answered_us: i64,
    pub(crate) called_number: String,
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("telephony's store failed")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vendor(#[from] VendorError),
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    /// No such thing; the reason names its kind.
    #[error("{0}: there is no such thing here")]
    NotFound(&'static str),
    #[error("{text}")]
    Refused {
        reason: &'static str,
        text: &'static str,
        fields: Vec<Violation>,
    },
    /// Somebody else does the same just now.
    #[error("another one is at work on this, try again")]
    Busy,
    /// The work was stopped with the process.
    #[error("the work was stopped")]
    Stopped,
}

impl Error {
    pub(crate) fn refused(reason: &'static str, text: &'static str) -> Self {
        Self::Refused {
            reason,
            text,
            fields: Vec::new(),
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Vendor(error) => error.kind(),
            Self::Invalid(error) => error.kind(),
            Self::NotFound(_) => Kind::NotFound,
            Self::Refused { .. } => Kind::Refused,
            Self::Busy => Kind::Conflict,
            Self::Stopped => Kind::Unavailable,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Store(error) => error.reason(),
            Self::Vendor(error) => error.reason(),
            Self::Invalid(error) => error.reason(),
            Self::NotFound(reason) | Self::Refused { reason, .. } => reason,
            Self::Busy => "BUSY",
            Self::Stopped => "STOPPED",
        }
    }

    fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(error) => error.violations(),
            Self::Refused { fields, .. } => fields,
            _ => &[],
        }
    }
}
