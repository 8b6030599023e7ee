//! One lead-service with its neighbours, its catalogue, and the verbs of its stories.

use std::time::Duration;

use chassis::config::Secret;
use chassis::crash::Points;
use chassis::db::{Db, Tx};
use chassis::on;
use chassis::run::Life;
use chassis::server::{Bound, Server};
use contracts::lead::v1 as wire;
use contracts::notification::v1::notification_service_server::NotificationServiceServer;
use contracts::roster::v1::roster_service_server::RosterServiceServer;
use lead_service::Config;
use lead_service::config::Settings;
use test_support::{TestDb, eventually};
use wire::lead_service_client::LeadServiceClient;
use wire::ledger_service_client::LedgerServiceClient;

use crate::calls::SECRET;
use crate::fake_notification::FakeNotification;
use crate::fake_roster::FakeRoster;

pub(crate) const LINK_SECRET: &str = "link-secret";

pub(crate) type Client = LeadServiceClient<chassis::client::Channel>;

pub(crate) struct World {
    pub(crate) roster: FakeRoster,
    pub(crate) notification: FakeNotification,
    /// For looking and for moving the clock.
    pub(crate) store: Db,
    pub(crate) points: Points,
    settings: Settings,
    url: String,
    roster_url: String,
    notification_url: String,
    neighbours: Life,
    life: Life,
    pub(crate) client: Client,
    pub(crate) ledger: LedgerServiceClient<chassis::client::Channel>,
    // Dropped last: the services still use it.
    _db: TestDb,
}

/// Short enough for a test, long enough for a busy machine.
pub(crate) fn settings() -> Settings {
    Settings {
        budget: Duration::from_secs(5),
        lease: Duration::from_millis(400),
        backoff: Duration::from_millis(20),
        backoff_cap: Duration::from_millis(100),
        poll: Duration::from_millis(20),
        alarm_after: 3,
        // Nobody scans here, and these tests let hours pass.
        scan_late: Duration::from_secs(365 * 24 * 3600),
        ..Settings::default()
    }
}

impl World {
    pub(crate) async fn start(db: TestDb) -> Self {
        Self::start_with(db, settings()).await
    }

    pub(crate) async fn start_with(db: TestDb, settings: Settings) -> Self {
        let url = db.role_url("lead").await;
        Self::start_at(db, url, settings).await
    }

    pub(crate) async fn start_at(db: TestDb, url: String, settings: Settings) -> Self {
        let neighbours = Life::for_test();
        let roster = FakeRoster::new();
        let notification = FakeNotification::default();
        let bound = Bound::local().await.unwrap();
        let roster_url = bound.url();
        let server = Server::new("roster-service", bound).add(
            RosterServiceServer::new(roster.clone()),
            contracts::DESCRIPTOR,
        );
        neighbours.spawn(server.serve(neighbours.clone()));
        let bound = Bound::local().await.unwrap();
        let notification_url = bound.url();
        let server = Server::new("notification-service", bound).add(
            NotificationServiceServer::new(notification.clone()),
            contracts::DESCRIPTOR,
        );
        neighbours.spawn(server.serve(neighbours.clone()));
        let store = Db::open(&url, "lead", lead_service::migrations(&url))
            .await
            .unwrap();
        let mut world = Self {
            roster,
            notification,
            store,
            points: Points::default(),
            settings,
            url,
            roster_url,
            notification_url,
            life: Life::for_test(),
            client: LeadServiceClient::new(chassis::client::channel("http://127.0.0.1:1").unwrap()),
            ledger: LedgerServiceClient::new(
                chassis::client::channel("http://127.0.0.1:1").unwrap(),
            ),
            neighbours,
            _db: db,
        };
        world.serve().await;
        world.put_catalogue().await;
        world
    }

    /// Starts a service on the same database; the one before may still run.
    pub(crate) async fn serve(&mut self) {
        self.points = Points::default();
        self.life = Life::new(Duration::from_millis(300));
        let (url, served) = self.replica(self.points.clone(), self.life.clone()).await;
        self.life.spawn(served);
        let channel = chassis::client::channel(url).unwrap();
        self.ledger = LedgerServiceClient::new(channel.clone());
        self.client = LeadServiceClient::new(channel);
    }

    /// One more service on the same database, with a client of its own.
    pub(crate) async fn replica_client(&self) -> Client {
        let life = self.neighbours.clone();
        let (url, served) = self.replica(Points::default(), life.clone()).await;
        life.spawn(served);
        LeadServiceClient::new(chassis::client::channel(url).unwrap())
    }

    async fn replica(
        &self,
        points: Points,
        life: Life,
    ) -> (String, impl Future<Output = ()> + Send + use<>) {
        let bound = Bound::local().await.unwrap();
        let url = bound.url();
        let config = Config {
            listen: bound.addr(),
            database_url: Secret::new(self.url.clone()),
            migrate: true,
            roster: self.roster_url.parse().unwrap(),
            notification: self.notification_url.parse().unwrap(),
            public_base: "https://bord.example".parse().unwrap(),
            link_secrets: vec![Secret::new(LINK_SECRET)],
            call_token_secrets: vec![Secret::new(SECRET), Secret::new("the old one")],
            settings: self.settings.clone(),
            crash_points: points,
        };
        (url, async move {
            lead_service::start(config, bound, life).await.unwrap();
        })
    }

    /// Stops the service as a crash would: what runs is abandoned.
    pub(crate) async fn stop(&mut self) {
        self.life.stop();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.serve().await;
    }

    async fn put_catalogue(&mut self) {
        let request = crate::catalogue::taxonomy();
        self.client.put_taxonomy(request).await.unwrap();
        for site in [crate::catalogue::geneva(), crate::catalogue::zurich()] {
            let request = wire::PutSiteFactsRequest {
                site: Some(site),
                dry_run: false,
            };
            self.client.put_site_facts(request).await.unwrap();
        }
    }

    pub(crate) async fn dispatch(
        &mut self,
        request: wire::DispatchLeadRequest,
    ) -> wire::DispatchLeadResponse {
        self.client
            .dispatch_lead(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn lead(&mut self, lead_id: &str) -> wire::Lead {
        let request = wire::GetLeadRequest {
            lead_id: lead_id.to_owned(),
        };
        self.client
            .get_lead(request)
            .await
            .unwrap()
            .into_inner()
            .lead
            .unwrap()
    }

    pub(crate) async fn leads(&mut self) -> Vec<wire::Lead> {
        let request = wire::ListLeadsRequest {
            page_size: 200,
            ..Default::default()
        };
        self.client
            .list_leads(request)
            .await
            .unwrap()
            .into_inner()
            .leads
    }

    pub(crate) async fn events(&mut self, lead_id: &str) -> Vec<String> {
        let log = self.log(lead_id).await.into_iter();
        log.map(|event| event.kind).collect()
    }

    pub(crate) async fn log(&mut self, lead_id: &str) -> Vec<wire::LeadEvent> {
        let request = wire::ListLeadEventsRequest {
            lead_id: lead_id.to_owned(),
            page_size: 200,
            ..Default::default()
        };
        self.client
            .list_lead_events(request)
            .await
            .unwrap()
            .into_inner()
            .events
    }

    /// Waits until the lead is in a state.
    pub(crate) async fn reaches(&mut self, lead_id: &str, state: wire::LeadState) -> wire::Lead {
        let mut client = self.client.clone();
        let lead_id = lead_id.to_owned();
        eventually(Duration::from_secs(15), async || {
            let request = wire::GetLeadRequest {
                lead_id: lead_id.clone(),
            };
            let lead = client.get_lead(request).await.ok()?.into_inner().lead?;
            (lead.state() == state).then_some(lead)
        })
        .await
    }

    /// Waits until a message with a key that starts so was asked for.
    pub(crate) async fn tells(&self, prefix: &str) {
        eventually(Duration::from_secs(15), async || {
            (!self.notification.told(prefix).is_empty()).then_some(())
        })
        .await;
    }

    pub(crate) async fn pass_time(&self, length: Duration) {
        self.store.shift_clock(length).await.unwrap();
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let mut tx: Tx = self.store.read().await.unwrap();
        count(&mut tx, sql).await.unwrap()
    }
}

async fn count(tx: &mut Tx, sql: &'static str) -> Result<i64, chassis::db::StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await?))
}

impl Drop for World {
    fn drop(&mut self) {
        self.life.stop();
        self.neighbours.stop();
    }
}
