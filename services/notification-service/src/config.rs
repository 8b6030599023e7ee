//! Settings of notification-service. Required: `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY_SID`,
//! `TWILIO_API_KEY_SECRET`, `MAILGUN_API_KEY`, `MAILGUN_DOMAIN`, `MAILGUN_FROM`, `OPERATOR_EMAIL`,
//! `PUBLIC_BASE_URL`. Besides: `LISTEN_ADDR` (127.0.0.1:50054), `NOTIFICATION_DATABASE_URL` or
//! `DATABASE_URL` (sqlite:data), `MIGRATE` (true; false where a Job migrates and the service waits),
//! `TWILIO_API_BASE` and `MAILGUN_API_BASE` (the vendors' own; a Mailgun domain of the EU needs its
//! own), `OPERATOR_LANGUAGE` (en), `OPERATOR_FULL_HEALTH_COPY` (false), and in debug builds
//! `BORD_CRASH_POINT`.

use std::time::Duration;

use chassis::config::{Env, Secret};
use chassis::crash::Points;
use url::Url;

use crate::crash::POINTS;
use crate::domain::backoff::Backoff;
use crate::domain::clean;
use crate::text::LANGUAGES;

/// All settings.
#[derive(Clone)]
pub struct Config {
    pub database: Secret,
    /// Whether the service migrates at start, or waits until somebody else did.
    pub migrate: bool,
    pub twilio: TwilioSettings,
    pub mailgun: MailgunSettings,
    pub operator_email: String,
    pub operator_language: String,
    /// Gives the operator full copies of health-related leads and calls; each use is recorded (D10).
    pub operator_full_health_copy: bool,
    pub public_base_url: Url,
    pub timing: Timing,
    pub crash_points: Points,
}

/// Twilio's account.
#[derive(Clone)]
pub struct TwilioSettings {
    pub base: Url,
    pub account_sid: String,
    pub key_sid: String,
    pub key_secret: Secret,
}

/// Mailgun's domain.
#[derive(Clone)]
pub struct MailgunSettings {
    pub base: Url,
    pub domain: String,
    pub from: String,
    pub key: Secret,
}

/// How long things may take. Tests shorten them; the defaults are for real carriers.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For one request to a carrier. Shorter than the lease, so that a worker never sends with a
    /// lease that another one may already have taken over.
    pub send_limit: Duration,
    pub lease: Duration,
    /// How often each worker looks without being woken.
    pub interval: Duration,
    pub backoff: Backoff,
    /// Sends after which a delivery is dead. Three days of back-off have fewer, so that a carrier's
    /// outage is ended by `not_after` alone: the operator's mail must survive one of a weekend.
    pub most_sends: i64,
    /// How long a channel pauses when the carrier refuses our credentials.
    pub pause: Duration,
    /// From an ambiguous send to its look-up: the callback usually comes first.
    pub look_up_after: Duration,
    /// How late Mailgun's events may appear; before that "nothing found" proves nothing.
    pub index_delay: Duration,
    /// From acceptance to the first poll of a delivery that nobody reported on.
    /// Within the two minutes in which a wrong phone is told (B4); then ever more seldom.
    pub poll_after: Duration,
    pub most_polls: i64,
    /// How often what must be zero is counted.
    pub measure_every: Duration,
    /// How often messages that are old enough lose their content.
    pub retain_every: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            send_limit: Duration::from_secs(6),
            lease: Duration::from_secs(7),
            interval: Duration::from_millis(200),
            backoff: Backoff {
                base: Duration::from_secs(1),
                cap: Duration::from_secs(30),
            },
            most_sends: 9_000,
            pause: Duration::from_secs(30),
            look_up_after: Duration::from_secs(60),
            index_delay: Duration::from_secs(30 * 60),
            poll_after: Duration::from_secs(60),
            most_polls: 9,
            measure_every: Duration::from_secs(5 * 60),
            retain_every: Duration::from_secs(3600),
        }
    }
}

impl Config {
    /// Reads the settings; faults are recorded in `env` and told by `env.finish()`.
    pub fn read(env: &mut Env) -> Self {
        Self {
            database: Self::database(env),
            migrate: env.parse_or("MIGRATE", true),
            twilio: TwilioSettings {
                base: env.url_or("TWILIO_API_BASE", "https://api.twilio.com"),
                account_sid: env.text("TWILIO_ACCOUNT_SID"),
                key_sid: env.text("TWILIO_API_KEY_SID"),
                key_secret: env.secret("TWILIO_API_KEY_SECRET"),
            },
            mailgun: MailgunSettings {
                base: env.url_or("MAILGUN_API_BASE", "https://api.mailgun.net"),
                domain: env.text("MAILGUN_DOMAIN"),
                from: env.text("MAILGUN_FROM"),
                key: env.secret("MAILGUN_API_KEY"),
            },
            operator_email: operator_email(env),
            operator_language: operator_language(env),
            operator_full_health_copy: env.parse_or("OPERATOR_FULL_HEALTH_COPY", false),
            public_base_url: env.url("PUBLIC_BASE_URL"),
            timing: Timing::default(),
            crash_points: Points::read(env, &POINTS),
        }
    }

    /// Where the database is: all that a migration needs to know.
    #[must_use]
    pub fn database(env: &Env) -> Secret {
        chassis::db::url(env, crate::SCHEMA)
    }
}

/// An address that cannot stand in a header would make every alarm undeliverable.
fn operator_email(env: &mut Env) -> String {
    let address = env.text("OPERATOR_EMAIL");
    if !address.is_empty() && !clean::is_email(&address) {
        let remedy = "give one address, name@domain, without a display name".to_owned();
        env.fault("OPERATOR_EMAIL", "is not an email address", remedy);
    }
    address
}

fn operator_language(env: &mut Env) -> String {
    let language = env.text_or("OPERATOR_LANGUAGE", "en");
    if !LANGUAGES.contains(&language.as_str()) {
        let remedy = format!("choose one of {}", LANGUAGES.join(", "));
        env.fault("OPERATOR_LANGUAGE", "is no language of ours", remedy);
    }
    language
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::life::OPERATOR_LIFE;

    /// I10: time ends a delivery, also the operator's, never the number of tries.
    #[test]
    fn the_longest_life_has_fewer_tries_than_make_a_delivery_dead() {
        let timing = Timing::default();
        let mut waited = Duration::ZERO;
        for tries in 1..timing.most_sends {
            waited += timing.backoff.after(tries, 0.0);
        }
        assert!(waited >= OPERATOR_LIFE, "{waited:?}");
        assert!(timing.lease > timing.send_limit);
    }

    /// design.md, Tell: an unknown outcome is looked up after 60 s, a mail trusted to be lost only
    /// after the events' index delay; and a wrong phone is known within two minutes (B4).
    #[test]
    fn unknown_outcomes_and_wrong_phones_are_asked_for_in_time() {
        let timing = Timing::default();
        assert_eq!(timing.look_up_after, Duration::from_secs(60));
        assert!(timing.index_delay >= Duration::from_secs(30 * 60));
        let asked = timing.poll_after + timing.interval + timing.send_limit;
        assert!(asked < Duration::from_secs(120), "{asked:?}");
    }
}
