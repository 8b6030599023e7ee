//! From flags to a candidate: the clauses of the broken rules, a step stronger than they stand in what
//! is live (R62). What stands at full strength already, or failed before, goes to the operator.

use std::collections::{BTreeMap, BTreeSet};

use chassis::db;
use chassis::{clock, ids, telemetry};

use super::brakes::braked;
use super::{Prompts, Refusal, short};
use crate::domain::clause::{Rule, Strength, strengthen};
use crate::domain::flag::{Finding, Flag, Kind};
use crate::domain::revision::{Agent, Origin, Revision, State};
use crate::store::{flags, mending, revisions};

/// The rule whose clause mends a flag.
pub(super) fn rule_of(flag: &Flag) -> Option<Rule> {
    let kind = Kind::from_name(&flag.kind)?;
    kind.rule().and_then(Rule::from_name)
}

pub(super) fn is_drift(flag: &Flag) -> bool {
    flag.kind == Kind::Drift.name()
}

impl Prompts {
    /// Begins the mending of one agent with open flags; false when there is nothing to begin.
    pub(super) async fn begin(&self) -> Result<bool, Refusal> {
        let open = flags::to_mend(&mut self.db.read().await?).await?;
        let mut by_agent: BTreeMap<String, Vec<Flag>> = BTreeMap::new();
        for flag in open {
            by_agent
                .entry(flag.agent_name.clone())
                .or_default()
                .push(flag);
        }
        let mut failure = None;
        for (name, open) in by_agent {
            match Box::pin(self.begin_agent(&name, open)).await {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                // One agent's trouble keeps no other waiting.
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(false), Err)
    }

    async fn begin_agent(&self, name: &str, mut open: Vec<Flag>) -> Result<bool, Refusal> {
        if self.candidate_stands(name).await? {
            return Ok(false);
        }
        let agent = match self.agent(name).await {
            Err(Refusal::UnknownAgent) => {
                let text = "No such agent stands at telephony: look at it by hand.";
                return self.hand_over(&open, text, None).await.map(|()| true);
            }
            other => other?,
        };
        let live = revisions::live(&mut self.db.read().await?, name).await?;
        let Some(live) = live else {
            if agent.released_hash.is_empty() {
                let text = "The agent is not live, so that nothing of it can be mended.";
                return self.hand_over(&open, text, None).await.map(|()| true);
            }
            // It is being taken back.
            return Ok(false);
        };
        let drifts = self.agents.compare(name).await?;
        if let Some(found) = super::findings::drift(name, &live.configuration_hash, &drifts) {
            return self.put_back(live, open, found).await;
        }
        let mut changed = false;
        let undone: Vec<Flag> = open.extract_if(.., |flag| is_drift(flag)).collect();
        if !undone.is_empty() {
            let text = "the vendor holds what was sealed again";
            self.resolve_all(&undone, text).await?;
            changed = true;
        }
        open.retain(|flag| rule_of(flag).is_some());
        let over = self.answered_before(&live, &mut open).await?;
        if !over.is_empty() {
            let hash = short(&live.configuration_hash);
            let text = format!("the call was answered before {hash} went live, which mends it");
            self.resolve_all(&over, &text).await?;
            changed = true;
        }
        if open.is_empty() {
            return Ok(changed);
        }
        self.mend(&agent, live, open)
            .await
            .map(|begun| begun || changed)
    }

    /// Takes out the flags of calls that an earlier prompt answered, and that the live one mends.
    async fn answered_before(
        &self,
        live: &Revision,
        open: &mut Vec<Flag>,
    ) -> Result<Vec<Flag>, Refusal> {
        let mut tx = self.db.read().await?;
        let mut over = BTreeSet::new();
        for flag in open.iter() {
            let start = mending::call_start(&mut tx, &flag.conversation_id).await?;
            let start = start.unwrap_or(flag.raise_time);
            let earlier = live.release_time.is_some_and(|release| start < release);
            if earlier && rule_of(flag).is_some_and(|rule| live.mends(rule)) {
                over.insert(flag.id);
            }
        }
        Ok(open
            .extract_if(.., |flag| over.contains(&flag.id))
            .collect())
    }

    async fn mend(&self, agent: &Agent, live: Revision, open: Vec<Flag>) -> Result<bool, Refusal> {
        let Some(configuration) = live.configuration.clone() else {
            let text = "What is live was released before it could be seen here: mend it by hand.";
            return self.hand_over(&open, text, None).await.map(|()| true);
        };
        let is_full = |flag: &Flag| {
            let strength = rule_of(flag).map(|rule| configuration.strength(rule));
            strength == Some(Strength::Full)
        };
        let (full, open): (Vec<Flag>, Vec<Flag>) = open.into_iter().partition(is_full);
        for (rule, flags) in by_rule(full) {
            let text = format!(
                "The rule on {} was broken although its clause stands at full strength: change the \
                 prompt, the model or the scenario by hand.",
                rule.name()
            );
            let slot = format!("{}:{}", rule.name(), live.configuration_hash);
            let found = Finding::new(Kind::FullStrength, &agent.name, &slot, text.clone());
            let found = found.of_agent(&agent.name);
            self.hand_over(&flags, &text, Some(found)).await?;
        }
        let rules: Vec<Rule> = open.iter().filter_map(rule_of).collect();
        let patch = strengthen(&configuration.prompt, &configuration.language, &rules);
        let Some(patch) = patch else {
            return Ok(true);
        };
        let mut wanted = Agent {
            configuration,
            site_id: live.site_id.clone(),
            served_categories: live.served_categories.clone(),
            ..agent.clone()
        };
        wanted.configuration.prompt = patch.prompt;
        if let Err(error @ Refusal::PromptTooLong { .. }) = self.check_length(&wanted).await {
            let text = format!("No clause could be added: {error} (B5).");
            let found = braked(&agent.name, text.clone());
            return self
                .hand_over(&open, &text, Some(found))
                .await
                .map(|()| true);
        }
        wanted.configuration_hash = match self.agents.put(&wanted, true).await {
            Err(failed) if failed.is_refusal() => {
                let text = format!("Telephony refused the mended prompt: {failed}.");
                return self.hand_over(&open, &text, None).await.map(|()| true);
            }
            other => other?,
        };
        if self.failed_before(&wanted).await? {
            let text =
                "The very candidate that would mend it failed the gate before, or was taken back.";
            return self.hand_over(&open, text, None).await.map(|()| true);
        }
        let mut revision = Revision::candidate(ids::random(), &wanted, Origin::Mend, clock::now());
        revision.cause = format!("flags: {}", kinds(&open));
        revision.clauses = patch.clauses;
        revision.traceparent = telemetry::current_traceparent();
        self.store_candidate(live, revision, open, Vec::new(), true)
            .await
    }

    async fn failed_before(&self, wanted: &Agent) -> Result<bool, Refusal> {
        let mut tx = self.db.read().await?;
        let hash = &wanted.configuration_hash;
        let known = revisions::of_hash(&mut tx, &wanted.name, hash).await?;
        let is_over =
            |revision: &Revision| matches!(revision.state, State::Failed | State::RolledBack);
        Ok(known.iter().any(is_over))
    }

    pub(super) async fn hand_over(
        &self,
        open: &[Flag],
        text: &str,
        found: Option<Finding>,
    ) -> Result<(), Refusal> {
        let texts = open
            .iter()
            .map(|flag| (flag.id, format!("{} {text}", flag.text)));
        let (db, texts) = (self.db.clone(), texts.collect::<Vec<_>>());
        db::unit(async move {
            let mut tx = db.begin().await?;
            for (id, text) in &texts {
                flags::hand_over(&mut tx, *id, text).await?;
            }
            if let Some(found) = &found {
                flags::raise(&mut tx, found).await?;
            }
            tx.commit().await
        })
        .await?;
        Ok(())
    }

    async fn resolve_all(&self, resolved: &[Flag], text: &str) -> Result<(), Refusal> {
        let ids: Vec<_> = resolved.iter().map(|flag| flag.id).collect();
        let (db, text) = (self.db.clone(), text.to_owned());
        db::unit(async move {
            let mut tx = db.begin().await?;
            for id in ids {
                flags::resolve(&mut tx, id, super::MACHINE, &text).await?;
            }
            tx.commit().await
        })
        .await?;
        Ok(())
    }
}

fn by_rule(flags: Vec<Flag>) -> BTreeMap<Rule, Vec<Flag>> {
    let mut found: BTreeMap<Rule, Vec<Flag>> = BTreeMap::new();
    for flag in flags {
        if let Some(rule) = rule_of(&flag) {
            found.entry(rule).or_default().push(flag);
        }
    }
    found
}

fn kinds(flags: &[Flag]) -> String {
    let kinds: BTreeSet<&str> = flags.iter().map(|flag| flag.kind.as_str()).collect();
    kinds.into_iter().collect::<Vec<_>>().join(", ")
}
