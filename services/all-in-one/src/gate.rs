//! The gate as the command line goes through it: the candidate's revision, its scenarios, and the
//! release of exactly what passed (R63), all by quality-service.

use std::time::{Duration, Instant};

use chassis::client;
use contracts::quality::v1 as quality;
use contracts::telephony::v1 as telephony;
use quality::RevisionState as State;

use crate::peers::{Peers, explain};

/// The vendor is written to and read back.
const LIMIT: Duration = Duration::from_secs(60);
/// Five repeats of each scenario at the vendor take minutes.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// An agent's newest revisions. Asking makes quality-service look at what stands as candidate.
///
/// # Errors
/// When quality-service does not answer.
pub async fn revisions(
    peers: &mut Peers,
    agent_name: &str,
) -> anyhow::Result<Vec<quality::PromptRevision>> {
    let request = quality::ListPromptRevisionsRequest {
        agent_name: agent_name.to_owned(),
        page_size: 200,
        ..Default::default()
    };
    let listed = peers.quality.list_prompt_revisions(request).await;
    let listed =
        listed.map_err(|s| explain(&format!("{agent_name}: its revisions cannot be read"), &s))?;
    Ok(listed.into_inner().revisions)
}

/// Runs the scenarios for the agent's candidate and releases it; answers what passed.
///
/// # Errors
/// When a scenario fails (with its reasons), or the vendor does not take the configuration.
pub async fn pass(
    peers: &mut Peers,
    agent: &telephony::Agent,
    actor: &str,
) -> anyhow::Result<String> {
    let name = &agent.name;
    let known = revisions(peers, name).await?;
    let mut revision = candidate(known, &agent.configuration_hash).ok_or_else(|| {
        anyhow::anyhow!(
            "{name}: quality-service knows no candidate of it: `bord catalog apply DIR` declares one"
        )
    })?;
    if !matches!(
        revision.state(),
        State::Evaluating | State::Passed | State::Live
    ) {
        let request = quality::EvaluatePromptRequest {
            revision_id: revision.revision_id.clone(),
        };
        let asked = client::with_timeout(LIMIT, peers.quality.evaluate_prompt(request)).await;
        let started = asked.map_err(|s| explain(&format!("{name}: the gate cannot start"), &s))?;
        revision = started.into_inner().revision.unwrap_or(revision);
    }
    revision = judged(peers, revision).await?;
    let results = results(peers, &revision.run_id).await;
    match revision.state() {
        State::Passed => {
            let request = quality::ReleasePromptRequest {
                revision_id: revision.revision_id.clone(),
                actor: actor.to_owned(),
            };
            let asked = client::with_timeout(LIMIT, peers.quality.release_prompt(request)).await;
            asked.map_err(|s| explain(&format!("{name}: the release was refused"), &s))?;
        }
        // The standing policy was faster.
        State::Live => {}
        State::Superseded => anyhow::bail!(
            "{name}: another candidate has taken its place: `bord agents` shows which; run this again"
        ),
        State::RolledBack => anyhow::bail!(out_again(name, &revision)),
        _ => anyhow::bail!(stays_out(name, &revision, &results)),
    }
    let passed = results
        .iter()
        .map(|r| format!("{} {}/{}", r.scenario, r.passed, r.passed + r.failed));
    let passed = passed.collect::<Vec<_>>().join(", ");
    Ok(match passed {
        text if text.is_empty() => "passed".to_owned(),
        text => text,
    })
}

/// The newest revision of exactly the configuration that stands as candidate.
pub fn candidate(
    known: Vec<quality::PromptRevision>,
    hash: &str,
) -> Option<quality::PromptRevision> {
    known
        .into_iter()
        .find(|revision| revision.configuration_hash == hash)
}

/// Waits for the end of the scenarios.
async fn judged(
    peers: &mut Peers,
    mut revision: quality::PromptRevision,
) -> anyhow::Result<quality::PromptRevision> {
    let (began, mut pause) = (Instant::now(), Duration::from_millis(50));
    while matches!(revision.state(), State::Evaluating | State::Candidate) {
        let name = revision.agent_name.clone();
        anyhow::ensure!(
            began.elapsed() < PATIENCE,
            "{name}: its scenarios still run after {} minutes: they go on by themselves, run this again later",
            PATIENCE.as_secs() / 60
        );
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
        let known = revisions(peers, &name).await?;
        let same = |one: &quality::PromptRevision| one.revision_id == revision.revision_id;
        revision = known.into_iter().find(same).ok_or_else(|| {
            anyhow::anyhow!("{name}: its candidate is gone: `bord agents` shows what stands now")
        })?;
    }
    Ok(revision)
}

/// How each scenario ended; empty where the run cannot be read: the gate does not depend on it.
async fn results(peers: &mut Peers, run_id: &str) -> Vec<telephony::ScenarioResult> {
    let request = telephony::GetScenarioRunRequest {
        run_id: run_id.to_owned(),
    };
    match peers.conversations.get_scenario_run(request).await {
        Ok(found) => found.into_inner().run.unwrap_or_default().results,
        Err(_) => Vec::new(),
    }
}

/// Whether it was live once and was taken back (B5).
#[must_use]
pub fn is_taken_back(revision: &quality::PromptRevision) -> bool {
    revision.state() == State::RolledBack
}

/// Why a candidate that was taken back does not go live again.
#[must_use]
pub fn out_again(name: &str, revision: &quality::PromptRevision) -> String {
    format!(
        "{name}: its candidate was live and was taken back ({}). Mend the prompt's file, \
         `bord catalog apply DIR`, then run this again.",
        revision.reasons.join("; ")
    )
}

fn stays_out(
    name: &str,
    revision: &quality::PromptRevision,
    results: &[telephony::ScenarioResult],
) -> String {
    let mut text =
        format!("{name}: the candidate did not pass the gate and stays out of production");
    for result in results.iter().filter(|result| result.failed > 0) {
        text.push_str(&format!(
            "\n  {}: {} passed, {} failed",
            result.scenario, result.passed, result.failed
        ));
    }
    for reason in &revision.reasons {
        text.push_str(&format!("\n    {reason}"));
    }
    text.push_str("\n  Mend the prompt's file, `bord catalog apply DIR`, then run this again.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(id: &str, hash: &str, state: State) -> quality::PromptRevision {
        quality::PromptRevision {
            revision_id: id.into(),
            configuration_hash: hash.into(),
            state: state.into(),
            reasons: vec!["no call of dispatch_lead in repeat 2".into()],
            ..Default::default()
        }
    }

    /// R63: what goes through the gate is exactly what stands as candidate.
    #[test]
    fn the_candidate_is_the_newest_revision_of_exactly_its_hash() {
        let known = vec![
            revision("3", "b", State::Candidate),
            revision("2", "a", State::Candidate),
            revision("1", "a", State::Failed),
        ];
        let found = candidate(known.clone(), "a").unwrap();
        assert_eq!(found.revision_id, "2");
        assert!(candidate(known, "c").is_none());
    }

    #[test]
    fn a_candidate_that_was_taken_back_is_told_as_that() {
        let back = revision("1", "a", State::RolledBack);
        assert!(is_taken_back(&back) && !is_taken_back(&revision("1", "a", State::Failed)));
        let told = out_again("bord-a", &back);
        assert!(
            told.contains("taken back") && told.contains("repeat 2"),
            "{told}"
        );
    }

    #[test]
    fn a_candidate_that_stays_out_is_told_with_its_scenario_reasons_and_what_to_do() {
        let failed = telephony::ScenarioResult {
            scenario: "dental-urgency".into(),
            passed: 3,
            failed: 2,
            ..Default::default()
        };
        let told = stays_out("bord-a", &revision("1", "a", State::Failed), &[failed]);
        for part in [
            "stays out of production",
            "dental-urgency: 3 passed, 2 failed",
            "repeat 2",
            "`bord catalog apply DIR`",
        ] {
            assert!(told.contains(part), "{part} is missing in {told}");
        }
    }
}
