//! quality-service with a telephony that holds one agent: candidates by hash, runs of the gate, what
//! stands at the vendor, and seals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chassis::db::Db;
use chassis::fault::{self, Kind};
use chassis::ids;
use contracts::quality::v1 as quality;
use contracts::quality::v1::quality_service_client::QualityServiceClient;
use contracts::telephony::v1 as wire;
use quality_service::MIGRATIONS;
use quality_service::app::prompt::Prompts;
use quality_service::domain::flag::{Finding, Kind as Found, Owner};
use test_support::{Fake, TestDb, eventually};
use tonic::Status;

use crate::world::{PATIENCE, World};

pub(crate) const AGENT: &str = "bord-plombiersgeneve";
/// Everything but the rule on addresses; closing phrases with emphasis.
pub(crate) const PROMPT: &str = "# Votre rôle\n\nVous répondez au téléphone.\n\n# L'outil\n\nAppelez `dispatch_lead` dès que vous avez les cinq informations.\n\n**NE PRONONCEZ JAMAIS DE FORMULE DE CLÔTURE AVANT D'AVOIR APPELÉ `dispatch_lead`.**\n\n- Ne demandez jamais la date de naissance.\n\n# Questions fréquentes\n\n## Le dimanche ?\n\nOui.\n";

/// Telephony and the vendor behind it.
#[derive(Default)]
pub(crate) struct Vendor {
    pub(crate) agent: wire::Agent,
    /// Configurations by hash, as telephony keeps them.
    pub(crate) kept: BTreeMap<String, wire::AgentConfiguration>,
    /// The prompt that stands at the vendor.
    pub(crate) live: String,
    pub(crate) sealed: BTreeSet<String>,
    /// Runs: their hash and the scenarios beside the mandatory ones.
    pub(crate) runs: Vec<(String, Vec<wire::OwnScenario>)>,
    /// The gate fails whatever is tried.
    pub(crate) fails: bool,
    /// How many runs the vendor spoils.
    pub(crate) spoils: usize,
    pub(crate) releases: Vec<(String, String)>,
}

pub(crate) fn hash(configuration: &wire::AgentConfiguration) -> String {
    ids::derive("hash", &[&format!("{configuration:?}")])
        .simple()
        .to_string()
}

impl Vendor {
    fn put(&mut self, asked: wire::PutAgentRequest) -> String {
        let configuration = asked.agent.unwrap().configuration.unwrap();
        let hash = hash(&configuration);
        if !asked.dry_run {
            self.kept.insert(hash.clone(), configuration.clone());
            self.agent.configuration = Some(configuration);
            self.agent.configuration_hash.clone_from(&hash);
        }
        hash
    }

    fn release(&mut self, hash: &str, by: String) -> Result<bool, Status> {
        if !self.sealed.contains(hash) {
            return Err(fault::plain(Kind::Refused, "SEAL_MISSING", "no seal"));
        }
        let prompt = self.kept[hash].prompt.clone();
        let changed = self.live != prompt || self.agent.released_hash != hash;
        self.live = prompt;
        if self.agent.released_hash != hash {
            hash.clone_into(&mut self.agent.released_hash);
            self.agent.release_time = Some(now());
        }
        self.releases.push((hash.to_owned(), by));
        Ok(changed)
    }

    fn drifts(&self) -> Vec<wire::Drift> {
        let released = self.kept.get(&self.agent.released_hash);
        if released.is_none_or(|released| released.prompt == self.live) {
            return Vec::new();
        }
        vec![wire::Drift {
            path: "conversation_config.agent.prompt.prompt".to_owned(),
            released: "\"sealed\"".to_owned(),
            live: serde_json::to_string(&self.live).unwrap(),
        }]
    }

    fn run(&mut self, run_id: &str) -> wire::ScenarioRun {
        let index: usize = run_id.parse().unwrap();
        let hash = self.runs[index].0.clone();
        let (state, failed, invalid) = if self.spoils > 0 {
            self.spoils -= 1;
            (wire::ScenarioRunState::Invalid, 0, 1)
        } else if self.fails {
            (wire::ScenarioRunState::Failed, 2, 0)
        } else {
            self.sealed.insert(hash.clone());
            (wire::ScenarioRunState::Passed, 0, 0)
        };
        wire::ScenarioRun {
            run_id: run_id.to_owned(),
            configuration_hash: hash,
            state: state.into(),
            results: vec![wire::ScenarioResult {
                scenario: "dental-urgency".to_owned(),
                passed: 3,
                failed,
                invalid,
                reasons: vec!["the agent said goodbye first.".to_owned()],
                ..Default::default()
            }],
            credits_used: Some(400),
            ..Default::default()
        }
    }
}

fn now() -> prost_types::Timestamp {
    let now = chassis::clock::now();
    prost_types::Timestamp {
        seconds: now.timestamp(),
        nanos: i32::try_from(now.timestamp_subsec_nanos()).unwrap(),
    }
}

/// The world with its vendor and a handle of the same mending on the same database.
pub(crate) struct Mending {
    pub(crate) world: World,
    pub(crate) vendor: Arc<Mutex<Vendor>>,
    pub(crate) prompts: Prompts,
    pub(crate) db: Db,
}

impl Mending {
    /// The agent is live with `PROMPT`; nothing runs yet.
    pub(crate) async fn new(db: &TestDb) -> Self {
        let mut world = World::new(db).await;
        world.config.prompts.poll = Duration::from_millis(10);
        world.config.prompts.look = Duration::from_millis(50);
        let vendor = Arc::new(Mutex::new(released(PROMPT)));
        serve(&world.telephony, &vendor);
        let url = world.config.database.expose().to_owned();
        let db = Db::open(&url, "quality", &MIGRATIONS).await.unwrap();
        let prompts = Prompts::new(&world.config, db.clone()).unwrap();
        prompts.observe().await.unwrap();
        Self {
            world,
            vendor,
            prompts,
            db,
        }
    }

    pub(crate) async fn started(db: &TestDb) -> Self {
        let mut this = Self::new(db).await;
        this.world.start().await;
        this
    }

    pub(crate) fn rpc(&self) -> QualityServiceClient<chassis::client::Channel> {
        self.world.books.clone().unwrap()
    }

    pub(crate) fn vendor(&self) -> std::sync::MutexGuard<'_, Vendor> {
        self.vendor.lock().unwrap()
    }

    /// Raises a flag of a call, for the machine.
    pub(crate) async fn flag(&self, kind: Found, call: &str) -> uuid::Uuid {
        let found = Finding {
            owner: Owner::Machine,
            conversation_id: call.to_owned(),
            ..Finding::new(kind, call, "", "A rule was broken.").of_agent(AGENT)
        };
        let id = found.id();
        self.prompts.raise(vec![found]).await.unwrap();
        id
    }

    /// State, owner and text of a flag.
    pub(crate) async fn flag_now(&self, id: uuid::Uuid) -> (String, String, String) {
        let mut tx = self.db.read().await.unwrap();
        row(&mut tx, id).await.unwrap()
    }

    pub(crate) async fn flag_when(&self, id: uuid::Uuid, state: &str) -> (String, String, String) {
        eventually(PATIENCE, async || {
            Some(self.flag_now(id).await).filter(|flag| flag.0 == state)
        })
        .await
    }

    pub(crate) async fn handed_over(&self, id: uuid::Uuid) -> String {
        let handed = async || Some(self.flag_now(id).await).filter(|flag| flag.1 == "operator");
        eventually(PATIENCE, handed).await.2
    }

    /// Open flags of a kind.
    pub(crate) async fn open(&self, kind: Found) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        count(&mut tx, kind.name()).await.unwrap()
    }

    /// Revisions, newest first.
    pub(crate) async fn revisions(&self) -> Vec<quality::PromptRevision> {
        let request = quality::ListPromptRevisionsRequest {
            agent_name: AGENT.to_owned(),
            ..Default::default()
        };
        let mut rpc = self.rpc();
        rpc.list_prompt_revisions(request)
            .await
            .unwrap()
            .into_inner()
            .revisions
    }

    pub(crate) async fn revision_when(
        &self,
        is_it: impl Fn(&quality::PromptRevision) -> bool,
    ) -> quality::PromptRevision {
        eventually(PATIENCE, async || {
            self.revisions().await.into_iter().find(&is_it)
        })
        .await
    }
}

async fn row(
    tx: &mut chassis::db::Tx,
    id: uuid::Uuid,
) -> Result<(String, String, String), chassis::db::StoreError> {
    Ok(chassis::on!(tx, c => sqlx::query_as(
        "SELECT state, owner, CASE WHEN state = 'resolved' THEN resolution ELSE text END
           FROM flag WHERE flag_id = $1").bind(id).fetch_one(c).await?))
}

async fn count(tx: &mut chassis::db::Tx, kind: &str) -> Result<i64, chassis::db::StoreError> {
    Ok(chassis::on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM flag WHERE kind = $1 AND state <> 'resolved'")
        .bind(kind).fetch_one(c).await?))
}

pub(crate) fn configuration(prompt: &str) -> wire::AgentConfiguration {
    wire::AgentConfiguration {
        language: "fr-CH".to_owned(),
        llm: "gpt-4o".to_owned(),
        prompt: prompt.to_owned(),
        data_collection: [("sentiment".to_owned(), "How the caller felt.".to_owned())].into(),
        ..Default::default()
    }
}

fn released(prompt: &str) -> Vendor {
    let configuration = configuration(prompt);
    let hash = hash(&configuration);
    Vendor {
        agent: wire::Agent {
            name: AGENT.to_owned(),
            site_id: "geneva-plumbing".to_owned(),
            configuration: Some(configuration.clone()),
            served_categories: vec!["plumbing".to_owned()],
            configuration_hash: hash.clone(),
            released_hash: hash.clone(),
            release_time: Some(prost_types::Timestamp {
                seconds: 1_795_000_000,
                nanos: 0,
            }),
            ..Default::default()
        },
        live: prompt.to_owned(),
        sealed: [hash.clone()].into(),
        kept: [(hash, configuration)].into(),
        ..Vendor::default()
    }
}

fn serve(telephony: &Fake, vendor: &Arc<Mutex<Vendor>>) {
    let of = |vendor: &Arc<Mutex<Vendor>>| Arc::clone(vendor);
    let held = of(vendor);
    telephony.answer(
        "CatalogService/ListAgents",
        move |_: wire::ListAgentsRequest| {
            let agents = vec![held.lock().unwrap().agent.clone()];
            Ok(wire::ListAgentsResponse {
                agents,
                ..Default::default()
            })
        },
    );
    let held = of(vendor);
    telephony.answer(
        "CatalogService/GetAgent",
        move |asked: wire::GetAgentRequest| {
            let agent = held.lock().unwrap().agent.clone();
            if asked.name != agent.name {
                return Err(fault::plain(Kind::NotFound, "UNKNOWN_AGENT", "unknown"));
            }
            Ok(wire::GetAgentResponse { agent: Some(agent) })
        },
    );
    let held = of(vendor);
    telephony.answer(
        "CatalogService/PutAgent",
        move |asked: wire::PutAgentRequest| {
            let configuration_hash = held.lock().unwrap().put(asked);
            Ok(wire::PutAgentResponse {
                configuration_hash,
                ..Default::default()
            })
        },
    );
    let held = of(vendor);
    telephony.answer(
        "CatalogService/CompareAgent",
        move |_: wire::CompareAgentRequest| {
            let drifts = held.lock().unwrap().drifts();
            Ok(wire::CompareAgentResponse {
                drifts,
                ..Default::default()
            })
        },
    );
    let held = of(vendor);
    telephony.answer(
        "CatalogService/ReleaseAgentPrompt",
        move |asked: wire::ReleaseAgentPromptRequest| {
            let mut vendor = held.lock().unwrap();
            let changed = vendor.release(&asked.configuration_hash, asked.approved_by)?;
            let agent = Some(vendor.agent.clone());
            Ok(wire::ReleaseAgentPromptResponse { agent, changed })
        },
    );
    let held = of(vendor);
    telephony.answer(
        "ConversationService/StartScenarioRun",
        move |asked: wire::StartScenarioRunRequest| {
            let mut vendor = held.lock().unwrap();
            if !vendor.kept.contains_key(&asked.configuration_hash) {
                return Err(fault::plain(
                    Kind::NotFound,
                    "UNKNOWN_CONFIGURATION",
                    "unknown",
                ));
            }
            vendor
                .runs
                .push((asked.configuration_hash, asked.own_scenarios));
            let run_id = (vendor.runs.len() - 1).to_string();
            Ok(wire::StartScenarioRunResponse { run_id })
        },
    );
    let held = of(vendor);
    telephony.answer(
        "ConversationService/GetScenarioRun",
        move |asked: wire::GetScenarioRunRequest| {
            let run = Some(held.lock().unwrap().run(&asked.run_id));
            Ok(wire::GetScenarioRunResponse { run })
        },
    );
}
