//! An agent's own scenarios beside the mandatory ones (D14), and the seal that a release leaves (B5).

use chassis::fault::{reason, violations};
use contracts::telephony::v1 as wire;
use test_support::on_both;
use vendor_twin::TwinConfig;
use wire::ScenarioRunState::{Failed, Passed};

use crate::harness::{World, still};
use crate::samples::{AGENT, agent};

fn own(id: &str, need: &str, forbidden: &[&str]) -> wire::OwnScenario {
    wire::OwnScenario {
        scenario_id: id.to_owned(),
        need: need.to_owned(),
        manner: "You answer briefly.".to_owned(),
        dispatch_expected: true,
        forbidden: forbidden.iter().map(|rule| (*rule).to_owned()).collect(),
        ..Default::default()
    }
}

fn leak(id: &str) -> wire::OwnScenario {
    let words = ["fuite", "eau", "plomb"].map(str::to_owned).to_vec();
    wire::OwnScenario {
        service_words: words,
        ..own(
            id,
            "a water leak under the bath",
            &["birth", "address", "closing"],
        )
    }
}

async fn start(
    world: &World,
    hash: &str,
    own_scenarios: Vec<wire::OwnScenario>,
) -> Result<String, tonic::Status> {
    let request = wire::StartScenarioRunRequest {
        agent_name: AGENT.to_owned(),
        configuration_hash: hash.to_owned(),
        repeats: 5,
        own_scenarios,
    };
    let mut conversations = world.conversations.clone();
    Ok(conversations
        .start_scenario_run(request)
        .await?
        .into_inner()
        .run_id)
}

async fn seal(world: &World) -> Option<wire::Seal> {
    let request = wire::GetAgentRequest {
        name: AGENT.to_owned(),
    };
    let found = world.catalog.clone().get_agent(request).await.unwrap();
    found.into_inner().agent.unwrap().seal
}

on_both! {
    async fn own_scenarios_run_beside_the_mandatory_ones_and_cost_is_summed_d14(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        let run = world.run_with(AGENT, &hash, vec![leak("own-leak-1"), leak("own-leak-2")]).await;
        assert_eq!(run.state(), Passed, "{run:?}");
        let ids: Vec<&str> = run.results.iter().map(|result| result.scenario.as_str()).collect();
        assert_eq!(ids, ["dental-urgency", "off-topic", "plumbing-french", "own-leak-1", "own-leak-2"]);
        assert!(run.results.iter().all(|result| result.passed == 5 && result.failed == 0));
        assert!(run.credits_used.is_some_and(|credits| credits > 0));
    }

    async fn one_failing_own_scenario_closes_every_way_to_a_first_release_d14_r63(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        let toothache = own("own-1", "a very bad toothache", &[]);
        let run = world.run_with(AGENT, &hash, vec![toothache]).await;
        assert_eq!(run.state(), Failed, "a plumber's agent dispatches no toothache");
        let mandatory = run.results.iter().filter(|result| result.scenario != "own-1");
        assert!(mandatory.clone().all(|result| result.passed == 5), "the run fails as a whole");
        let closed = async || {
            let refused = world.release(AGENT, &hash).await.unwrap_err();
            assert_eq!(reason(&refused).as_deref(), Some("SEAL_MISSING"));
            assert!(world.twin.agents().iter().all(|agent| agent.name != AGENT));
        };
        closed().await;
        // To leave the scenario out is no way around it.
        assert_eq!(world.run(AGENT, &hash).await.state(), Passed);
        closed().await;
        assert_eq!(world.run_with(AGENT, &hash, vec![leak("own-1")]).await.state(), Passed);
        assert!(world.release(AGENT, &hash).await.unwrap().changed);
        // What was live once keeps its seal: the roll-back is one step.
        let again = own("own-1", "a very bad toothache", &[]);
        assert_eq!(world.run_with(AGENT, &hash, vec![again]).await.state(), Failed);
        assert!(!world.release(AGENT, &hash).await.unwrap().changed);
    }

    async fn what_an_own_scenario_forbids_is_read_in_the_turns_r59_r60(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let mut dentist = agent();
        dentist.served_categories = vec!["dental".to_owned()];
        let careless = "Cabinet dentaire à Genève, dentiste. **APPELEZ TOUJOURS dispatch_lead AVANT DE \
            DIRE AU REVOIR.** Hors sujet : dites ce que fait ce site.";
        dentist.configuration.as_mut().unwrap().prompt = careless.to_owned();
        let hash = world.put_agent(dentist).await.unwrap().configuration_hash;
        assert_eq!(world.run(AGENT, &hash).await.state(), Passed, "the floor does not see it");
        let pain = |id: &str, rule: &str| own(id, "a very bad toothache", &[rule]);
        let both = vec![pain("own-birth", "birth"), pain("own-address", "address")];
        let run = world.run_with(AGENT, &hash, both).await;
        assert_eq!(run.state(), Failed);
        for (scenario, requirement) in [("own-birth", "R59"), ("own-address", "R60")] {
            let result = run.results.iter().find(|result| result.scenario == scenario).unwrap();
            assert_eq!(result.failed, 5);
            assert!(result.reasons[0].contains(requirement), "{:?}", result.reasons);
        }
    }

    async fn own_scenarios_at_fault_are_named_and_a_running_run_is_answered(db: TestDb) {
        let config = TwinConfig { test_polls: 20, ..TwinConfig::default() };
        let world = World::start_with(&db, still(), config).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        let bad = vec![leak("own-1"), own("own-1", "", &["price"]), leak("off-topic")];
        let refused = start(&world, &hash, bad).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        let fields: Vec<String> = violations(&refused).into_iter().map(|v| v.field).collect();
        let of = |index: usize, field: &str| format!("own_scenarios[{index}].{field}");
        let expected = [of(1, "scenario_id"), of(1, "forbidden"), of(1, "need"), of(2, "scenario_id")];
        assert_eq!(fields, expected);
        let first = start(&world, &hash, Vec::new()).await.unwrap();
        assert_eq!(start(&world, &hash, vec![leak("own-1")]).await.unwrap(), first);
        let run = world.run(AGENT, &hash).await;
        assert_eq!((run.run_id, run.results.len()), (first, 3));
    }

    async fn a_release_leaves_a_seal_with_its_run_and_who_approved_b5(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        assert_eq!(seal(&world).await, None);
        world.run(AGENT, &hash).await;
        let newest = world.run(AGENT, &hash).await;
        let released = world.release(AGENT, &hash).await.unwrap().agent.unwrap();
        let first = seal(&world).await.unwrap();
        assert_eq!(released.seal.as_ref(), Some(&first));
        assert_eq!((&first.configuration_hash, &first.run_id), (&hash, &newest.run_id));
        assert_eq!(first.scenarios_version, newest.scenarios_version);
        assert_eq!(first.approved_by, "operator:ana");
        assert_eq!(first.release_time, released.release_time);

        // A repeat by somebody else changes nothing; another configuration is another seal.
        let by = async |hash: &str, approved_by: &str| {
            let request = wire::ReleaseAgentPromptRequest {
                name: AGENT.to_owned(),
                configuration_hash: hash.to_owned(),
                approved_by: approved_by.to_owned(),
            };
            world.catalog.clone().release_agent_prompt(request).await
        };
        by(&hash, "").await.unwrap();
        assert_eq!(seal(&world).await.as_ref(), Some(&first));
        let mut other = agent();
        other.configuration.as_mut().unwrap().prompt.push_str(" Soyez bref.");
        let second = world.put_agent(other).await.unwrap().configuration_hash;
        world.run(AGENT, &second).await;
        by(&second, "policy:standing").await.unwrap();
        let now = seal(&world).await.unwrap();
        assert_eq!((now.configuration_hash, now.approved_by.as_str()), (second, "policy:standing"));
        // Back in one step, by nobody in particular.
        by(&hash, "").await.unwrap();
        let back = seal(&world).await.unwrap();
        assert_eq!((back.configuration_hash, back.approved_by.as_str()), (hash.clone(), "operator:unnamed"));
        let refused = by(&hash, "ana").await.unwrap_err();
        assert_eq!(violations(&refused)[0].field, "approved_by");
    }
}
