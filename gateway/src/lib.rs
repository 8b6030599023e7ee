//! The public HTTP door of bord: it checks signatures, translates to gRPC, and holds no rules and
//! no state.
//!
//! In reading order: `routes` names what is served, `edge` what surrounds each request, `twilio`,
//! `elevenlabs`, `mailgun`, `recording`, `scan`, `click` and `offer` hold the handlers, `problem` every refusal.

pub mod alarm;
pub mod body;
pub mod click;
pub mod clients;
pub mod config;
pub mod crash;
pub mod edge;
pub mod elevenlabs;
pub mod language;
pub mod mailgun;
pub mod measures;
pub mod offer;
pub mod problem;
pub mod recording;
pub mod routes;
pub mod scan;
pub mod server;
pub mod twilio;

use std::ops::Deref;
use std::sync::Arc;

use chassis::config::Secret;
use chassis::crash::Points;
use chassis::run::Life;
use chassis::server::Bound;

use alarm::Alarms;
use click::rate::Clicks;
use clients::Clients;
use config::Config;
use language::Language;

/// What the handlers share. Clones are the same gateway.
#[derive(Clone)]
pub struct Gateway(Arc<Parts>);

/// The parts of a gateway.
pub struct Parts {
    pub clients: Clients,
    pub clicks: Clicks,
    pub alarms: Alarms,
    pub twilio: twilio::Proof,
    pub elevenlabs_webhook_secrets: Vec<Secret>,
    pub mailgun_signing_keys: Vec<Secret>,
    pub dispatch_tool_secrets: Vec<Secret>,
    pub cron_secrets: Vec<Secret>,
    pub link_secrets: Vec<Secret>,
    pub call_token_secrets: Vec<Secret>,
    pub crash_points: Points,
}

impl Deref for Gateway {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Gateway {
    /// Builds the parts; nothing is connected yet.
    pub fn new(config: Config, life: Life) -> anyhow::Result<Self> {
        let clients = Clients::new(&config)?;
        Ok(Self(Arc::new(Parts {
            alarms: Alarms::new(clients.clone(), life),
            clients,
            clicks: Clicks::default(),
            twilio: twilio::Proof {
                keys: twilio::signature::Keys {
                    auth_tokens: config.twilio_auth_tokens,
                    shared: Vec::new(),
                },
                public_base_url: config.public_base_url,
            },
            elevenlabs_webhook_secrets: config.elevenlabs_webhook_secrets,
            mailgun_signing_keys: config.mailgun_signing_keys,
            dispatch_tool_secrets: config.dispatch_tool_secrets,
            cron_secrets: config.cron_secrets,
            link_secrets: config.link_secrets,
            call_token_secrets: config.call_token_secrets,
            crash_points: config.crash_points,
        })))
    }

    /// The built-in voicemail, whose recording comes back to us.
    #[must_use]
    pub fn voicemail(&self, language: Language) -> String {
        twilio::twiml::voicemail(&self.twilio.public_base_url, language)
    }
}

/// Serves until `life` stops, and returns when drained.
pub async fn start(config: Config, bound: Bound, life: Life) -> anyhow::Result<()> {
    chassis::metrics::describe(measures::METRICS);
    let gateway = Gateway::new(config, life.clone())?;
    life.spawn(alarm::watch_host(gateway.alarms.clone(), life.clone()));
    routes::publish_document();
    server::serve(bound, routes::public(gateway), life).await
}
