//! Settings, each read once at start:
//!
//! LISTEN_ADDR, TELEPHONY_DATABASE_URL or DATABASE_URL, TWILIO_ACCOUNT_SID, TWILIO_API_KEY_SID,
//! TWILIO_API_KEY_SECRET, TWILIO_API_BASE, ELEVENLABS_API_KEY, ELEVENLABS_API_BASE,
//! PUBLIC_BASE_URL, CALL_TOKEN_SECRET, DISPATCH_TOOL_SECRET, SCENARIO_POLL_MS (20000),
//! CALL_POLL_MS, RECORDING_POLL_MS and CONVERSATION_POLL_MS (60000 each), RETENTION_MS (3600000:
//! between two rounds of retention), MIGRATE (true; false where a Job migrates and the service waits
//! for it). In debug builds BORD_CRASH_POINT arms a crash point.

use std::net::SocketAddr;
use std::time::Duration;

use chassis::config::{Env, Secret};
use chassis::crash::Points;
use chassis::db;
use url::Url;

use crate::crash::POINTS;

/// Everything that the service takes from outside. Tests and the one-process binary build it by
/// hand.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub database: Secret,
    /// Whether to migrate at start, or to wait until a Job has done so.
    pub migrate_at_start: bool,
    pub twilio_base: Url,
    pub twilio_account_sid: String,
    pub twilio_key_sid: String,
    pub twilio_key_secret: Secret,
    pub elevenlabs_base: Url,
    pub elevenlabs_key: Secret,
    pub public_base: Url,
    /// New first, old still accepted.
    pub call_token_secrets: Vec<Secret>,
    /// The first one is what the tool sends.
    pub dispatch_tool_secrets: Vec<Secret>,
    pub pace: Pace,
    pub crash_points: Points,
}

/// How long things take and how often they are looked at. The defaults are the design's; tests
/// shorten what they wait for.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// From the ring to the end of the registration.
    pub register_budget: Duration,
    /// For asking the vendor what became of the agent's leg.
    pub resume_budget: Duration,
    /// Between two looks at sites, numbers and agents.
    pub refresh: Duration,
    /// Between two tries to write what could not be written.
    pub journal: Duration,
    pub poll_calls: Duration,
    pub poll_recordings: Duration,
    pub poll_conversations: Duration,
    /// How far a poll looks back beyond its last success: longest call, analysis, one period.
    pub poll_overlap: Duration,
    /// Between two looks at a scenario run.
    pub poll_run: Duration,
    /// After this a scenario run that has not ended says nothing.
    pub run_limit: Duration,
    /// Between two rounds of retention.
    pub retention: Duration,
    /// After the first failed deletion at a vendor; doubled each time.
    pub deletion: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            register_budget: Duration::from_millis(2_500),
            resume_budget: Duration::from_secs(2),
            refresh: Duration::from_secs(3),
            journal: Duration::from_secs(1),
            poll_calls: Duration::from_secs(60),
            poll_recordings: Duration::from_secs(60),
            poll_conversations: Duration::from_secs(60),
            poll_overlap: Duration::from_secs(2 * 3600),
            poll_run: Duration::from_secs(20),
            run_limit: Duration::from_secs(45 * 60),
            retention: Duration::from_secs(3600),
            deletion: Duration::from_secs(1),
        }
    }
}

impl Config {
    pub fn read(env: &mut Env) -> Self {
        Self {
            listen: env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 50051))),
            database: db::url(env, "telephony"),
            migrate_at_start: env.parse_or("MIGRATE", true),
            twilio_base: env.url_or("TWILIO_API_BASE", "https://api.twilio.com"),
            twilio_account_sid: env.text("TWILIO_ACCOUNT_SID"),
            twilio_key_sid: env.text("TWILIO_API_KEY_SID"),
            twilio_key_secret: env.secret("TWILIO_API_KEY_SECRET"),
            elevenlabs_base: env.url_or("ELEVENLABS_API_BASE", "https://api.elevenlabs.io"),
            elevenlabs_key: env.secret("ELEVENLABS_API_KEY"),
            public_base: env.url("PUBLIC_BASE_URL"),
            call_token_secrets: env.secrets("CALL_TOKEN_SECRET"),
            dispatch_tool_secrets: env.secrets("DISPATCH_TOOL_SECRET"),
            pace: Pace {
                // The vendor takes minutes and asks for 20 to 30 s between two looks.
                poll_run: Duration::from_millis(env.parse_or("SCENARIO_POLL_MS", 20_000)),
                poll_calls: Duration::from_millis(env.parse_or("CALL_POLL_MS", 60_000)),
                poll_recordings: Duration::from_millis(env.parse_or("RECORDING_POLL_MS", 60_000)),
                poll_conversations: Duration::from_millis(
                    env.parse_or("CONVERSATION_POLL_MS", 60_000),
                ),
                retention: Duration::from_millis(env.parse_or("RETENTION_MS", 3_600_000)),
                ..Pace::default()
            },
            crash_points: Points::read(env, &POINTS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_migrates_where_the_setting_of_all_services_says_so() {
        let migrates = |set: &[(&str, &str)]| {
            Config::read(&mut Env::from_map(set.iter().copied())).migrate_at_start
        };
        assert!(migrates(&[]));
        assert!(!migrates(&[("MIGRATE", "false")]));
    }
}
