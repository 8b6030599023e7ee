//! The gate: nothing goes live without passing runs for exactly its hash (R63).

use chassis::db::{self, StoreError};
use chassis::fault::{reason, violations};
use chassis::on;
use contracts::telephony::v1 as wire;
use serde_json::json;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, SystemVariables, TwinConfig, Vendor};
use wire::CallHandling::{Agent, Voicemail};
use wire::ScenarioRunState::{Failed, Invalid, Passed};

use crate::harness::{World, still};
use crate::samples::{AGENT, CALLER, PROMPT, agent, number, site};

fn with_prompt(prompt: &str) -> wire::Agent {
    let mut agent = agent();
    agent.configuration.as_mut().unwrap().prompt = prompt.to_owned();
    agent
}

async fn compare(world: &World) -> wire::CompareAgentResponse {
    let request = wire::CompareAgentRequest {
        name: AGENT.to_owned(),
    };
    world
        .catalog
        .clone()
        .compare_agent(request)
        .await
        .unwrap()
        .into_inner()
}

on_both! {
    async fn a_passing_candidate_goes_live_with_every_field_read_back_r63(db: TestDb) {
        let world = World::start(&db).await;
        let hash = world.with_agent().await;
        let agents = world.twin.agents();
        let live: Vec<_> = agents.iter().filter(|agent| agent.name == AGENT).collect();
        assert_eq!((live.len(), agents.len()), (1, 2), "the agent and the bench");
        let config = &live[0].json["conversation_config"];
        assert_eq!(config["tts"]["agent_output_audio_format"], "ulaw_8000");
        assert_eq!(config["asr"]["user_input_audio_format"], "ulaw_8000");
        assert_eq!(config["turn"]["initial_wait_time"], 3, "R16");
        assert_eq!(config["agent"]["prompt"]["backup_llm_config"]["preference"], "disabled");
        assert_eq!(live[0].prompt, PROMPT);
        assert_eq!(live[0].tool_ids.len(), 1, "R19, R26");
        let tools = world.twin.tools();
        assert_eq!(tools.len(), 1);
        let headers = &tools[0]["tool_config"]["api_schema"]["request_headers"];
        assert!(headers["X-Bord-Tool-Secret"]["secret_id"].is_string());
        assert_eq!(headers["X-Bord-Call"]["variable_name"], "secret__call_token");

        let again = world.release(AGENT, &hash).await.unwrap();
        assert!(!again.changed, "exactly this stood there already");
        assert_eq!(again.agent.unwrap().released_hash, hash);
        assert_eq!(world.twin.agents().len(), 2);
        assert!(compare(&world).await.drifts.is_empty());
    }

    async fn without_passing_runs_nothing_goes_live_the_first_release_included_r63(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        let refused = world.release(AGENT, &hash).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
        assert_eq!(reason(&refused).as_deref(), Some("SEAL_MISSING"));
        assert!(world.twin.agents().is_empty() && world.twin.tools().is_empty());
        let unknown = world.release(AGENT, "0000").await.unwrap_err();
        assert_eq!(reason(&unknown).as_deref(), Some("UNKNOWN_CONFIGURATION"));
        let unknown = wire::StartScenarioRunRequest {
            agent_name: AGENT.to_owned(),
            configuration_hash: "0000".to_owned(),
            repeats: 5,
            own_scenarios: Vec::new(),
        };
        let refused = world.conversations.clone().start_scenario_run(unknown).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("UNKNOWN_CONFIGURATION"));
    }

    async fn softened_and_careless_prompts_fail_the_gate_and_stay_out(db: TestDb) {
        let world = World::start(&db).await;
        let live = world.with_agent().await;
        for prompt in [
            // Softened: the rule without its emphasis.
            "Plomberie à Genève. Appelez dispatch_lead avant de dire au revoir si c'est utile. Hors sujet : dites ce que fait ce site.",
            // Without the clause for off-topic callers.
            "Plomberie à Genève. **APPELEZ TOUJOURS dispatch_lead AVANT DE DIRE AU REVOIR.**",
            // Swapped: the prompt of a dentist's agent.
            "Cabinet dentaire à Genève, dentiste. **APPELEZ TOUJOURS dispatch_lead AVANT DE DIRE AU REVOIR.** Hors sujet : dites ce que fait ce site.",
        ] {
            let hash = world.put_agent(with_prompt(prompt)).await.unwrap().configuration_hash;
            let run = world.run(AGENT, &hash).await;
            assert_eq!(run.state(), Failed, "{prompt}: {run:?}");
            assert!(run.results.iter().any(|result| result.failed > 0 && !result.reasons.is_empty()));
            let refused = world.release(AGENT, &hash).await.unwrap_err();
            assert_eq!(reason(&refused).as_deref(), Some("SEAL_MISSING"));
            assert_eq!(world.twin.agents().iter().find(|a| a.name == AGENT).unwrap().prompt, PROMPT);
        }
        let empty = world.put_agent(with_prompt("")).await.unwrap_err();
        assert_eq!(empty.code(), tonic::Code::InvalidArgument, "not even a candidate");
        // What was sealed before can be put back: the roll-back.
        assert!(!world.release(AGENT, &live).await.unwrap().changed);
    }

    async fn the_tool_calls_decide_and_never_the_judge_alone(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "test_run", FaultKind::FailRun));
        let run = world.run(AGENT, &hash).await;
        assert_eq!(run.state(), Failed, "one repeat of fifteen failed");
        let second = world.run(AGENT, &hash).await;
        assert_eq!(second.state(), Passed);
        assert!(second.results.iter().all(|result| result.passed == 5));
        let expected: Vec<bool> = second.results.iter().map(|r| r.dispatch_expected).collect();
        assert_eq!(expected, [false, false, true], "dental not served, off-topic, plumbing served");
    }

    async fn a_run_is_one_at_a_time_for_a_hash_and_its_id_is_answered_again(db: TestDb) {
        let config = TwinConfig { test_polls: 20, ..TwinConfig::default() };
        let world = World::start_with(&db, still(), config).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        let start = async || {
            let request = wire::StartScenarioRunRequest {
                agent_name: AGENT.to_owned(),
                configuration_hash: hash.clone(),
                repeats: 0,
                own_scenarios: Vec::new(),
            };
            world.conversations.clone().start_scenario_run(request).await.unwrap().into_inner().run_id
        };
        let first = start().await;
        assert_eq!(first, start().await);
        let run = world.run(AGENT, &hash).await;
        assert_eq!((run.state(), run.run_id), (Passed, first));
        assert_eq!(world.twin.requests("run_tests"), 1);
    }

    async fn tests_run_whether_or_not_the_vendor_takes_system_variables(db: TestDb) {
        for system_variables_in_tests in [SystemVariables::Refused, SystemVariables::Provided] {
            let config = TwinConfig { system_variables_in_tests, ..TwinConfig::default() };
            let world = World::start_with(&db, still(), config).await;
            world.with_number().await;
            let mut agent = agent();
            let prompt = &mut agent.configuration.as_mut().unwrap().prompt;
            prompt.push_str(&format!(" {system_variables_in_tests:?}"));
            let hash = world.put_agent(agent).await.unwrap().configuration_hash;
            let run = world.run(AGENT, &hash).await;
            assert_eq!(run.state(), Passed, "{system_variables_in_tests:?}: {run:?}");
        }
    }

    async fn a_vendor_that_refuses_makes_a_run_invalid_and_seals_nothing(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let hash = world.put_agent(agent()).await.unwrap().configuration_hash;
        let fault = FaultKind::Reject { status: 403, code: 0, message: String::new() };
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "run_tests", fault));
        assert_eq!(world.run(AGENT, &hash).await.state(), Invalid);
        let refused = world.release(AGENT, &hash).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("SEAL_MISSING"));
        // A passing failure is waited out.
        for operation in ["tools.list", "tests.create", "test_invocations.fetch", "agents.list"] {
            let fault = FaultKind::ServerError { status: 503 };
            world.twin.fault(Fault::once(Vendor::Elevenlabs, operation, fault));
        }
        assert_eq!(world.run(AGENT, &hash).await.state(), Passed);
    }

    async fn tool_secret_bench_and_tests_are_made_once_whatever_is_repeated(db: TestDb) {
        let world = World::start(&db).await;
        let hash = world.with_agent().await;
        world.run(AGENT, &hash).await;
        world.release(AGENT, &hash).await.unwrap();
        let mut other = agent();
        other.configuration.as_mut().unwrap().prompt.push_str(" Soyez bref.");
        let second = world.put_agent(other).await.unwrap().configuration_hash;
        assert_eq!(world.run(AGENT, &second).await.state(), Passed);
        assert!(world.release(AGENT, &second).await.unwrap().changed);
        assert_eq!(world.twin.tools().len(), 1, "the same tool, by name and hash");
        assert_eq!(world.twin.agents().len(), 2, "one agent and one bench");
        assert_eq!(world.twin.requests("secrets.create"), 1);
        assert_eq!(world.twin.requests("tests.create"), 3);
        assert_eq!(world.twin.requests("tools.update"), 0, "a tool is never changed");
    }

    async fn what_the_vendor_does_not_take_is_named(db: TestDb) {
        let world = World::start(&db).await;
        let hash = world.with_agent().await;
        // Somebody edits the agent by hand; the next release writes it back and reads again.
        let id = world.twin.agents().iter().find(|a| a.name == AGENT).unwrap().agent_id.clone();
        let edit = json!({ "conversation_config": { "turn": { "initial_wait_time": 9 } } });
        assert!(world.twin.edit_agent(&id, &edit));
        world.twin.move_vendor_default(&json!({ "conversation_config": { "turn": { "turn_model": "turn_v4" } } }));
        let found = compare(&world).await;
        assert_eq!(found.drifts.len(), 1);
        assert_eq!(found.drifts[0].path, "conversation_config.turn.initial_wait_time");
        assert_eq!((found.drifts[0].released.as_str(), found.drifts[0].live.as_str()), ("3", "9"));
        let moved: Vec<&str> = found.moved_defaults.iter().map(|drift| drift.path.as_str()).collect();
        assert_eq!(moved, ["conversation_config.turn.turn_model"], "shown, not drift");
        assert!(world.release(AGENT, &hash).await.unwrap().changed);
        assert!(compare(&world).await.drifts.is_empty());
        // A tool changed behind our back is no longer the one of its hash.
        let fault = FaultKind::AcceptThenError { status: 500 };
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "agents.update", fault));
        assert!(world.twin.edit_agent(&id, &edit));
        let unclear = world.release(AGENT, &hash).await.unwrap_err();
        assert_eq!(unclear.code(), tonic::Code::Unavailable);
        assert!(!world.release(AGENT, &hash).await.unwrap().changed, "it had been taken");
        assert!(violations(&unclear).is_empty());
    }

    async fn a_configuration_that_was_changed_in_the_database_has_no_seal(db: TestDb) {
        let world = World::start(&db).await;
        let hash = world.with_agent().await;
        let db = world.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            on!(tx, c => sqlx::query(
                "UPDATE configuration SET canonical = replace(canonical, 'TOUJOURS', 'parfois')")
                .execute(c).await?.rows_affected());
            tx.commit().await
        })
        .await
        .map_err(|error: StoreError| error)
        .unwrap();
        let refused = world.release(AGENT, &hash).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("SEAL_MISSING"));
    }

    async fn an_agent_moves_to_another_site_only_through_the_gate_r63(db: TestDb) {
        let world = World::start(&db).await;
        let here = world.with_agent().await;
        let second = "+41225550100";
        let site = wire::Site { site_id: "dentistegeneve".to_owned(), ..site() };
        world.put_site(site.clone()).await.unwrap();
        let number = wire::Number {
            number_e164: second.to_owned(),
            site_id: site.site_id.clone(),
            chain_mobile_e164: String::new(),
            ..number()
        };
        world.put_number(number).await.unwrap();
        let moved = wire::Agent { site_id: site.site_id, ..agent() };
        let put = world.put_agent(moved).await.unwrap();
        assert_eq!(put.fields, ["site_id"]);
        let there = put.configuration_hash;
        assert_ne!(there, here, "the site is part of what is sealed");
        let handled = async |sid: &str| {
            let first = world.answer(&format!("CA1{sid}")).await.handling();
            let second = world.answer_from(&format!("CA2{sid}"), second, CALLER, "").await.handling();
            (first, second)
        };
        assert_eq!(handled("a").await, (Agent, Voicemail), "a candidate says nothing about calls");
        let refused = world.release(AGENT, &there).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("SEAL_MISSING"));
        assert_eq!(handled("b").await, (Agent, Voicemail));
        assert_eq!(world.run(AGENT, &there).await.state(), Passed);
        assert!(world.release(AGENT, &there).await.unwrap().changed);
        assert_eq!(handled("c").await, (Voicemail, Agent));
        // The roll-back takes it home.
        world.release(AGENT, &here).await.unwrap();
        assert_eq!(handled("d").await, (Agent, Voicemail));
    }

    async fn a_built_in_tool_that_was_switched_on_by_hand_is_drift_and_written_back_r19(db: TestDb) {
        let world = World::start(&db).await;
        let hash = world.with_agent().await;
        let id = world.twin.agents().iter().find(|a| a.name == AGENT).unwrap().agent_id.clone();
        let transfer = json!({ "type": "system", "name": "transfer_to_number", "description": "",
            "params": { "system_tool_type": "transfer_to_number" } });
        let edit = json!({ "conversation_config": { "agent": { "prompt": { "built_in_tools": {
            "transfer_to_number": transfer } } } } });
        assert!(world.twin.edit_agent(&id, &edit));
        let found = compare(&world).await;
        assert_eq!(found.drifts.len(), 1);
        assert_eq!(
            found.drifts[0].path,
            "conversation_config.agent.prompt.built_in_tools.transfer_to_number"
        );
        assert!(world.release(AGENT, &hash).await.unwrap().changed);
        assert!(compare(&world).await.drifts.is_empty());
    }
}
