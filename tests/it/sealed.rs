//! No prompt reaches production without its seal (R63, B5): with one scenario failing every RPC, the
//! command's way and a hand-made catalogue are tried, and the vendor keeps what it had.

use bord::catalog::{Catalog, Folder};
use bord::{gate, release, running};
use chassis::fault;
use contracts::quality::v1 as quality;
use contracts::telephony::v1 as telephony;
use test_support::{TestDb, on_both};
use tonic::Status;
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::judged::{scan, world};
use crate::world::World;

const AGENT: &str = "bord-geneva-plumbing";

fn prompt_at_vendor(world: &World) -> String {
    let agents = world.twin.agents().into_iter();
    let mut named = agents.filter(|agent| agent.name == AGENT);
    named.next().expect("the vendor has the agent").prompt
}

async fn declared(world: &World) -> telephony::Agent {
    let asked = telephony::GetAgentRequest {
        name: AGENT.to_owned(),
    };
    let found = world.peers.catalog.clone().get_agent(asked).await;
    found
        .expect("the agent")
        .into_inner()
        .agent
        .expect("the agent")
}

fn reason(refused: Result<impl std::fmt::Debug, Status>) -> String {
    fault::reason(&refused.expect_err("it is refused")).expect("a reason")
}

/// The sample with another sentence in the prompt of the Geneva plumbers.
fn changed() -> Catalog {
    let file = "prompt-geneva-plumbing.md";
    let folder = Folder::sample();
    let text = folder.get(file).expect("the sample has it").to_owned();
    let folder = folder.with(file, &format!("Soyez très bref.\n\n{text}"));
    Catalog::from_folder(&folder).expect("it has no breach")
}

async fn revisions(world: &World) -> Vec<quality::PromptRevision> {
    gate::revisions(&mut world.peers.clone(), AGENT)
        .await
        .expect("the revisions")
}

async fn no_route(db: &TestDb) {
    let world = world(db).await;
    let (sealed, before) = (declared(&world).await, prompt_at_vendor(&world));
    assert_eq!(
        sealed.seal.clone().expect("a seal").configuration_hash,
        sealed.released_hash
    );
    // One scenario of three fails, whatever prompt is tried.
    world.twin.fault(
        Fault::forever(Vendor::Elevenlabs, "test_run", FaultKind::FailRun).matching("off-topic"),
    );

    // A hand-made catalogue stores a candidate, and nothing more.
    running::apply(&world.peers, &changed())
        .await
        .expect("it applies");
    let candidate = declared(&world).await;
    assert_ne!(candidate.configuration_hash, sealed.released_hash);
    assert_eq!(prompt_at_vendor(&world), before);

    // Telephony's own verb, before the gate.
    let mut catalog = world.peers.catalog.clone();
    let by_hand = telephony::ReleaseAgentPromptRequest {
        name: AGENT.to_owned(),
        configuration_hash: candidate.configuration_hash.clone(),
        approved_by: "operator:ana".to_owned(),
    };
    assert_eq!(
        reason(catalog.release_agent_prompt(by_hand.clone()).await),
        "SEAL_MISSING"
    );

    // quality-service's, before the gate.
    let known = revisions(&world).await;
    let revision = known
        .into_iter()
        .find(|known| known.configuration_hash == candidate.configuration_hash)
        .expect("the catalogue's candidate is a revision");
    let mut quality = world.peers.quality.clone();
    let ask = quality::ReleasePromptRequest {
        revision_id: revision.revision_id.clone(),
        actor: "operator:ana".to_owned(),
    };
    assert_eq!(
        reason(quality.release_prompt(ask.clone()).await),
        "SEAL_MISSING"
    );

    // The command's way: the gate fails, and it ends there.
    let mut peers = world.peers.clone();
    let refused = gate::pass(&mut peers, &candidate, "operator:ana").await;
    let told = refused.expect_err("the gate fails").to_string();
    assert!(told.contains("did not pass the gate"), "{told}");
    let waiting = release::waiting(&mut peers).await.expect("the agents");
    assert!(
        waiting.iter().any(|agent| agent.name == AGENT),
        "it waits outside"
    );

    // Every verb again, after the gate failed.
    assert_eq!(
        reason(catalog.release_agent_prompt(by_hand).await),
        "SEAL_MISSING"
    );
    assert_eq!(reason(quality.release_prompt(ask).await), "SEAL_MISSING");
    let rollback = quality::RollbackPromptRequest {
        agent_name: AGENT.to_owned(),
        actor: "operator:ana".to_owned(),
        cause: "tried".to_owned(),
    };
    assert_eq!(
        reason(quality.rollback_prompt(rollback).await),
        "NOTHING_BEFORE"
    );
    assert_eq!(prompt_at_vendor(&world), before);

    // An edit behind our back is not adopted, and what was sealed is put back only through the gate.
    world
        .twin
        .edit_prompt(AGENT, |prompt| format!("{prompt}\nSoyez drôle."));
    scan(&world.peers.quality).await;
    let adopt = quality::ProposePromptRequest {
        agent_name: AGENT.to_owned(),
        actor: "operator:ana".to_owned(),
        cause: "it reads better".to_owned(),
        basis: Some(quality::propose_prompt_request::Basis::AdoptLive(true)),
    };
    if let Ok(adopted) = quality.propose_prompt(adopt).await {
        let adopted = adopted.into_inner().revision.expect("a candidate");
        let ask = quality::ReleasePromptRequest {
            revision_id: adopted.revision_id,
            actor: "operator:ana".to_owned(),
        };
        assert_eq!(reason(quality.release_prompt(ask).await), "SEAL_MISSING");
    }
    let after = declared(&world).await;
    assert_eq!(
        after.released_hash, sealed.released_hash,
        "nothing else was ever released"
    );
    assert_eq!(after.seal, sealed.seal);
}

on_both! {
    async fn with_one_scenario_failing_no_route_to_production_exists_r63(db: TestDb) {
        no_route(&db).await;
    }
}
