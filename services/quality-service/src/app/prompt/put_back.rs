//! Puts back what was sealed where somebody edited an agent at the vendor (B5): through the gate like
//! any other candidate, and before anything else of the agent is mended.

use chassis::{clock, ids, telemetry};

use super::mend::{is_drift, rule_of};
use super::{Prompts, Refusal};
use crate::domain::flag::{Finding, Flag};
use crate::domain::revision::{Origin, Revision, State};

impl Prompts {
    /// Makes the candidate. Flags of calls wait for it, where what was sealed states their rule
    /// firmly: the edit is why it was broken.
    pub(super) async fn put_back(
        &self,
        live: Revision,
        open: Vec<Flag>,
        found: Finding,
    ) -> Result<bool, Refusal> {
        if self.put_back_failed(&live).await? {
            let text = "It could not be put back: what was sealed no longer passes the gate.";
            return self.hand_over(&open, text, None).await.map(|()| true);
        }
        let cause = "the vendor held something else than what was sealed".to_owned();
        let revision = Revision {
            state: State::Candidate,
            origin: Origin::PutBack,
            clauses: Vec::new(),
            run_id: String::new(),
            approved_by: String::new(),
            is_due: true,
            traceparent: telemetry::current_traceparent(),
            ..live.again(ids::random(), cause, clock::now())
        };
        let waits = |flag: &Flag| {
            is_drift(flag) || rule_of(flag).is_some_and(|rule| live.stands_firm(rule))
        };
        let open: Vec<Flag> = open.into_iter().filter(waits).collect();
        let known = open.iter().any(|flag| flag.id == found.id());
        let findings = if known { Vec::new() } else { vec![found] };
        self.store_candidate(live, revision, open, findings, false)
            .await
    }

    /// Whether putting this very revision back failed the gate since it went live.
    async fn put_back_failed(&self, live: &Revision) -> Result<bool, Refusal> {
        let mut tx = self.db.read().await?;
        let (name, hash) = (&live.agent_name, &live.configuration_hash);
        let known = crate::store::revisions::of_hash(&mut tx, name, hash).await?;
        Ok(known.iter().any(|known| {
            known.state == State::Failed
                && known.origin == Origin::PutBack
                && Some(known.create_time) > live.release_time
        }))
    }
}
