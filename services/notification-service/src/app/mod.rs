//! The use cases of notification-service, a file for each, and what they share.

pub mod alarm;
pub mod breaker;
pub mod cancel_deliveries;
mod compose;
pub mod duties;
pub mod erase;
mod erasing;
pub mod find_at_carrier;
pub mod get_message;
pub mod list_deliveries;
pub mod look_up;
mod measure;
pub mod notify;
pub mod poll;
pub mod put_channel_rules;
pub mod record_report;
pub mod report;
mod retain;
pub mod retry_delivery;
pub mod send;
pub mod settle;
pub mod workers;

use std::sync::{Arc, RwLock};

use chassis::crash::Points;
use chassis::db::Db;
use tokio::sync::Notify;
use url::Url;

use crate::config::{Config, Timing};
use crate::domain::delivery::Channel;
use crate::domain::rules::Rules;
use crate::provider::mailgun::Mailgun;
use crate::provider::twilio::Twilio;

use breaker::Breaker;

/// Everything that the use cases work with. One for each process; cheap to clone.
#[derive(Clone)]
pub struct Notification(Arc<Parts>);

pub struct Parts {
    pub db: Db,
    pub twilio: Twilio,
    pub mailgun: Mailgun,
    pub operator_email: String,
    pub operator_language: String,
    pub operator_full_health_copy: bool,
    pub public_base_url: Url,
    pub timing: Timing,
    pub crash_points: Points,
    /// The rules as last read; their version tells whether they still stand.
    pub rules: RwLock<Arc<Rules>>,
    /// Wakes the worker that erases at the carriers.
    pub erasing: Arc<Notify>,
    lanes: [Lane; 3],
}

/// A channel's own part of the machinery: nothing here is shared between channels (I12).
#[derive(Default)]
pub struct Lane {
    /// Wakes the worker that sends.
    pub sends: Arc<Notify>,
    /// Wakes the worker that looks up and polls.
    pub look_ups: Arc<Notify>,
    pub breaker: Breaker,
}

impl std::ops::Deref for Notification {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Notification {
    #[must_use]
    pub fn new(db: Db, config: Config) -> Self {
        let http = chassis::http::client();
        let Config {
            twilio,
            mailgun,
            timing,
            ..
        } = config;
        Self(Arc::new(Parts {
            db,
            twilio: Twilio {
                base: twilio.base,
                account_sid: twilio.account_sid,
                key_sid: twilio.key_sid,
                key_secret: twilio.key_secret,
                limit: timing.send_limit,
                http: http.clone(),
            },
            mailgun: Mailgun {
                base: mailgun.base,
                domain: mailgun.domain,
                from: mailgun.from,
                key: mailgun.key,
                limit: timing.send_limit,
                http,
            },
            operator_email: config.operator_email,
            operator_language: config.operator_language,
            operator_full_health_copy: config.operator_full_health_copy,
            public_base_url: config.public_base_url,
            timing,
            crash_points: config.crash_points,
            rules: RwLock::default(),
            erasing: Arc::default(),
            lanes: Default::default(),
        }))
    }

    #[must_use]
    pub fn lane(&self, channel: Channel) -> &Lane {
        &self.lanes[match channel {
            Channel::Whatsapp => 0,
            Channel::Sms => 1,
            Channel::Email => 2,
        }]
    }

    pub(crate) fn known_rules(&self) -> Arc<Rules> {
        Arc::clone(
            &self
                .rules
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    pub(crate) fn remember_rules(&self, rules: Arc<Rules>) {
        let mut known = self
            .rules
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if rules.version >= known.version {
            *known = rules;
        }
    }
}
