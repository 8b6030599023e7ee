//! A roster of a test's own: the service on a free port, a client, and a hand on its database.

use std::sync::Arc;
use std::time::Duration;

use chassis::client;
use chassis::config::Secret;
use chassis::crash::Points;
use chassis::db::{self, Db, StoreError};
use chassis::on;
use chassis::run::Life;
use chassis::server::Bound;
use contracts::bord::roster::v1 as pb;
use pb::roster_service_client::RosterServiceClient;
use roster_service::Config;
use test_support::TestDb;
use tonic::Status;
use uuid::Uuid;

pub(crate) use crate::samples::{
    channel, closed_now, fields, lead, owner, plumber, reason, told, wanted, with_capacity,
};

pub(crate) type Client = RosterServiceClient<client::Channel>;

pub(crate) struct RosterTest {
    pub(crate) client: Client,
    pub(crate) db: Db,
    life: Life,
    _keep: Arc<TestDb>,
}

impl RosterTest {
    /// The service as its own role, on a migrated database; nobody is at notification-service.
    pub(crate) async fn start(db: TestDb) -> Self {
        Self::start_beside(db, "http://127.0.0.1:1", Points::default()).await
    }

    pub(crate) async fn start_beside(db: TestDb, notification: &str, points: Points) -> Self {
        let url = db.role_url("roster").await;
        let bound = Bound::local().await.unwrap();
        let config = Config {
            listen: bound.addr(),
            database_url: Secret::new(url.clone()),
            migrate: true,
            notification: notification.parse().unwrap(),
            poll: Duration::from_millis(50),
            crash_points: points,
        };
        // Opened first, so that the service starts beside a schema that is already there.
        let hand = Db::open(&url, "roster", roster_service::store::migrations(&url))
            .await
            .unwrap();
        let life = Life::for_test();
        let at = bound.url();
        let served = roster_service::start(config, bound, life.clone());
        chassis::run::spawn(async move { served.await.unwrap() });
        Self {
            client: Client::new(client::channel(&at).unwrap()),
            db: hand,
            life,
            _keep: Arc::new(db),
        }
    }

    pub(crate) async fn put(&self, provider: pb::Provider) -> pb::PutProviderResponse {
        self.try_put(provider, pb::Source::Catalog, false)
            .await
            .unwrap()
    }

    pub(crate) async fn try_put(
        &self,
        provider: pb::Provider,
        source: pb::Source,
        dry_run: bool,
    ) -> Result<pb::PutProviderResponse, Status> {
        let request = pb::PutProviderRequest {
            provider: Some(provider),
            source: source.into(),
            dry_run,
            overwrite: false,
        };
        Ok(self
            .client
            .clone()
            .put_provider(request)
            .await?
            .into_inner())
    }

    pub(crate) async fn provider(&self, id: &str) -> pb::Provider {
        let request = pb::GetProviderRequest {
            provider_id: id.to_owned(),
        };
        let answer = self.client.clone().get_provider(request).await.unwrap();
        answer.into_inner().provider.unwrap()
    }

    pub(crate) async fn pause(&self, id: &str) -> bool {
        self.pause_by("operator:ana", id).await
    }

    pub(crate) async fn pause_by(&self, actor: &str, id: &str) -> bool {
        let request = pb::PauseProviderRequest {
            provider_id: id.to_owned(),
            actor: actor.to_owned(),
            cause: "holiday".to_owned(),
        };
        self.client
            .clone()
            .pause_provider(request)
            .await
            .unwrap()
            .into_inner()
            .changed
    }

    pub(crate) async fn resume(&self, id: &str) -> bool {
        let request = pb::ResumeProviderRequest {
            provider_id: id.to_owned(),
            actor: "operator:ana".to_owned(),
            cause: "back".to_owned(),
        };
        self.client
            .clone()
            .resume_provider(request)
            .await
            .unwrap()
            .into_inner()
            .changed
    }

    pub(crate) async fn ask(
        &self,
        request: pb::AssignProviderRequest,
    ) -> Result<pb::AssignProviderResponse, Status> {
        Ok(self
            .client
            .clone()
            .assign_provider(request)
            .await?
            .into_inner())
    }

    pub(crate) async fn assign(&self, lead: Uuid, attempt: i32) -> pb::AssignProviderResponse {
        self.insist(&wanted(lead, attempt)).await
    }

    /// Asks again while the service has no room for the question, as lead-service does: on a slow
    /// machine a connection may not come free in time, and that is no refusal.
    pub(crate) async fn insist(
        &self,
        request: &pb::AssignProviderRequest,
    ) -> pb::AssignProviderResponse {
        test_support::eventually(Duration::from_secs(60), async || {
            match self.ask(request.clone()).await {
                Err(status) if status.code() == tonic::Code::Unavailable => None,
                answered => Some(answered.unwrap()),
            }
        })
        .await
    }

    pub(crate) async fn release(
        &self,
        lead: Uuid,
        attempt: i32,
    ) -> Result<Option<pb::Assignment>, Status> {
        let request = pb::ReleaseAssignmentRequest {
            lead_id: lead.to_string(),
            attempt,
            cause: "silent".to_owned(),
        };
        let answer = self.client.clone().release_assignment(request).await?;
        Ok(answer.into_inner().assignment)
    }

    pub(crate) async fn confirm(&self, lead: Uuid, attempt: i32) -> Result<pb::Assignment, Status> {
        let request = pb::ConfirmAssignmentRequest {
            lead_id: lead.to_string(),
            attempt,
        };
        let answer = self.client.clone().confirm_assignment(request).await?;
        Ok(answer.into_inner().assignment.unwrap())
    }

    pub(crate) async fn free(&self, lead: Uuid, attempt: i32) -> Result<pb::Assignment, Status> {
        let request = pb::FreeSlotRequest {
            lead_id: lead.to_string(),
            attempt,
        };
        let answer = self.client.clone().free_slot(request).await?;
        Ok(answer.into_inner().assignment.unwrap())
    }

    pub(crate) async fn complete(
        &self,
        lead: Uuid,
        attempt: i32,
    ) -> Result<pb::Assignment, Status> {
        let request = pb::CompleteAssignmentRequest {
            lead_id: lead.to_string(),
            attempt,
        };
        let answer = self.client.clone().complete_assignment(request).await?;
        Ok(answer.into_inner().assignment.unwrap())
    }

    pub(crate) async fn current(&self, lead: Uuid) -> Result<pb::Assignment, Status> {
        let request = pb::GetAssignmentRequest {
            lead_id: lead.to_string(),
            attempt: 0,
        };
        let answer = self.client.clone().get_assignment(request).await?;
        Ok(answer.into_inner().assignment.unwrap())
    }

    /// Runs a statement by hand, as the service's own role, and commits it.
    pub(crate) async fn sql(&self, text: impl Into<String>) -> Result<u64, StoreError> {
        let (db, text) = (self.db.clone(), text.into());
        db::unit(async move {
            let mut tx = db.begin().await?;
            let done = on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(text))
                .execute(c).await?.rows_affected());
            tx.commit().await?;
            Ok(done)
        })
        .await
    }

    pub(crate) async fn count(&self, text: impl Into<String>) -> i64 {
        let text = text.into();
        let mut tx = self.db.read().await.unwrap();
        on!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text)).fetch_one(c).await.unwrap())
    }

    /// I4 and I5, recounted from the rows.
    pub(crate) async fn assert_books_balance(&self) {
        let wrong = "SELECT count(*) FROM provider p WHERE p.held <> (SELECT count(*)
             FROM assignment a WHERE a.provider_id = p.provider_id AND a.holds_slot)
             OR p.held > p.slot_limit";
        assert_eq!(
            self.count(wrong).await,
            0,
            "held is not what assignments hold (I5)"
        );
        let wrong = "SELECT count(*) FROM (SELECT lead_id FROM assignment
             WHERE state <> 'released' GROUP BY lead_id HAVING count(*) > 1) AS twice";
        assert_eq!(self.count(wrong).await, 0, "a lead has two owners (I4)");
    }
}

impl Drop for RosterTest {
    fn drop(&mut self) {
        self.life.stop();
    }
}
