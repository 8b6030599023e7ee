//! What a twin is told at its start: where it listens, which credentials its three vendors
//! accept, which secrets it signs with, and how fast it reports. Every value has a made-up
//! default, so that a test names only what it is about.

use std::net::SocketAddr;
use std::time::Duration;

/// How `system__*` variables behave in test runs. The vendor does not document it, so a client
/// has to be built for all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemVariables {
    /// A test may set them among its `dynamic_variables`, and must: unset ones kill the run.
    Accepted,
    /// The platform fills them; what the test sets wins.
    Provided,
    /// Setting one is refused with 422; the platform fills them.
    Refused,
}

/// The configuration of one [`crate::Twin`].
#[derive(Clone, Debug)]
pub struct TwinConfig {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    pub twilio_account_sid: String,
    pub twilio_auth_token: String,
    pub twilio_api_key_sid: String,
    pub twilio_api_key_secret: String,
    pub elevenlabs_api_key: String,
    /// Signs post-call webhooks; also what creating a workspace webhook answers.
    pub elevenlabs_webhook_secret: String,
    pub mailgun_api_key: String,
    pub mailgun_domain: String,
    pub mailgun_signing_key: String,
    /// The URL that webhooks are signed for and that bord writes into its TwiML.
    pub public_base_url: Option<String>,
    /// Where bord really listens; may differ from the public URL, as behind a proxy.
    pub bord_base_url: Option<String>,
    /// The URL under which others reach the twin, for links in its answers; the address that it
    /// listens on where none is given.
    pub own_url: Option<String>,
    /// Pause before each step of a delivery report.
    pub report_delay: Duration,
    /// How long a conversation stays `processing` after its end.
    pub analysis_delay: Duration,
    /// Pauses between the tries of a webhook that its receiver refused.
    pub retry_delays: Vec<Duration>,
    /// How many polls a test invocation stays `pending`.
    pub test_polls: u32,
    pub system_variables_in_tests: SystemVariables,
    /// How long a registered call may wait for its stream.
    pub registration_ttl: Duration,
    /// How long an event stays hidden from Mailgun's events API.
    pub event_index_delay: Duration,
    /// Twilio's own limit for a voice webhook is 15 s.
    pub webhook_timeout: Duration,
    /// Whether the workspace starts with a post-call webhook that points at bord.
    pub seed_post_call_webhook: bool,
}

impl Default for TwinConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            twilio_account_sid: "ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1".into(),
            twilio_auth_token: "2f9c1d7a4be84f0c9d5f0a61c3e7b8a1".into(),
            twilio_api_key_sid: "SKb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2".into(),
            twilio_api_key_secret: "twin-api-key-secret".into(),
            elevenlabs_api_key: "sk_twin_elevenlabs".into(),
            elevenlabs_webhook_secret:
                "wsec_2f8e1c7a9b4d6053e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8".into(),
            mailgun_api_key: "key-twin-mailgun".into(),
            mailgun_domain: "mg.example.com".into(),
            mailgun_signing_key: "key-55c5c5c5c55f55ca5cd5f55d5c555c55".into(),
            public_base_url: None,
            bord_base_url: None,
            own_url: None,
            report_delay: Duration::from_millis(5),
            analysis_delay: Duration::from_millis(20),
            retry_delays: [100, 200, 400, 800].map(Duration::from_millis).to_vec(),
            test_polls: 2,
            system_variables_in_tests: SystemVariables::Accepted,
            registration_ttl: Duration::from_secs(60),
            event_index_delay: Duration::ZERO,
            webhook_timeout: Duration::from_secs(15),
            seed_post_call_webhook: true,
        }
    }
}

impl TwinConfig {
    /// Configuration of the twin's own binary: the names that bord itself reads, so that one
    /// environment serves both sides; the defaults above where a name is unset.
    #[expect(
        clippy::disallowed_methods,
        reason = "the twin stays independent of chassis, whose Env reads configuration elsewhere"
    )]
    pub fn from_process() -> anyhow::Result<Self> {
        let mut config = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            ..Self::default()
        };
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(listen) = read("LISTEN_ADDR") {
            config.listen = listen.parse()?;
        }
        for (name, slot) in [
            ("TWILIO_ACCOUNT_SID", &mut config.twilio_account_sid),
            ("TWILIO_AUTH_TOKEN", &mut config.twilio_auth_token),
            ("TWILIO_API_KEY_SID", &mut config.twilio_api_key_sid),
            ("TWILIO_API_KEY_SECRET", &mut config.twilio_api_key_secret),
            ("ELEVENLABS_API_KEY", &mut config.elevenlabs_api_key),
            (
                "ELEVENLABS_WEBHOOK_SECRET",
                &mut config.elevenlabs_webhook_secret,
            ),
            ("MAILGUN_API_KEY", &mut config.mailgun_api_key),
            ("MAILGUN_DOMAIN", &mut config.mailgun_domain),
            ("MAILGUN_SIGNING_KEY", &mut config.mailgun_signing_key),
        ] {
            if let Some(value) = read(name) {
                *slot = value;
            }
        }
        config.public_base_url = read("PUBLIC_BASE_URL");
        config.bord_base_url =
            read("BORD_BASE_URL").or_else(|| Some("http://127.0.0.1:8080".to_owned()));
        config.own_url = read("VENDOR_TWIN_URL");
        Ok(config)
    }
}
