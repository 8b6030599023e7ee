//! The brakes of B5: one candidate for each agent, two automatic releases a day, a limit of credits,
//! a limit of length.

use chassis::clock;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Prompts, Refusal};
use crate::domain::flag::{Finding, Kind};
use crate::domain::revision::{Agent, Origin, Revision, STANDING_POLICY, State};
use crate::store::{mending, revisions};

/// Automatic releases of one agent within 24 h.
const RELEASES_A_DAY: i64 = 2;
/// Characters that clauses may add to the prompt that the catalogue declares.
const LONGER_BY: i64 = 4_000;
/// What a run whose cost the vendor does not tell is reckoned at: unknown is never nothing.
pub(super) const UNTOLD_CREDITS: i64 = 1_000;

fn day_ago(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(24)
}

/// Since when a candidate that waits for a person is overtaken by another.
pub(super) fn idle_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::days(7)
}

/// Whether a new candidate may overtake it.
fn gives_way(candidate: &Revision, now: DateTime<Utc>) -> bool {
    let is_idle = candidate.create_time < idle_since(now) && candidate.state != State::Evaluating;
    let is_declared = candidate.state == State::Candidate
        && candidate.origin == Origin::Catalog
        && candidate.run_id.is_empty();
    !candidate.is_due && (is_declared || is_idle)
}

impl Prompts {
    pub(super) async fn candidate_stands(&self, agent_name: &str) -> Result<bool, Refusal> {
        let found = revisions::candidate(&mut self.db.read().await?, agent_name).await?;
        Ok(found.is_some_and(|candidate| !gives_way(&candidate, clock::now())))
    }

    pub(super) async fn check_length(&self, wanted: &Agent) -> Result<(), Refusal> {
        let declared = revisions::declared(&mut self.db.read().await?, &wanted.name).await?;
        let declared = declared.and_then(|revision| revision.configuration);
        let Some(declared) = declared else {
            return Ok(());
        };
        let limit = declared.prompt_length() + LONGER_BY;
        let length = wanted.configuration.prompt_length();
        if length > limit {
            return Err(Refusal::PromptTooLong { length, limit });
        }
        Ok(())
    }

    pub(super) async fn check_credits(&self) -> Result<(), Refusal> {
        let since = day_ago(clock::now());
        let used = mending::credits_used(&mut self.db.read().await?, since).await?;
        let limit = self.limits.credits_per_day;
        if used >= limit {
            return Err(Refusal::CreditsSpent { used, limit });
        }
        Ok(())
    }

    /// Whether the standing policy may release another candidate of the agent today.
    pub(super) async fn may_release(&self, agent_name: &str) -> Result<bool, Refusal> {
        let since = day_ago(clock::now());
        let mut tx = self.db.read().await?;
        let done = mending::automatic_releases(&mut tx, agent_name, STANDING_POLICY, since).await?;
        Ok(done < RELEASES_A_DAY)
    }
}

/// A brake held something back: told once a day for each agent.
pub(super) fn braked(agent_name: &str, text: impl Into<String>) -> Finding {
    let day = clock::now().format("%Y-%m-%d").to_string();
    Finding::new(Kind::Braked, agent_name, &day, text).of_agent(agent_name)
}
