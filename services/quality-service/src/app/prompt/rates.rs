//! Dispatch rates of agents and revisions, and what a fall of one leads to (B13, R68): a finding, and
//! the rollback of a release that the machine made itself (B5).

use std::time::Duration;

use uuid::Uuid;

use super::{Prompts, Refusal, short};
use crate::domain::cusum::{Cusum, baseline, silent_since};
use crate::domain::flag::{Finding, Kind};
use crate::domain::revision::{Origin, Revision, STANDING_POLICY};
use crate::store::mending::{self, Call};
use crate::store::{flags, revisions};

/// Calls that an agent's history takes into account.
const MOST_CALLS: i64 = 2_000;
/// Calls that are tested together; what came before them is their history.
const BLOCK: usize = 60;
/// A false alarm at most every so many calls.
const ALARM_EVERY: u32 = 400;
/// A rollback costs nobody anything, so it asks for less.
const ROLLBACK_EVERY: u32 = 50;

/// How the calls of a live revision went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    pub agent_name: String,
    pub revision_id: Uuid,
    pub configuration_hash: String,
    pub real_calls: i64,
    pub dispatched_calls: i64,
}

impl Prompts {
    /// Every live revision's rate, by agent.
    pub async fn rates(&self) -> Result<Vec<Rate>, Refusal> {
        let mut tx = self.db.read().await?;
        let mut found = Vec::new();
        for live in revisions::all_live(&mut tx).await? {
            let (real_calls, dispatched_calls) = mending::counts(&mut tx, &live).await?;
            found.push(Rate {
                agent_name: live.agent_name,
                revision_id: live.id,
                configuration_hash: live.configuration_hash,
                real_calls,
                dispatched_calls,
            });
        }
        Ok(found)
    }

    /// Findings that nobody was told of yet. A release of the machine's that lowers the rate is taken
    /// back on the way; its flag is raised when it is done.
    pub async fn check_rates(&self) -> Result<Vec<Finding>, Refusal> {
        let live = revisions::all_live(&mut self.db.read().await?).await?;
        let mut found = Vec::new();
        for live in live {
            let calls = {
                let mut tx = self.db.read().await?;
                mending::calls(&mut tx, &live.agent_name, MOST_CALLS).await?
            };
            if self.is_worse_than_before(&live, &calls).await? {
                let cause = "fewer calls were dispatched with it than before";
                match self
                    .take_back(live, STANDING_POLICY, cause, Duration::ZERO)
                    .await
                {
                    Ok(_) | Err(Refusal::NothingBefore) => {}
                    Err(error) => return Err(error),
                }
                continue;
            }
            found.extend(falls(&live, &calls));
            found.extend(silence(&live, &calls));
        }
        self.unknown(found).await
    }

    /// Only what is no flag yet: one that was resolved is not raised again for the same calls.
    async fn unknown(&self, findings: Vec<Finding>) -> Result<Vec<Finding>, Refusal> {
        let mut tx = self.db.read().await?;
        let mut kept = Vec::new();
        for finding in findings {
            if flags::find(&mut tx, finding.id()).await?.is_none() {
                kept.push(finding);
            }
        }
        Ok(kept)
    }

    async fn is_worse_than_before(&self, live: &Revision, calls: &[Call]) -> Result<bool, Refusal> {
        let is_automatic = live.origin == Origin::Mend && live.approved_by == STANDING_POLICY;
        if !is_automatic || super::rollback::was_tried(live) {
            return Ok(false);
        }
        let before = revisions::before(&mut self.db.read().await?, live).await?;
        let Some(before) = before else {
            return Ok(false);
        };
        let history = of_hash(calls, &before.configuration_hash);
        let test = Cusum::against(baseline(&history), ROLLBACK_EVERY);
        let now = of_hash(calls, &live.configuration_hash);
        Ok(!test.alarms(&now).is_empty())
    }
}

fn of_hash(calls: &[Call], hash: &str) -> Vec<bool> {
    let calls = calls.iter().filter(|call| call.configuration_hash == hash);
    calls.map(|call| call.dispatched).collect()
}

/// A fall within the last two blocks of a revision's calls, against all calls before the block.
fn falls(live: &Revision, calls: &[Call]) -> Vec<Finding> {
    let (hash, name) = (&live.configuration_hash, &live.agent_name);
    let mut history: Vec<bool> = calls
        .iter()
        .filter(|call| call.configuration_hash != *hash)
        .map(|call| call.dispatched)
        .collect();
    let now = of_hash(calls, hash);
    let blocks = now.chunks(BLOCK).count();
    let mut found = Vec::new();
    for (number, block) in now.chunks(BLOCK).enumerate() {
        let expected = baseline(&history);
        let alarms = Cusum::against(expected, ALARM_EVERY).alarms(block);
        if let (Some(alarm), true) = (alarms.first(), number + 2 >= blocks) {
            let seen = &block[..=alarm.at];
            let dispatched = seen.iter().filter(|dispatched| **dispatched).count();
            let text = format!(
                "Of the last {} real calls of revision {} only {dispatched} were dispatched; about \
                 {:.0} in 100 were before. Read the calls' flags, and roll back if the prompt is the \
                 cause.",
                seen.len(),
                short(hash),
                expected * 100.0
            );
            let slot = format!("{hash}:{number}");
            found.push(Finding::new(Kind::DispatchRate, name, &slot, text).of_agent(name));
        }
        history.extend(block);
    }
    found
}

fn silence(live: &Revision, calls: &[Call]) -> Option<Finding> {
    let (hash, name) = (&live.configuration_hash, &live.agent_name);
    let now: Vec<&Call> = calls
        .iter()
        .filter(|call| call.configuration_hash == *hash)
        .collect();
    let dispatched: Vec<bool> = now.iter().map(|call| call.dispatched).collect();
    let since = silent_since(&dispatched)?;
    let slot = format!("{hash}:{}", now[since].conversation_id);
    let text = format!(
        "None of the last {} real calls was dispatched: the agent never fires dispatch_lead (R68). \
         Check the tool at the vendor and the prompt, and roll back if one of them is the cause.",
        now.len() - since
    );
    Some(Finding::new(Kind::ToolSilent, name, &slot, text).of_agent(name))
}
