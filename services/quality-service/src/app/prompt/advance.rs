//! Advances one revision by a step: to the gate, through it, live, settled, or taken back. Under a
//! lease, from the row alone.

use std::time::Duration;

use chassis::clock;
use chassis::db::{self, StoreError};
use chassis::telemetry;
use tracing::Instrument as _;

use super::brakes::{UNTOLD_CREDITS, braked};
use super::{Prompts, Refusal, short};
use crate::domain::flag::{Finding, Kind};
use crate::domain::revision::{Gate, Revision, STANDING_POLICY, State};
use crate::store::{flags, mending, revisions};

/// Longer than any call at telephony takes; another worker then takes over (I28).
const LEASE: Duration = Duration::from_secs(30);
/// After a failure that may pass.
const AGAIN: Duration = Duration::from_secs(5);
/// While the day's credits are used up.
const BRAKED: Duration = Duration::from_secs(3_600);
/// Between runs that said nothing about the prompt, and how often.
const INVALID_PAUSE: Duration = Duration::from_secs(120);
const MOST_INVALID: usize = 3;
const INVALID: &str = "no verdict: ";

impl Prompts {
    /// One step of whatever is due, or of the flags that wait; false when there is nothing to do.
    pub async fn step(&self) -> anyhow::Result<bool> {
        let db = self.db.clone();
        let claimed = db::unit(async move {
            if !mending::is_due(&mut db.read().await?).await? {
                return Ok(None);
            }
            let mut tx = db.begin().await?;
            let claimed = mending::claim(&mut tx, LEASE).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(claimed)
        })
        .await?;
        let Some(revision) = claimed else {
            return Ok(self.begin().await?);
        };
        let span = tracing::info_span!("prompt.advance", revision.id = %revision.id);
        telemetry::resume(revision.traceparent.as_deref(), &span);
        let advanced = Box::pin(self.advance(revision.clone()))
            .instrument(span)
            .await;
        if let Err(error) = advanced {
            self.after(revision, &error).await?;
        }
        Ok(true)
    }

    async fn advance(&self, revision: Revision) -> Result<(), Refusal> {
        match revision.state {
            State::Candidate => self.start_gate(revision).await.map(drop),
            State::Evaluating => self.poll(revision).await,
            State::Passed => self.release_by_policy(revision).await,
            State::Live => self.settle(revision).await,
            State::RolledBack => self.finish_rollback(revision).await,
            State::Failed | State::Superseded => {
                let state = revision.state;
                self.keep(revision, state, None, Vec::new()).await.map(drop)
            }
        }
    }

    /// A failure that passes is tried again; a brake waits; the rest is the operator's.
    async fn after(&self, revision: Revision, error: &Refusal) -> Result<(), Refusal> {
        let state = revision.state;
        tracing::warn!(state = state.name(), %error, "a revision did not advance");
        if let Refusal::CreditsSpent { .. } = error {
            let text = format!("A candidate waits for the gate: {error} (B5).");
            let found = braked(&revision.agent_name, text);
            self.keep(revision, state, Some(BRAKED), vec![found])
                .await?;
            return Ok(());
        }
        let is_candidate = matches!(state, State::Candidate | State::Evaluating | State::Passed);
        if is_candidate && !error.is_passing() {
            return self.fail(revision, vec![error.to_string()]).await;
        }
        // What is live is live: settling and taking back are tried for as long as it takes.
        self.keep(revision, state, Some(AGAIN), Vec::new()).await?;
        Ok(())
    }

    async fn poll(&self, mut revision: Revision) -> Result<(), Refusal> {
        let run = self.agents.run(&revision.run_id).await?;
        let (gate, credits) = match run {
            Some(run) => (run.gate, run.credits),
            None => {
                let reason = "telephony does not know the run".to_owned();
                (Gate::Invalid(vec![reason]), Some(0))
            }
        };
        let from = State::Evaluating;
        if gate == Gate::Running {
            let poll = Some(self.limits.poll);
            return self.keep(revision, from, poll, Vec::new()).await.map(drop);
        }
        let credits = credits.unwrap_or(UNTOLD_CREDITS);
        self.spend(revision.id, credits).await?;
        match gate {
            Gate::Running | Gate::Passed => {
                revision.state = State::Passed;
                let due = revision.origin.is_automatic().then_some(Duration::ZERO);
                self.keep(revision, from, due, Vec::new()).await.map(drop)
            }
            Gate::Failed(reasons) => self.fail(revision, reasons).await,
            Gate::Invalid(reasons) => self.try_again(revision, reasons).await,
        }
    }

    /// The vendor failed: the candidate goes to the gate again, the machine's by itself.
    async fn try_again(&self, mut revision: Revision, reasons: Vec<String>) -> Result<(), Refusal> {
        let reason = reasons.into_iter().next().unwrap_or_default();
        revision.reasons.push(format!("{INVALID}{reason}"));
        let is_invalid = |reason: &&String| reason.starts_with(INVALID);
        let invalid = revision.reasons.iter().filter(is_invalid).count();
        if !revision.origin.is_automatic() {
            revision.state = State::Candidate;
            let kept = self.keep(revision, State::Evaluating, None, Vec::new());
            return kept.await.map(drop);
        }
        if invalid >= MOST_INVALID {
            let reasons = revision.reasons.clone();
            return self.fail(revision, reasons).await;
        }
        revision.state = State::Candidate;
        let kept = self.keep(revision, State::Evaluating, Some(INVALID_PAUSE), Vec::new());
        kept.await.map(drop)
    }

    /// The standing policy lets it go live, unless a brake holds it or something else went live since
    /// it was made.
    async fn release_by_policy(&self, mut revision: Revision) -> Result<(), Refusal> {
        let live = revisions::live(&mut self.db.read().await?, &revision.agent_name).await?;
        let newer = live.and_then(|live| live.release_time);
        if newer.is_some_and(|newer| newer > revision.create_time) {
            let (from, db) = (revision.state, self.db.clone());
            revision.state = State::Superseded;
            revision.end_time = Some(clock::now());
            db::unit(async move {
                let mut tx = db.begin().await?;
                if revisions::save(&mut tx, &revision, from, None).await? {
                    mending::reopen_flags(&mut tx, revision.id).await?;
                }
                tx.commit().await
            })
            .await?;
            return Ok(());
        }
        if !self.may_release(&revision.agent_name).await? {
            let text = format!(
                "Revision {} passed the gate and waits for you: the standing policy released twice \
                 within a day (B5). Release it by hand, or let it lie.",
                short(&revision.configuration_hash)
            );
            let found = braked(&revision.agent_name, text);
            return self
                .keep(revision, State::Passed, None, vec![found])
                .await
                .map(drop);
        }
        self.publish(revision, STANDING_POLICY).await.map(drop)
    }

    /// Ends a candidate: its flags are the operator's from now on.
    pub(super) async fn fail(
        &self,
        mut revision: Revision,
        reasons: Vec<String>,
    ) -> Result<(), Refusal> {
        let from = revision.state;
        revision.state = State::Failed;
        revision.end_time = Some(clock::now());
        revision.reasons = reasons;
        let (name, hash) = (&revision.agent_name, &revision.configuration_hash);
        let text = format!(
            "Candidate {} did not pass the gate: {} Mend the prompt by hand; the same candidate is \
             not tried again.",
            short(hash),
            sentences(&revision.reasons)
        );
        let found = Finding::new(Kind::GateFailed, name, hash, text).of_agent(name);
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            if !revisions::save(&mut tx, &revision, from, None).await? {
                return Ok(());
            }
            for flag in flags::of_revision(&mut tx, revision.id).await? {
                let text = format!("{} {}", flag.text, found.text);
                flags::hand_over(&mut tx, flag.id, &text).await?;
            }
            if revision.origin.is_automatic() {
                flags::raise(&mut tx, &found).await?;
            }
            tx.commit().await
        })
        .await?;
        metrics::counter!("prompt_candidates_failed_total").increment(1);
        Ok(())
    }

    /// Writes where a revision stands and when it is due again, with what is to be told.
    async fn keep(
        &self,
        revision: Revision,
        from: State,
        due: Option<Duration>,
        findings: Vec<Finding>,
    ) -> Result<bool, Refusal> {
        let (db, wake) = (self.db.clone(), self.wake.clone());
        let kept = db::unit(async move {
            let mut tx = db.begin().await?;
            let kept = revisions::save(&mut tx, &revision, from, due).await?;
            for found in findings.iter().filter(|_| kept) {
                flags::raise(&mut tx, found).await?;
            }
            if due == Some(Duration::ZERO) {
                tx.wake_after_commit(&wake);
            }
            tx.commit().await?;
            Ok::<_, StoreError>(kept)
        });
        Ok(kept.await?)
    }

    async fn spend(&self, id: uuid::Uuid, credits: i64) -> Result<(), StoreError> {
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            revisions::spend(&mut tx, id, credits).await?;
            tx.commit().await
        })
        .await
    }
}

/// At most three reasons in one line, each a sentence.
fn sentences(reasons: &[String]) -> String {
    let mut text = String::new();
    for reason in reasons.iter().take(3) {
        text.push_str(reason.trim_end_matches('.'));
        text.push_str(". ");
    }
    text.trim_end().to_owned()
}
