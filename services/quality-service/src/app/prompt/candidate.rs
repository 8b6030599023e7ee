//! A candidate of the machine's: stored together with the flags that it mends and the regression
//! scenarios that they add (D14), in one transaction, by one of however many workers.

use chassis::clock;
use chassis::db::{self, StoreError, Tx};

use super::brakes::idle_since;
use super::mend::rule_of;
use super::{Prompts, Refusal};
use crate::domain::clause::Rule;
use crate::domain::flag::{Finding, Flag};
use crate::domain::revision::Revision;
use crate::domain::scenario::Scenario;
use crate::store::{flags, revisions, scenarios};

impl Prompts {
    /// Stores a candidate of the machine's with its flags, where nothing moved meanwhile; false where
    /// somebody was quicker.
    pub(super) async fn store_candidate(
        &self,
        live: Revision,
        revision: Revision,
        open: Vec<Flag>,
        findings: Vec<Finding>,
        with_scenarios: bool,
    ) -> Result<bool, Refusal> {
        self.points.pass("quality.before_propose").await?;
        let db = self.db.clone();
        let stored = db::unit(async move {
            let mut tx = db.begin().await?;
            let (name, now) = (&revision.agent_name, clock::now());
            revisions::overtake(&mut tx, name, now, idle_since(now)).await?;
            if !revisions::insert(&mut tx, &revision).await? {
                return Ok(false);
            }
            let still = revisions::live(&mut tx, name).await?;
            if still.is_none_or(|still| still.id != live.id) {
                return Ok(false);
            }
            for found in &findings {
                flags::raise(&mut tx, found).await?;
                flags::mending(&mut tx, found.id(), revision.id).await?;
            }
            let category = revision
                .served_categories
                .first()
                .map_or("", String::as_str);
            for flag in &open {
                // It may have been resolved, or taken up, since it was read.
                let now = flags::find(&mut tx, flag.id).await?;
                if now.is_none_or(|now| now.state != "open" || now.owner != "machine") {
                    continue;
                }
                flags::mending(&mut tx, flag.id, revision.id).await?;
                if with_scenarios && let Some(rule) = rule_of(flag) {
                    add_scenario(&mut tx, name, rule, category, flag).await?;
                }
            }
            if flags::of_revision(&mut tx, revision.id).await?.is_empty() {
                return Ok(false);
            }
            tx.commit().await?;
            Ok::<_, StoreError>(true)
        })
        .await?;
        self.points.pass("quality.after_propose").await?;
        Ok(stored)
    }
}

/// A flag adds one scenario at the most, and a rule three to an agent (D14).
async fn add_scenario(
    tx: &mut Tx,
    agent_name: &str,
    rule: Rule,
    category: &str,
    flag: &Flag,
) -> Result<(), StoreError> {
    if scenarios::is_added_by(tx, flag.id).await? {
        return Ok(());
    }
    let prefix = Scenario::prefix(rule);
    let known = scenarios::of_agent(tx, agent_name).await?;
    let variant = known
        .iter()
        .filter(|known| known.id.starts_with(&prefix))
        .count();
    if let Some(scenario) = Scenario::of(rule, variant, category) {
        scenarios::add(tx, agent_name, &scenario, flag.id).await?;
    }
    Ok(())
}
