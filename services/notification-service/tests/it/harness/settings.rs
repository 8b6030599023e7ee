//! Settings of the service under test: the twin's credentials, and times that a test can wait for.

use std::time::Duration;

use chassis::config::Secret;
use chassis::crash::Points;
use notification_service::SCHEMA;
use notification_service::config::{Config, MailgunSettings, Timing, TwilioSettings};
use notification_service::domain::backoff::Backoff;
use test_support::TestDb;
use vendor_twin::Twin;

use super::OPERATOR;

/// Times short enough for tests, long enough for a busy machine.
pub(crate) fn timing() -> Timing {
    Timing {
        send_limit: Duration::from_secs(5),
        lease: Duration::from_secs(10),
        interval: Duration::from_millis(50),
        backoff: Backoff {
            base: Duration::from_millis(20),
            cap: Duration::from_millis(200),
        },
        most_sends: 4,
        pause: Duration::from_millis(600),
        look_up_after: Duration::from_millis(800),
        index_delay: Duration::from_millis(800),
        poll_after: Duration::from_secs(60),
        most_polls: 3,
        measure_every: Duration::from_secs(300),
        retain_every: Duration::from_secs(3600),
    }
}

/// Short enough that a carrier that hangs is given up within a test.
pub(crate) fn impatient() -> Timing {
    Timing {
        send_limit: Duration::from_millis(700),
        lease: Duration::from_millis(2_200),
        ..timing()
    }
}

pub(crate) fn config(db: &TestDb, twin: &Twin, timing: Timing, full_health_copy: bool) -> Config {
    let vendor = twin.config();
    Config {
        database: Secret::new(db.url(SCHEMA)),
        migrate: true,
        twilio: TwilioSettings {
            base: twin.url().parse().unwrap(),
            account_sid: vendor.twilio_account_sid.clone(),
            key_sid: vendor.twilio_api_key_sid.clone(),
            key_secret: Secret::new(vendor.twilio_api_key_secret.clone()),
        },
        mailgun: MailgunSettings {
            base: twin.url().parse().unwrap(),
            domain: vendor.mailgun_domain.clone(),
            from: "bord <leads@mg.example.com>".to_owned(),
            key: Secret::new(vendor.mailgun_api_key.clone()),
        },
        operator_email: OPERATOR.to_owned(),
        operator_language: "en".to_owned(),
        operator_full_health_copy: full_health_copy,
        // Nobody listens on port 9: callbacks are lost.
        public_base_url: "http://127.0.0.1:9".parse().unwrap(),
        timing,
        crash_points: Points::default(),
    }
}
