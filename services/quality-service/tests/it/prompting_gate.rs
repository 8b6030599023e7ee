//! There is no way to production around the gate (R63), and the RPCs refuse as their comments say.

use chassis::fault;
use contracts::quality::v1 as quality;
use contracts::quality::v1::propose_prompt_request::Basis;
use quality_service::domain::flag::Kind;
use test_support::on_both;
use tonic::Code;

use crate::prompting_world::{AGENT, Mending, PROMPT};

fn proposal(basis: Basis) -> quality::ProposePromptRequest {
    quality::ProposePromptRequest {
        agent_name: AGENT.to_owned(),
        actor: "operator:ana".to_owned(),
        cause: "a try".to_owned(),
        basis: Some(basis),
    }
}

fn evaluate(revision: &quality::PromptRevision) -> quality::EvaluatePromptRequest {
    quality::EvaluatePromptRequest {
        revision_id: revision.revision_id.clone(),
    }
}

fn release(revision: &quality::PromptRevision) -> quality::ReleasePromptRequest {
    quality::ReleasePromptRequest {
        revision_id: revision.revision_id.clone(),
        actor: "operator:ana".to_owned(),
    }
}

fn rollback() -> quality::RollbackPromptRequest {
    quality::RollbackPromptRequest {
        agent_name: AGENT.to_owned(),
        actor: "operator:ana".to_owned(),
        cause: "it was better".to_owned(),
    }
}

fn clauses(rules: &[&str]) -> Basis {
    Basis::Clauses(quality::ClauseRules {
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        flag_ids: Vec::new(),
    })
}

async fn propose(
    mending: &Mending,
    basis: Basis,
) -> Result<quality::PromptRevision, tonic::Status> {
    let answer = mending.rpc().propose_prompt(proposal(basis)).await?;
    Ok(answer.into_inner().revision.unwrap())
}

fn reason<T: std::fmt::Debug>(refused: Result<T, tonic::Status>) -> String {
    fault::reason(&refused.unwrap_err()).unwrap()
}

on_both! {
    async fn with_one_scenario_failing_no_rpc_leads_to_production_r63(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        mending.vendor().fails = true;
        // The machine's own: failed, the operator told, never tried again.
        let flag = mending.flag(Kind::AddressTold, "conv_1").await;
        let text = mending.handed_over(flag).await;
        assert!(text.contains("did not pass the gate") && text.contains("dental-urgency"), "{text}");
        assert_eq!(mending.open(Kind::GateFailed).await, 1);
        let failed = mending.revision_when(|found| found.origin == "mend").await;
        assert_eq!(failed.state(), quality::RevisionState::Failed);
        let same = mending.flag(Kind::AddressTold, "conv_2").await;
        let text = mending.handed_over(same).await;
        assert!(text.contains("failed the gate before"), "{text}");
        assert_eq!(mending.vendor().runs.len(), 1);

        // A person's: before, while and after its run.
        let proposed = propose(&mending, Basis::Prompt(format!("Soyez bref.\n\n{PROMPT}"))).await;
        let proposed = proposed.unwrap();
        let mut rpc = mending.rpc();
        assert_eq!(reason(rpc.release_prompt(release(&proposed)).await), "SEAL_MISSING");
        rpc.evaluate_prompt(evaluate(&proposed)).await.unwrap();
        let id = proposed.revision_id.clone();
        let over = mending
            .revision_when(|found| {
                found.revision_id == id && found.state() == quality::RevisionState::Failed
            })
            .await;
        assert_eq!(over.reasons, ["dental-urgency: the agent said goodbye first."]);
        for revision in [&over, &failed] {
            assert_eq!(reason(rpc.release_prompt(release(revision)).await), "SEAL_MISSING");
        }
        assert_eq!(reason(rpc.rollback_prompt(rollback()).await), "NOTHING_BEFORE");
        {
            let vendor = mending.vendor();
            assert!(vendor.releases.is_empty() && vendor.live == PROMPT);
        }
        mending.world.stop().await;
    }

    async fn a_proposal_goes_through_the_gate_and_one_step_takes_it_back_b5(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        let proposed = propose(&mending, clauses(&["address", "birth"])).await.unwrap();
        assert_eq!(proposed.state(), quality::RevisionState::Candidate);
        assert_eq!(proposed.clauses, ["birth: emphasis", "address: stated"]);
        assert_eq!(proposed.prompt_length, mending.vendor().kept[&proposed.configuration_hash]
            .prompt.chars().count() as i64);
        assert_eq!(reason(propose(&mending, clauses(&["birth"])).await), "CANDIDATE_STANDS");
        let mut rpc = mending.rpc();
        let running = rpc.evaluate_prompt(evaluate(&proposed)).await.unwrap().into_inner();
        let again = rpc.evaluate_prompt(evaluate(&proposed)).await.unwrap().into_inner();
        assert_eq!(running.revision.unwrap().run_id, again.revision.unwrap().run_id);
        let id = proposed.revision_id.clone();
        mending.revision_when(|found| {
            found.revision_id == id && found.state() == quality::RevisionState::Passed
        }).await;
        assert_eq!(mending.vendor().live, PROMPT, "nothing goes live by itself");
        let done = rpc.release_prompt(release(&proposed)).await.unwrap().into_inner();
        let live = done.revision.unwrap();
        assert!(done.changed && live.state() == quality::RevisionState::Live);
        assert_eq!(live.approved_by, "operator:ana");
        assert_ne!(mending.vendor().live, PROMPT);

        let back = rpc.rollback_prompt(rollback()).await.unwrap().into_inner().revision.unwrap();
        assert_eq!(back.state(), quality::RevisionState::Live);
        assert_eq!(mending.vendor().live, PROMPT);
        let taken = mending.revision_when(|found| found.revision_id == id).await;
        assert_eq!(taken.state(), quality::RevisionState::RolledBack);
        assert!(taken.reasons[0].contains("operator:ana: it was better"));
        assert_eq!(reason(rpc.rollback_prompt(rollback()).await), "NOTHING_BEFORE");
        // What was taken back passed once: it may be proposed, or released, again by hand.
        let done = rpc.release_prompt(release(&taken)).await.unwrap().into_inner();
        assert!(done.changed);
        mending.world.stop().await;
    }

    async fn an_edit_is_adopted_through_the_gate_alone(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        assert_eq!(reason(propose(&mending, Basis::AdoptLive(true)).await), "NOTHING_CHANGED");
        let edited = format!("{PROMPT}\nParlez lentement.\n");
        mending.vendor().live.clone_from(&edited);
        let adopted = propose(&mending, Basis::AdoptLive(true)).await.unwrap();
        let mut rpc = mending.rpc();
        assert_eq!(reason(rpc.release_prompt(release(&adopted)).await), "SEAL_MISSING");
        rpc.evaluate_prompt(evaluate(&adopted)).await.unwrap();
        let id = adopted.revision_id.clone();
        mending.revision_when(|found| {
            found.revision_id == id && found.state() == quality::RevisionState::Passed
        }).await;
        rpc.release_prompt(release(&adopted)).await.unwrap();
        assert_eq!(mending.vendor().live, edited);
        assert!(mending.prompts.check_drift(AGENT).await.unwrap().is_none());
        mending.world.stop().await;
    }

    async fn what_cannot_be_proposed_is_refused_with_its_reason(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        let nobody = uuid::Uuid::nil().to_string();
        assert_eq!(reason(propose(&mending, Basis::RevisionId(nobody)).await), "UNKNOWN_REVISION");
        assert_eq!(reason(propose(&mending, Basis::Prompt(PROMPT.to_owned())).await), "NOTHING_CHANGED");
        let long = format!("{PROMPT}{}", "x".repeat(4_001));
        assert_eq!(reason(propose(&mending, Basis::Prompt(long)).await), "PROMPT_TOO_LONG");
        let live = mending.revisions().await.remove(0).revision_id;
        assert_eq!(reason(propose(&mending, Basis::RevisionId(live)).await), "NOTHING_CHANGED");
        let mut unknown = proposal(clauses(&["birth"]));
        unknown.agent_name = "nobody".to_owned();
        let refused = mending.rpc().propose_prompt(unknown).await;
        assert_eq!(reason(refused), "UNKNOWN_AGENT");
        let mut policy = proposal(clauses(&["manners"]));
        policy.actor = "policy:standing".to_owned();
        let refused = mending.rpc().propose_prompt(policy).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let fields: Vec<String> =
            fault::violations(&refused).into_iter().map(|found| found.field).collect();
        assert_eq!(fields, ["actor", "clauses.rules"]);
        mending.world.stop().await;
    }

    /// A run that the vendor spoiled says nothing: the machine tries again by itself.
    async fn the_first_release_goes_through_the_gate_as_well(db: TestDb) {
        let mut mending = Mending::new(&db).await;
        {
            let mut vendor = mending.vendor();
            vendor.agent.configuration.as_mut().unwrap().prompt.push_str("Bonne route.\n");
            let configuration = vendor.agent.configuration.clone().unwrap();
            let hash = crate::prompting_world::hash(&configuration);
            vendor.agent.configuration_hash.clone_from(&hash);
            vendor.kept.insert(hash, configuration);
            vendor.spoils = 1;
        }
        mending.world.start().await;
        let declared = mending.revision_when(|found| {
            found.state() == quality::RevisionState::Candidate && found.origin == "catalog"
        }).await;
        let mut rpc = mending.rpc();
        assert_eq!(reason(rpc.release_prompt(release(&declared)).await), "SEAL_MISSING");
        rpc.evaluate_prompt(evaluate(&declared)).await.unwrap();
        let id = declared.revision_id.clone();
        let spoiled = mending.revision_when(|found| {
            found.revision_id == id && found.state() == quality::RevisionState::Candidate
        }).await;
        assert!(spoiled.reasons[0].starts_with("no verdict: "), "{:?}", spoiled.reasons);
        rpc.evaluate_prompt(evaluate(&declared)).await.unwrap();
        mending.revision_when(|found| {
            found.revision_id == id && found.state() == quality::RevisionState::Passed
        }).await;
        rpc.release_prompt(release(&declared)).await.unwrap();
        let puts = mending.world.telephony.methods();
        assert!(!puts.contains(&"CatalogService/PutAgent".to_owned()), "the catalogue's own stays its own");
        mending.world.stop().await;
    }
}
