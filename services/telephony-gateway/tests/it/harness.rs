//! A world for one test: the service on a free port, a twin of the vendors, and a stand-in for the
//! gateway, so that calls placed at the twin travel their whole way.

use std::time::Duration;

use chassis::client::{self, Channel};
use chassis::config::Secret;
use chassis::db::Db;
use chassis::run::Life;
use chassis::server::Bound;
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::call_service_client::CallServiceClient;
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;
use contracts::telephony::v1::conversation_service_client::ConversationServiceClient;
use telephony_gateway::{Config, MIGRATIONS, Pace, SCHEMA};
use test_support::TestDb;
use vendor_twin::{Twin, TwinConfig};

use crate::samples::{AGENT, CALLER, DID, agent, number, ring, site};
use crate::stand_in::stand_in;

pub(crate) struct World {
    pub(crate) twin: Twin,
    pub(crate) db: Db,
    pub(crate) life: Life,
    pub(crate) calls: CallServiceClient<Channel>,
    pub(crate) catalog: CatalogServiceClient<Channel>,
    pub(crate) conversations: ConversationServiceClient<Channel>,
    pub(crate) gateway: String,
    pub(crate) config: Config,
}

/// Nothing is polled unless a test asks for it.
pub(crate) fn still() -> Pace {
    let never = Duration::from_secs(3_600);
    Pace {
        poll_calls: never,
        poll_recordings: never,
        poll_conversations: never,
        poll_run: Duration::from_millis(30),
        journal: Duration::from_millis(50),
        refresh: Duration::from_millis(200),
        ..Pace::default()
    }
}

impl World {
    pub(crate) async fn start(db: &TestDb) -> Self {
        Self::start_with(db, still(), TwinConfig::default()).await
    }

    pub(crate) async fn start_with(db: &TestDb, pace: Pace, twin: TwinConfig) -> Self {
        let db = Db::open(&db.url(SCHEMA), SCHEMA, &MIGRATIONS)
            .await
            .unwrap();
        let gateway = Bound::local().await.unwrap();
        let url = gateway.url();
        let twin = Twin::start(TwinConfig {
            public_base_url: Some(url.clone()),
            bord_base_url: Some(url.clone()),
            ..twin
        })
        .await
        .unwrap();
        let base = twin.url();
        let world = Self::serve(twin, db, pace, base, url).await;
        stand_in(&world, gateway);
        world
    }

    /// A second replica over the same database and twin.
    pub(crate) async fn replica(&self) -> Self {
        let base = self.twin.url();
        let pace = self.config.pace;
        Self::serve(
            self.twin.clone(),
            self.db.clone(),
            pace,
            base,
            self.gateway.clone(),
        )
        .await
    }

    /// The service over a vendor at another address.
    pub(crate) async fn serve(
        twin: Twin,
        db: Db,
        pace: Pace,
        vendor: String,
        gateway: String,
    ) -> Self {
        let keys = twin.config().clone();
        let bound = Bound::local().await.unwrap();
        let url = bound.url();
        let config = Config {
            listen: bound.addr(),
            database: Secret::new("unused"),
            migrate_at_start: true,
            twilio_base: vendor.parse().unwrap(),
            twilio_account_sid: keys.twilio_account_sid.clone(),
            twilio_key_sid: keys.twilio_api_key_sid.clone(),
            twilio_key_secret: Secret::new(keys.twilio_api_key_secret.clone()),
            elevenlabs_base: vendor.parse().unwrap(),
            elevenlabs_key: Secret::new(keys.elevenlabs_api_key.clone()),
            public_base: gateway.parse().unwrap(),
            call_token_secrets: vec![Secret::new("call-secret")],
            dispatch_tool_secrets: vec![Secret::new("tool-secret")],
            pace,
            crash_points: chassis::crash::Points::default(),
        };
        let life = Life::for_test();
        let serving = telephony_gateway::start_on(config.clone(), db.clone(), bound, life.clone());
        chassis::run::spawn(async move { serving.await.unwrap() });
        let channel = client::channel(&url).unwrap();
        Self {
            calls: CallServiceClient::new(channel.clone()),
            catalog: CatalogServiceClient::new(channel.clone()),
            conversations: ConversationServiceClient::new(channel),
            twin,
            db,
            life,
            gateway,
            config,
        }
    }

    /// Site and number, without an agent.
    pub(crate) async fn with_number(&self) {
        self.put_site(site()).await.unwrap();
        self.put_number(number()).await.unwrap();
    }

    /// Site, number, and an agent that passed the gate and is live.
    pub(crate) async fn with_agent(&self) -> String {
        self.with_number().await;
        let hash = self.put_agent(agent()).await.unwrap().configuration_hash;
        let run = self.run(AGENT, &hash).await;
        assert_eq!(run.state(), wire::ScenarioRunState::Passed, "{run:?}");
        self.release(AGENT, &hash).await.unwrap();
        hash
    }

    pub(crate) async fn put_site(
        &self,
        site: wire::Site,
    ) -> Result<wire::PutSiteResponse, tonic::Status> {
        let request = wire::PutSiteRequest {
            site: Some(site),
            source: 1,
            ..Default::default()
        };
        Ok(self.catalog.clone().put_site(request).await?.into_inner())
    }

    pub(crate) async fn put_number(
        &self,
        number: wire::Number,
    ) -> Result<wire::PutNumberResponse, tonic::Status> {
        let request = wire::PutNumberRequest {
            number: Some(number),
            source: 1,
            ..Default::default()
        };
        Ok(self.catalog.clone().put_number(request).await?.into_inner())
    }

    pub(crate) async fn put_agent(
        &self,
        agent: wire::Agent,
    ) -> Result<wire::PutAgentResponse, tonic::Status> {
        let request = wire::PutAgentRequest {
            agent: Some(agent),
            source: 1,
            ..Default::default()
        };
        Ok(self.catalog.clone().put_agent(request).await?.into_inner())
    }

    pub(crate) async fn release(
        &self,
        name: &str,
        hash: &str,
    ) -> Result<wire::ReleaseAgentPromptResponse, tonic::Status> {
        let request = wire::ReleaseAgentPromptRequest {
            name: name.to_owned(),
            configuration_hash: hash.to_owned(),
            approved_by: "operator:ana".to_owned(),
        };
        Ok(self
            .catalog
            .clone()
            .release_agent_prompt(request)
            .await?
            .into_inner())
    }

    /// Starts a scenario run and waits for its end.
    pub(crate) async fn run(&self, agent: &str, hash: &str) -> wire::ScenarioRun {
        self.run_with(agent, hash, Vec::new()).await
    }

    /// The same with scenarios of the agent's own.
    pub(crate) async fn run_with(
        &self,
        agent: &str,
        hash: &str,
        own_scenarios: Vec<wire::OwnScenario>,
    ) -> wire::ScenarioRun {
        let request = wire::StartScenarioRunRequest {
            agent_name: agent.to_owned(),
            configuration_hash: hash.to_owned(),
            repeats: 5,
            own_scenarios,
        };
        let run_id = self
            .conversations
            .clone()
            .start_scenario_run(request)
            .await
            .unwrap()
            .into_inner()
            .run_id;
        test_support::eventually(Duration::from_secs(30), async || {
            let request = wire::GetScenarioRunRequest {
                run_id: run_id.clone(),
            };
            let run = self.conversations.clone().get_scenario_run(request).await;
            let run = run.unwrap().into_inner().run.unwrap();
            (run.state() != wire::ScenarioRunState::Running).then_some(run)
        })
        .await
    }

    pub(crate) async fn answer(&self, sid: &str) -> wire::AnswerCallResponse {
        self.answer_from(sid, DID, CALLER, "").await
    }

    pub(crate) async fn answer_from(
        &self,
        sid: &str,
        to: &str,
        from: &str,
        forwarded_from: &str,
    ) -> wire::AnswerCallResponse {
        let request = ring(sid, to, from, forwarded_from);
        self.calls
            .clone()
            .answer_call(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn call(&self, sid: &str) -> wire::Call {
        let request = wire::GetCallRequest {
            call_sid: sid.to_owned(),
        };
        self.calls
            .clone()
            .get_call(request)
            .await
            .unwrap()
            .into_inner()
            .call
            .unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.life.stop();
    }
}
