//! A local twin of Twilio, ElevenLabs and Mailgun: one HTTP server that speaks the three vendors'
//! APIs as the fact sheets state them, sends their signed webhooks, plays whole calls with a
//! scripted caller and a scripted agent that heeds its prompt, and breaks on demand. A test double
//! for people and tests; no production code depends on it.

mod admin;
mod caller;
mod config;
mod elevenlabs;
mod faults;
mod gate;
mod hooks;
mod hub;
mod inspect;
mod mailgun;
mod meddle;
mod pages;
pub mod signature;
mod twilio;
pub mod twiml;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware};
use tokio::sync::watch;

pub use caller::{CallOutcome, Need, PlaceCall, SCENARIOS, Scenario, Step, ToolCallSeen};
pub use config::{SystemVariables, TwinConfig};
pub use elevenlabs::clauses::Clauses;
pub use elevenlabs::talk::Turn;
pub use elevenlabs::tool::Facts;
pub use elevenlabs::{AgentView, Conversation, WorkspaceWebhook};
pub use faults::{Fault, FaultFired, FaultKind, Vendor};
pub use hooks::{HookReceipt, HookRecord};
pub use hub::Accepted;
pub use mailgun::{Mail, MailBehaviour};
pub use twilio::{Behaviour, Call, Message, Number, Recording, Reply};

use hub::{Hub, Shared};
use wire::{Cut, Port};

/// A running twin. Clones are handles to the same twin.
#[derive(Clone)]
pub struct Twin {
    hub: Shared,
    refusing: Arc<watch::Sender<bool>>,
    stopping: Arc<watch::Sender<bool>>,
    address: SocketAddr,
}

impl Twin {
    /// Binds the port and serves until [`Twin::stop`].
    pub async fn start(config: TwinConfig) -> anyhow::Result<Self> {
        let (listen, own_url) = (config.listen, config.own_url.clone());
        let hub = Hub::new(config)?;
        let (refusing, refused) = watch::channel(false);
        let (stopping, mut stopped) = watch::channel(false);
        let port = Port::bind(listen, refused)
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let address = axum::serve::Listener::local_addr(&port)?;
        hub.url.get_or_init(|| match own_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{address}"),
        });
        let twin = Self {
            hub: hub.clone(),
            refusing: Arc::new(refusing),
            stopping: Arc::new(stopping),
            address,
        };
        let vendors = Router::new()
            .merge(twilio::routes())
            .merge(elevenlabs::routes())
            .merge(mailgun::routes())
            .merge(pages::routes())
            .layer(middleware::from_fn_with_state(hub.clone(), gate::gate))
            .with_state(hub.clone());
        let app = admin::routes(twin.clone())
            .merge(vendors)
            .layer(DefaultBodyLimit::disable());
        let service = app.into_make_service_with_connect_info::<Cut>();
        serve(async move {
            let stop = async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            // Faults leave requests hanging on purpose: no drain, the connections end here.
            tokio::select! {
                _ = async { axum::serve(port, service).await } => {}
                () = stop => {}
            }
        });
        Ok(twin)
    }

    /// The base URL of all three vendors.
    pub fn url(&self) -> String {
        self.hub.own_url()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening and ends all background work.
    pub fn stop(&self) {
        self.hub.refusing.store(true, Ordering::SeqCst);
        self.stopping.send_replace(true);
        self.hub.stop_tasks();
    }

    /// Where bord listens; webhooks go there from now on.
    pub fn point_at(&self, url: &str) {
        self.hub.point_at(url);
    }

    /// Forgets all state and faults.
    pub fn reset(&self) {
        self.hub.reset();
    }

    /// Closes the port (connections are refused) or opens it again.
    pub fn refuse_connections(&self, refuse: bool) {
        self.hub.refusing.store(refuse, Ordering::SeqCst);
        self.refusing.send_replace(refuse);
    }

    /// Sets faults; answers their numbers.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) -> Vec<usize> {
        faults
            .into_iter()
            .map(|fault| self.hub.faults.add(fault))
            .collect()
    }

    /// Sets one fault.
    pub fn fault(&self, fault: Fault) -> usize {
        self.hub.faults.add(fault)
    }

    pub fn clear_faults(&self) {
        self.hub.faults.clear();
    }

    /// Places a call and plays it to its end.
    pub async fn place_call(&self, ask: PlaceCall) -> CallOutcome {
        caller::place_call(&self.hub, ask).await
    }

    /// Sends an inbound message to bord.
    pub async fn reply(&self, reply: Reply) -> HookReceipt {
        twilio::reply(&self.hub, reply).await
    }

    /// Taps a quick reply of a template message whose template the twin knows.
    pub async fn press_button(&self, message_sid: &str, index: usize) -> Option<HookReceipt> {
        twilio::press(&self.hub, message_sid, index).await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the twin stays independent of chassis::run; its server carries no span or deadline"
)]
fn serve(server: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(server);
}
