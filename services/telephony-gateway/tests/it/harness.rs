//! A world for one test: the service on a free port, a twin of the vendors, and a small stand-in
//! for the gateway, so that calls placed at the twin travel their whole way.

use std::time::Duration;

use axum::Router;
use axum::extract::{Query, RawForm, State};
use axum::routing::post;
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

pub(crate) const DID: &str = "+41225394512";
pub(crate) const CHAIN: &str = "+41779503412";
pub(crate) const CALLER: &str = "+41791112233";
pub(crate) const SITE: &str = "plombiersgeneve";
pub(crate) const AGENT: &str = "bord-plombiersgeneve";

/// A prompt that the twin's scripted agent follows as a model would.
pub(crate) const PROMPT: &str = "Vous êtes l'assistant de Plombiers Genève : plomberie, fuites, \
    robinets. **APPELEZ TOUJOURS `dispatch_lead` AVANT DE DIRE AU REVOIR.** Ne demandez jamais la \
    date de naissance. Ne donnez jamais l'adresse d'un plombier avant dispatch_lead. Hors sujet : \
    dites ce que fait ce site, ne transmettez rien.";

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
            fallback_url: Some("https://fallback.example/voice.xml".parse().unwrap()),
            pace,
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
        let request = wire::StartScenarioRunRequest {
            agent_name: agent.to_owned(),
            configuration_hash: hash.to_owned(),
            repeats: 5,
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

    /// Every entry of the feed so far, as (kind, entry), once at least `count` are there.
    pub(crate) async fn entries(&self, count: usize) -> Vec<(&'static str, wire::CallEntry)> {
        let request = wire::FollowCallsRequest::default();
        let mut stream = self
            .calls
            .clone()
            .follow_calls(request)
            .await
            .unwrap()
            .into_inner();
        let mut found = Vec::new();
        loop {
            // Beyond the count only what is there already is taken.
            let limit = Duration::from_millis(if found.len() < count { 10_000 } else { 400 });
            match tokio::time::timeout(limit, stream.message()).await {
                Ok(Ok(Some(message))) => {
                    let entry = message.entry.unwrap();
                    found.push((kind(&entry), entry));
                }
                _ => return found,
            }
        }
    }

    pub(crate) async fn kinds(&self, count: usize) -> Vec<&'static str> {
        self.entries(count)
            .await
            .into_iter()
            .map(|(kind, _)| kind)
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.life.stop();
    }
}

fn kind(entry: &wire::CallEntry) -> &'static str {
    use wire::call_entry::Entry;
    match entry.entry.as_ref().expect("every kind is known") {
        Entry::Ended(_) => "ended",
        Entry::Conversation(_) => "conversation",
        Entry::Voicemail(_) => "voicemail",
        Entry::Fallback(_) => "fallback",
        Entry::Verified(_) => "verified",
        Entry::Alarm(_) => "alarm",
    }
}

pub(crate) fn ring(
    sid: &str,
    to: &str,
    from: &str,
    forwarded_from: &str,
) -> wire::AnswerCallRequest {
    let now = chassis::clock::now();
    let nanos = i32::try_from(now.timestamp_subsec_nanos()).unwrap();
    wire::AnswerCallRequest {
        call_sid: sid.to_owned(),
        to: to.to_owned(),
        from: from.to_owned(),
        forwarded_from: forwarded_from.to_owned(),
        account_sid: String::new(),
        receive_time: Some(prost_types::Timestamp {
            seconds: now.timestamp(),
            nanos,
        }),
    }
}

pub(crate) fn site() -> wire::Site {
    wire::Site {
        site_id: SITE.to_owned(),
        url: "https://plombiersgeneve.ch".to_owned(),
        country: "CH".to_owned(),
        languages: vec!["fr".to_owned(), "en".to_owned()],
        time_zone: "Europe/Zurich".to_owned(),
        disclosure: "Bonjour, vous parlez à une IA & l'appel est enregistré. Comment aider ?"
            .to_owned(),
        paused: false,
    }
}

pub(crate) fn number() -> wire::Number {
    wire::Number {
        number_e164: DID.to_owned(),
        site_id: SITE.to_owned(),
        country: "CH".to_owned(),
        chain_mobile_e164: CHAIN.to_owned(),
        chain_carrier: "Digital Republic eSIM".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn agent() -> wire::Agent {
    let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    wire::Agent {
        name: AGENT.to_owned(),
        site_id: SITE.to_owned(),
        configuration: Some(wire::AgentConfiguration {
            language: "fr".to_owned(),
            voice_id: "cjVigY5qzO86Huf0OWal".to_owned(),
            voice_name: "Eric".to_owned(),
            llm: "gpt-4o".to_owned(),
            prompt: PROMPT.to_owned(),
            initial_wait_time: seconds(3),
            silence_end_call_timeout: seconds(30),
            max_duration: seconds(600),
            dispatch_fidelity: true,
            ..Default::default()
        }),
        served_categories: vec!["plumbing".to_owned()],
        ..Default::default()
    }
}

/// What the gateway does with Twilio's requests, without its signatures and limits.
fn stand_in(world: &World, bound: Bound) {
    type Calls = CallServiceClient<Channel>;
    type Form = std::collections::HashMap<String, String>;
    fn read(RawForm(body): RawForm) -> Form {
        form_urlencoded::parse(&body).into_owned().collect()
    }
    fn get(form: &Form, name: &str) -> String {
        form.get(name).cloned().unwrap_or_default()
    }
    fn xml(twiml: String) -> ([(&'static str, &'static str); 1], String) {
        ([("content-type", "text/xml")], twiml)
    }
    fn seconds(form: &Form, name: &str) -> Option<prost_types::Duration> {
        let seconds = form.get(name)?.parse().ok()?;
        Some(prost_types::Duration { seconds, nanos: 0 })
    }
    let voice = async |State(mut calls): State<Calls>, form: RawForm| {
        let form = read(form);
        let request = ring(
            &get(&form, "CallSid"),
            &get(&form, "To"),
            &get(&form, "From"),
            &get(&form, "ForwardedFrom"),
        );
        xml(calls.answer_call(request).await.unwrap().into_inner().twiml)
    };
    let after = async |State(mut calls): State<Calls>, Query(query): Query<Form>, form: RawForm| {
        let form = read(form);
        let request = wire::ResumeCallRequest {
            call_sid: get(&form, "CallSid"),
            stage: wire::ResumeStage::AfterAgent.into(),
            to: get(&form, "To"),
            from: get(&form, "From"),
            resume_token: get(&query, "t"),
        };
        xml(calls.resume_call(request).await.unwrap().into_inner().twiml)
    };
    let voicemail = async |State(mut calls): State<Calls>, form: RawForm| {
        let form = read(form);
        let request = wire::RecordVoicemailRequest {
            call_sid: get(&form, "CallSid"),
            recording_sid: get(&form, "RecordingSid"),
            duration: seconds(&form, "RecordingDuration"),
            status: get(&form, "RecordingStatus"),
            to: get(&form, "To"),
            from: get(&form, "From"),
        };
        xml(calls
            .record_voicemail(request)
            .await
            .unwrap()
            .into_inner()
            .twiml)
    };
    let status = async |State(mut calls): State<Calls>, form: RawForm| {
        let form = read(form);
        let request = wire::RecordCallProgressRequest {
            call_sid: get(&form, "CallSid"),
            status: get(&form, "CallStatus"),
            to: get(&form, "To"),
            from: get(&form, "From"),
            duration: seconds(&form, "CallDuration"),
            ..Default::default()
        };
        calls.record_call_progress(request).await.unwrap();
    };
    let conversations = world.conversations.clone();
    let post_call = async move |body: axum::body::Bytes| {
        let request = wire::RecordConversationRequest {
            body: body.to_vec(),
        };
        conversations
            .clone()
            .record_conversation(request)
            .await
            .unwrap();
    };
    let tool = async || r#"{"ok":true,"lead_id":"l","status":"assigned","say":"C'est transmis."}"#;
    let router = Router::new()
        .route("/twilio/voice", post(voice))
        .route("/twilio/voice/after-agent", post(after))
        .route("/twilio/voice/voicemail", post(voicemail))
        .route("/twilio/voice/status", post(status))
        .route("/elevenlabs/post-call", post(post_call))
        .route("/elevenlabs/tools/dispatch_lead", post(tool))
        .with_state(world.calls.clone());
    let stopping = world.life.stopping();
    chassis::run::spawn(async move {
        let serving = axum::serve(bound.into_listener(), router).with_graceful_shutdown(stopping);
        serving.await.unwrap();
    });
}
