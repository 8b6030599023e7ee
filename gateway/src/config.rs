//! Settings of the gateway.
//!
//! `LISTEN_ADDR` (127.0.0.1:8080), `PUBLIC_BASE_URL` (http://127.0.0.1:8080), `TELEPHONY_URL`
//! (…:50051), `LEAD_URL` (…:50052), `NOTIFICATION_URL` (…:50054), `QUALITY_URL` (…:50055); secrets, each
//! old and new at once: `TWILIO_AUTH_TOKEN`, `ELEVENLABS_WEBHOOK_SECRET`, `MAILGUN_SIGNING_KEY`,
//! `DISPATCH_TOOL_SECRET`, `CRON_SECRET`, `LINK_SECRET`, `CALL_TOKEN_SECRET`. `METRICS_ADDR` is the process's own; `BORD_CRASH_POINT` breaks
//! debug builds.

use std::net::SocketAddr;

use chassis::config::{Env, Secret};
use chassis::crash::Points;

use crate::crash::POINTS;

/// What the gateway is started with.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// As vendors call us, without a slash at the end; signatures are over it.
    pub public_base_url: String,
    pub telephony_url: String,
    pub lead_url: String,
    pub notification_url: String,
    pub quality_url: String,
    pub twilio_auth_tokens: Vec<Secret>,
    pub elevenlabs_webhook_secrets: Vec<Secret>,
    pub mailgun_signing_keys: Vec<Secret>,
    pub dispatch_tool_secrets: Vec<Secret>,
    pub cron_secrets: Vec<Secret>,
    pub link_secrets: Vec<Secret>,
    pub call_token_secrets: Vec<Secret>,
    pub crash_points: Points,
}

impl Config {
    /// Reads every setting and records what is wrong with it in `env`.
    pub fn read(env: &mut Env) -> Self {
        let listen = env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 8080)));
        let base = env.url_or("PUBLIC_BASE_URL", "http://127.0.0.1:8080");
        if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
            let remedy = "write it as https://host[:port][/path] and nothing more".to_owned();
            env.fault("PUBLIC_BASE_URL", "carries more than a base", remedy);
        }
        // Taken as it was written: parsing would drop a port that vendors sign.
        let base = env.text_or("PUBLIC_BASE_URL", "http://127.0.0.1:8080");
        let crash_points = Points::read(env, &POINTS);
        let mut url = |name, default| env.url_or(name, default).to_string();
        Self {
            listen,
            public_base_url: base.trim_end_matches('/').to_owned(),
            telephony_url: url("TELEPHONY_URL", "http://127.0.0.1:50051"),
            lead_url: url("LEAD_URL", "http://127.0.0.1:50052"),
            notification_url: url("NOTIFICATION_URL", "http://127.0.0.1:50054"),
            quality_url: url("QUALITY_URL", "http://127.0.0.1:50055"),
            twilio_auth_tokens: env.secrets("TWILIO_AUTH_TOKEN"),
            elevenlabs_webhook_secrets: env.secrets("ELEVENLABS_WEBHOOK_SECRET"),
            mailgun_signing_keys: env.secrets("MAILGUN_SIGNING_KEY"),
            dispatch_tool_secrets: env.secrets("DISPATCH_TOOL_SECRET"),
            cron_secrets: env.secrets("CRON_SECRET"),
            link_secrets: env.secrets("LINK_SECRET"),
            call_token_secrets: env.secrets("CALL_TOKEN_SECRET"),
            crash_points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_secret_is_named_at_once() {
        let mut env = Env::from_map([("PUBLIC_BASE_URL", "https://a.ch?x")]);
        Config::read(&mut env);
        let told = env.finish().unwrap_err().to_string();
        for name in [
            "PUBLIC_BASE_URL",
            "TWILIO_AUTH_TOKEN",
            "ELEVENLABS_WEBHOOK_SECRET",
            "MAILGUN_SIGNING_KEY",
            "DISPATCH_TOOL_SECRET",
            "CRON_SECRET",
            "LINK_SECRET",
            "CALL_TOKEN_SECRET",
        ] {
            assert!(told.contains(name), "{told}");
        }
    }

    #[test]
    fn secrets_may_hold_the_old_and_the_new_value() {
        let names = [
            "TWILIO_AUTH_TOKEN",
            "ELEVENLABS_WEBHOOK_SECRET",
            "MAILGUN_SIGNING_KEY",
            "DISPATCH_TOOL_SECRET",
            "CRON_SECRET",
            "LINK_SECRET",
            "CALL_TOKEN_SECRET",
        ];
        let mut env = Env::from_map(names.map(|name| (name, "new,old")));
        env.set("PUBLIC_BASE_URL", "https://a.ch:443/");
        let config = Config::read(&mut env);
        env.finish().unwrap();
        assert_eq!(config.public_base_url, "https://a.ch:443");
        assert_eq!(config.twilio_auth_tokens.len(), 2);
        assert!(!format!("{config:?}").contains("old"));
    }
}
