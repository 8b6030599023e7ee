//! The harness: a twin, the service on a free port, a stand-in for the gateway that carries the
//! twin's callbacks to it, and builders whose defaults are an ordinary Geneva lead.

mod gateway;
mod hand;
mod later;
mod samples;
mod settings;

use std::collections::HashMap;
use std::time::Duration;

use chassis::config::Secret;
use chassis::db::Db;
use chassis::run::Life;
use chassis::server::Bound;
use contracts::notification::v1 as wire;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use notification_service::config::{Config, Timing};
use notification_service::{MIGRATIONS, SCHEMA};
use test_support::{TestDb, eventually};
use vendor_twin::{Message, Twin, TwinConfig};

pub(crate) use gateway::mailgun_report;
pub(crate) use later::*;
pub(crate) use samples::*;
pub(crate) use settings::{config, impatient, timing};
pub(crate) use wire::ChannelKind::{Email, Sms, Whatsapp};
pub(crate) use wire::RecipientKind::{Customer, Operator, Provider};

pub(crate) type Client = NotificationServiceClient<chassis::client::Channel>;

/// For what must happen; generous, since the machine may be busy.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Options {
    pub(crate) timing: Timing,
    /// Whether the twin's callbacks reach the service.
    pub(crate) callbacks: bool,
    pub(crate) full_health_copy: bool,
    /// Whether the service has a role of its own, as in production.
    pub(crate) own_role: bool,
    pub(crate) twin: TwinConfig,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timing: timing(),
            callbacks: true,
            full_health_copy: false,
            own_role: false,
            twin: TwinConfig::default(),
        }
    }
}

pub(crate) struct World {
    pub(crate) twin: Twin,
    pub(crate) client: Client,
    pub(crate) url: String,
    pub(crate) config: Config,
    /// The same database through a connection of the test's own.
    pub(crate) db: Db,
    pub(crate) life: Life,
}

impl World {
    pub(crate) async fn start(db: &TestDb) -> Self {
        Self::with(db, Options::default()).await
    }

    /// A world whose twin tells nobody what becomes of a message.
    pub(crate) async fn without_callbacks(db: &TestDb, timing: Timing) -> Self {
        Self::with(
            db,
            Options {
                timing,
                callbacks: false,
                ..Options::default()
            },
        )
        .await
    }

    pub(crate) async fn with(db: &TestDb, options: Options) -> Self {
        let twin = Twin::start(options.twin).await.unwrap();
        let mut config = config(db, &twin, options.timing, options.full_health_copy);
        if options.own_role {
            config.database = Secret::new(db.role_url(SCHEMA).await);
        }
        Self::on(twin, config, options.callbacks).await
    }

    pub(crate) async fn on(twin: Twin, mut config: Config, callbacks: bool) -> Self {
        let bound = Bound::local().await.unwrap();
        let url = bound.url();
        let life = Life::for_test();
        if callbacks {
            let gateway = gateway::start(&url).await;
            twin.point_at(&gateway);
            config.public_base_url = gateway.parse().unwrap();
        }
        let own = Db::open(config.database.expose(), SCHEMA, &MIGRATIONS)
            .await
            .unwrap();
        let serving = notification_service::start(config.clone(), bound, life.clone());
        life.spawn(async move { serving.await.unwrap() });
        let client = NotificationServiceClient::new(channel(&url));
        let mut world = Self {
            twin,
            client,
            url,
            config,
            db: own,
            life,
        };
        world.put_rules(rules()).await;
        world
    }

    pub(crate) async fn put_rules(&mut self, request: wire::PutChannelRulesRequest) -> bool {
        self.client
            .put_channel_rules(request)
            .await
            .unwrap()
            .into_inner()
            .changed
    }

    pub(crate) async fn notify(&mut self, request: wire::NotifyRequest) -> wire::NotifyResponse {
        self.client.notify(request).await.unwrap().into_inner()
    }

    pub(crate) async fn deliveries(&mut self, key: &str) -> Vec<wire::Delivery> {
        let request = wire::GetMessageRequest {
            message_key: key.to_owned(),
        };
        self.client
            .get_message(request)
            .await
            .unwrap()
            .into_inner()
            .deliveries
    }

    /// Texts by delivery id.
    pub(crate) async fn texts(&mut self, key: &str) -> HashMap<String, wire::Content> {
        let request = wire::GetMessageRequest {
            message_key: key.to_owned(),
        };
        let message = self.client.get_message(request).await.unwrap().into_inner();
        message
            .contents
            .into_iter()
            .map(|c| (c.delivery_id.clone(), c))
            .collect()
    }

    /// Waits until the delivery of that channel and recipient stands in `state`.
    pub(crate) async fn until(
        &mut self,
        key: &str,
        channel: wire::ChannelKind,
        recipient: wire::RecipientKind,
        state: wire::DeliveryState,
    ) -> wire::Delivery {
        let mut last = None;
        let found = tokio::time::timeout(SOON, async {
            loop {
                let all = self.deliveries(key).await;
                let one = all.into_iter().find(|d| {
                    d.channel == i32::from(channel) && d.recipient == i32::from(recipient)
                });
                match one {
                    Some(delivery) if delivery.state == i32::from(state) => return delivery,
                    other => last = other,
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        found.unwrap_or_else(|_| {
            let last = last.map(|d| (d.state().as_str_name(), d.reason));
            panic!("never {}: {last:?}", state.as_str_name())
        })
    }

    /// Waits until each delivery of a message stands in one of `states`.
    pub(crate) async fn until_all(&mut self, key: &str, states: &[wire::DeliveryState]) {
        eventually(SOON, async || {
            let all = self.deliveries(key).await;
            all.iter()
                .all(|d| states.contains(&d.state()))
                .then_some(())
        })
        .await;
    }

    pub(crate) async fn report(
        &mut self,
        delivery_id: &str,
        sid: &str,
        status: &str,
        code: i32,
    ) -> bool {
        let report = wire::TwilioReport {
            delivery_id: delivery_id.to_owned(),
            message_sid: sid.to_owned(),
            status: status.to_owned(),
            error_code: code,
        };
        let report = wire::record_delivery_report_request::Report::Twilio(report);
        let request = wire::RecordDeliveryReportRequest {
            report: Some(report),
        };
        self.client
            .record_delivery_report(request)
            .await
            .unwrap()
            .into_inner()
            .applied
    }

    /// Messages that the twin's Twilio accepted for a number, by channel.
    pub(crate) fn accepted(&self, number: &str, whatsapp: bool) -> Vec<Message> {
        let to = if whatsapp {
            format!("whatsapp:{number}")
        } else {
            number.to_owned()
        };
        self.twin
            .messages()
            .into_iter()
            .filter(|m| m.to == to)
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.life.stop();
        self.twin.stop();
    }
}

pub(crate) fn channel(url: &str) -> chassis::client::Channel {
    chassis::client::channel(url).unwrap()
}
