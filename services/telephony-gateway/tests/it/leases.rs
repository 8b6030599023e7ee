//! Leases: what a killed process worked on runs again within ten seconds (P15), what takes long is
//! done by one (I28).

use std::time::{Duration, Instant};

use chassis::client::{self, Channel};
use chassis::db::Db;
use chassis::run::Life;
use chassis::server::Bound;
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::call_service_client::CallServiceClient;
use contracts::telephony::v1::conversation_service_client::ConversationServiceClient;
use futures::future::join_all;
use telephony_gateway::{Config, MIGRATIONS, Pace, SCHEMA};
use test_support::{TestDb, eventually, on_both};
use vendor_twin::{Fault, FaultKind, Scenario, TwinConfig, Vendor};

use crate::erasure::quick;
use crate::harness::World;
use crate::samples::{AGENT, CALLER, agent, site};

/// A replica on a runtime of its own, which ends at any await point as a killed process does.
struct Doomed {
    runtime: tokio::runtime::Runtime,
    url: String,
}

impl Doomed {
    fn start(config: &Config, db: &TestDb) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        let (url, config) = (db.url(SCHEMA), config.clone());
        runtime.spawn(async move {
            let db = Db::open(&url, SCHEMA, &MIGRATIONS).await.unwrap();
            let bound = Bound::local().await.unwrap();
            tell.send(bound.url()).unwrap();
            telephony_gateway::start_on(config, db, bound, Life::for_test()).await
        });
        let url = told.recv().unwrap();
        Self { runtime, url }
    }

    fn channel(&self) -> Channel {
        client::channel(&self.url).unwrap()
    }

    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

/// Hangs one operation once, for whoever asks next.
fn hang(world: &World, vendor: Vendor, operation: &str) -> usize {
    world
        .twin
        .fault(Fault::once(vendor, operation, FaultKind::Hang))
}

async fn fired(world: &World, fault: usize) {
    eventually(Duration::from_secs(10), async || {
        (world.twin.fired(fault) == 1).then_some(())
    })
    .await;
}

const SOON: Duration = Duration::from_secs(10);

on_both! {
    async fn what_a_killed_process_worked_on_runs_again_within_ten_seconds_p15(db: TestDb) {
        let pace = Pace { poll_calls: Duration::from_millis(300), ..quick() };
        let world = World::start_with(&db, pace, TwinConfig::default()).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        world.place(CALLER, "CA1", Scenario::Voicemail).await;
        world.life.stop();
        world.life.drained().await;
        // From here on the doomed one works alone, and hangs in everything that it works on.
        let doomed = Doomed::start(&world.config, &db);
        let deletion = hang(&world, Vendor::Twilio, "recordings.delete");
        let mut calls = CallServiceClient::new(doomed.channel());
        chassis::run::spawn(async move {
            let request = wire::EraseRequest {
                phone_e164: CALLER.to_owned(),
                actor: "operator:ana".to_owned(),
                ..Default::default()
            };
            let _ = calls.erase(request).await;
        });
        fired(&world, deletion).await;
        let poll = hang(&world, Vendor::Twilio, "calls.list");
        let run = hang(&world, Vendor::Elevenlabs, "tools.list");
        let request = wire::StartScenarioRunRequest {
            agent_name: AGENT.to_owned(),
            configuration_hash: hash,
            repeats: 5,
            own_scenarios: Vec::new(),
        };
        let mut conversations = ConversationServiceClient::new(doomed.channel());
        let run_id = conversations.start_scenario_run(request).await.unwrap().into_inner().run_id;
        fired(&world, run).await;
        fired(&world, poll).await;
        let (polls, tools) = (world.twin.requests("calls.list"), world.twin.requests("tools.list"));
        doomed.kill();
        let killed = Instant::now();
        let survivor = world.replica().await;
        eventually(SOON, async || {
            let again = world.twin.recordings().is_empty()
                && world.twin.requests("calls.list") > polls
                && world.twin.requests("tools.list") > tools;
            again.then_some(())
        })
        .await;
        assert!(killed.elapsed() < SOON);
        eventually(Duration::from_secs(20), async || {
            let request = wire::GetScenarioRunRequest { run_id: run_id.clone() };
            let run = survivor.conversations.clone().get_scenario_run(request).await.unwrap();
            (run.into_inner().run?.state() == wire::ScenarioRunState::Passed).then_some(())
        })
        .await;
    }

    async fn a_long_deletion_is_done_by_one_replica_although_it_outlives_its_lease_i28(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        let other = world.replica().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.twin.fault(Fault::once(
            Vendor::Elevenlabs, "conversations.delete", FaultKind::Delay { ms: 9_000 },
        ));
        world.erase(false).await;
        eventually(Duration::from_secs(20), async || {
            let receipt = other.erase(false).await;
            receipt["elevenlabs.conversations"].1.is_empty().then_some(())
        })
        .await;
        assert_eq!(world.twin.requests("conversations.delete"), 1);
    }

    async fn two_who_put_the_same_new_site_at_one_moment_both_get_their_answer(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        for round in 0..12 {
            let site = wire::Site { site_id: format!("site{round}"), ..site() };
            let puts = (0..8).map(|_| world.put_site(site.clone()));
            let outcomes: Vec<_> = join_all(puts).await.into_iter().map(Result::unwrap).collect();
            let created = outcomes.iter().filter(|put| put.outcome() == wire::PutOutcome::Created);
            assert_eq!(created.count(), 1);
        }
    }
}
