//! The harness: a twin, the service on a free port, a stand-in for the gateway that carries the
//! twin's callbacks to it, and builders whose defaults are an ordinary Geneva lead.

use std::collections::HashMap;
use std::time::Duration;

use axum::Router;
use axum::extract::{RawForm, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::routing::post;
use chassis::config::Secret;
use chassis::db::Db;
use chassis::run::Life;
use chassis::server::Bound;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use contracts::notification::v1::{self as wire, notify_request::Notice};
use notification_service::config::{Config, MailgunSettings, Timing, TwilioSettings};
use notification_service::domain::backoff::Backoff;
use notification_service::{MIGRATIONS, SCHEMA};
use serde_json::Value;
use test_support::{TestDb, eventually};
use tonic::{Code, Status};
use vendor_twin::{Message, Twin, TwinConfig};

pub(crate) type Client = NotificationServiceClient<chassis::client::Channel>;

pub(crate) const LEAD: &str = "5f0c3f2e-5b1a-5c9d-8e7f-0a1b2c3d4e5f";
pub(crate) const OPERATOR: &str = "operator@bord.example";
pub(crate) const PROVIDER_PHONE: &str = "+41795530141";
pub(crate) const PROVIDER_MAIL: &str = "pikett@plomberie-du-rhone.example";
pub(crate) const CUSTOMER_PHONE: &str = "+41791234567";
/// For what must happen; generous, since the machine may be busy.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Times short enough for tests, long enough for a busy machine.
pub(crate) fn timing() -> Timing {
    Timing {
        send_limit: Duration::from_secs(5),
        lease: Duration::from_secs(6),
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
    }
}

/// Short enough that a carrier that hangs is given up within a test.
pub(crate) fn impatient() -> Timing {
    Timing {
        send_limit: Duration::from_millis(700),
        lease: Duration::from_millis(1_500),
        ..timing()
    }
}

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
            let gateway = gateway(&url).await;
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

pub(crate) fn config(db: &TestDb, twin: &Twin, timing: Timing, full_health_copy: bool) -> Config {
    let vendor = twin.config();
    Config {
        database: Secret::new(db.url(SCHEMA)),
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
    }
}

/// Carries the twin's callbacks to the service as the gateway does; signatures are the gateway's
/// own concern.
async fn gateway(service: &str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = NotificationServiceClient::new(channel(service));
    let routes = Router::new()
        .route("/twilio/messages/status", post(twilio_status))
        .route("/mailgun/events", post(mailgun_event))
        .with_state(client);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's server, which ends with its runtime"
    )]
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn twilio_status(
    Shared(mut client): Shared<Client>,
    RawQuery(query): RawQuery,
    RawForm(body): RawForm,
) -> StatusCode {
    let pairs = |text: &[u8]| -> HashMap<String, String> {
        form_urlencoded::parse(text).into_owned().collect()
    };
    let query = pairs(query.unwrap_or_default().as_bytes());
    let form = pairs(&body);
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let report = wire::TwilioReport {
        delivery_id: query.get("d").cloned().unwrap_or_default(),
        message_sid: get("MessageSid"),
        status: get("MessageStatus"),
        error_code: get("ErrorCode").parse().unwrap_or(0),
    };
    let report = wire::record_delivery_report_request::Report::Twilio(report);
    status(
        client
            .record_delivery_report(wire::RecordDeliveryReportRequest {
                report: Some(report),
            })
            .await
            .map(drop),
    )
}

async fn mailgun_event(Shared(mut client): Shared<Client>, body: String) -> StatusCode {
    let body: Value = serde_json::from_str(&body).unwrap();
    let report = mailgun_report(&body);
    status(client.record_delivery_report(report).await.map(drop))
}

/// A webhook body as the gateway hands it on.
pub(crate) fn mailgun_report(body: &Value) -> wire::RecordDeliveryReportRequest {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let event = &body["event-data"];
    let report = wire::MailgunReport {
        token: text(&body["signature"]["token"]),
        event_key: format!("{}:{}", text(&event["id"]), event["timestamp"]),
        event: text(&event["event"]),
        severity: text(&event["severity"]),
        reason: text(&event["reason"]),
        code: event["delivery-status"]["code"].as_i64().unwrap_or(0) as i32,
        message_id: text(&event["message"]["headers"]["message-id"]),
        delivery_id: text(&event["user-variables"]["delivery_id"]),
    };
    let report = wire::record_delivery_report_request::Report::Mailgun(report);
    wire::RecordDeliveryReportRequest {
        report: Some(report),
    }
}

fn status(outcome: Result<(), Status>) -> StatusCode {
    match outcome {
        Ok(()) => StatusCode::OK,
        Err(refused) if refused.code() == Code::FailedPrecondition => StatusCode::NOT_ACCEPTABLE,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub(crate) fn rules() -> wire::PutChannelRulesRequest {
    let country = |country: &str, sms: &str, whatsapp: &str, two_way_sms| wire::CountryRules {
        country: country.to_owned(),
        sms_from: sms.to_owned(),
        whatsapp_from: whatsapp.to_owned(),
        two_way_sms,
    };
    let languages = ["fr", "de", "it", "en", "id", "es"];
    wire::PutChannelRulesRequest {
        countries: vec![
            country("CH", "+41798071420", "+41798071421", true),
            country("ID", "+6281190071420", "+6281190071421", false),
            country("ES", "+34644071420", "", true),
            country("DE", "", "+491713920021", true),
        ],
        whatsapp_templates: languages
            .iter()
            .map(|language| wire::WhatsappTemplate {
                template: "provider_offer".to_owned(),
                language: (*language).to_owned(),
                content_sid: format!("HX{language:0>32}"),
            })
            .collect(),
        languages: languages.map(str::to_owned).to_vec(),
        dry_run: false,
    }
}

pub(crate) fn lead() -> wire::LeadFacts {
    let names = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    wire::LeadFacts {
        lead_id: LEAD.to_owned(),
        attempt: 1,
        source_country: "CH".to_owned(),
        allowed_countries: vec!["CH".to_owned(), "FR".to_owned()],
        site_url: "https://plombiersgeneve.ch".to_owned(),
        customer_name: "Marie Dupont".to_owned(),
        customer_phone_e164: CUSTOMER_PHONE.to_owned(),
        language: "fr".to_owned(),
        service: "Fuite sous l'évier de la cuisine".to_owned(),
        category: "plumbing".to_owned(),
        category_names: names(&[("fr", "Plomberie"), ("de", "Sanitär"), ("en", "Plumbing")]),
        location: "Rue de Carouge 12, Carouge".to_owned(),
        city: "geneve".to_owned(),
        city_names: names(&[("fr", "Genève"), ("de", "Genf"), ("en", "Geneva")]),
        urgency: "emergency".to_owned(),
        health: false,
        recording_url: String::new(),
        create_time: Some(prost_types::Timestamp {
            seconds: 1_795_250_000,
            nanos: 0,
        }),
        time_zone: "Europe/Zurich".to_owned(),
    }
}

pub(crate) fn provider() -> wire::ProviderFacts {
    wire::ProviderFacts {
        provider_id: "plomberie-du-rhone".to_owned(),
        name: "Plomberie du Rhône Sàrl".to_owned(),
        language: "fr".to_owned(),
        country: "CH".to_owned(),
        whatsapp_e164: PROVIDER_PHONE.to_owned(),
        sms_e164: PROVIDER_PHONE.to_owned(),
        email: PROVIDER_MAIL.to_owned(),
        address: "Rue de la Coulouvrenière 118, 1204 Genève".to_owned(),
    }
}

pub(crate) fn key(attempt: i32) -> String {
    format!("lead:{LEAD}:{attempt}")
}

pub(crate) fn assigned() -> wire::NotifyRequest {
    assigned_with(lead(), provider())
}

pub(crate) fn assigned_with(
    lead: wire::LeadFacts,
    provider: wire::ProviderFacts,
) -> wire::NotifyRequest {
    let notice = wire::LeadAssigned {
        lead: Some(lead),
        provider: Some(provider),
    };
    wire::NotifyRequest {
        message_key: key(1),
        not_after: None,
        notice: Some(Notice::LeadAssigned(notice)),
    }
}

/// An offer that goes out by one text message only: the other channels have no address.
pub(crate) fn one_sms() -> wire::NotifyRequest {
    let provider = wire::ProviderFacts {
        whatsapp_e164: String::new(),
        email: String::new(),
        ..provider()
    };
    let lead = wire::LeadFacts {
        customer_phone_e164: String::new(),
        ..lead()
    };
    assigned_with(lead, provider)
}

pub(crate) fn one_whatsapp() -> wire::NotifyRequest {
    let provider = wire::ProviderFacts {
        sms_e164: String::new(),
        email: String::new(),
        ..provider()
    };
    let lead = wire::LeadFacts {
        customer_phone_e164: String::new(),
        ..lead()
    };
    assigned_with(lead, provider)
}

pub(crate) fn alarm(slot: u32) -> wire::NotifyRequest {
    let notice = wire::OperatorAlarm {
        kind: "SCAN_LATE".to_owned(),
        subject: "quality".to_owned(),
        text: "The last good scan is 40 minutes old.".to_owned(),
    };
    wire::NotifyRequest {
        message_key: format!("alarm:SCAN_LATE:quality:{slot}"),
        not_after: None,
        notice: Some(Notice::OperatorAlarm(notice)),
    }
}

pub(crate) use wire::ChannelKind::{Email, Sms, Whatsapp};
pub(crate) use wire::RecipientKind::{Customer, Operator, Provider};
