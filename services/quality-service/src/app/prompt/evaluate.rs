//! EvaluatePrompt: starts the gate for a candidate. The mandatory scenarios and the agent's own run
//! against exactly its configuration, without deploying it (R63, D14).

use chassis::db;

use super::{Prompts, Refusal, Shown};
use crate::domain::revision::{Agent, Origin, Revision, State};
use crate::outbound::Failed;
use crate::store::{revisions, scenarios};

impl Prompts {
    /// Starts the gate and returns; where it runs or ran already, how it stands.
    pub async fn evaluate(&self, id: uuid::Uuid) -> Result<Shown, Refusal> {
        let revision = self.find(id).await?;
        let revision = match revision.state {
            State::Candidate => self.start_gate(revision).await?,
            _ => revision,
        };
        self.show(revision).await
    }

    pub(super) async fn start_gate(&self, mut revision: Revision) -> Result<Revision, Refusal> {
        self.check_credits().await?;
        self.keep_at_telephony(&revision).await?;
        let (name, hash) = (&revision.agent_name, &revision.configuration_hash);
        let own = scenarios::of_agent(&mut self.db.read().await?, name).await?;
        revision.run_id = self.agents.start_run(name, hash, &own).await?;
        revision.state = State::Evaluating;
        let (db, poll) = (self.db.clone(), self.limits.poll);
        let wake = std::sync::Arc::clone(&self.wake);
        let id = revision.id;
        db::unit(async move {
            let mut tx = db.begin().await?;
            // Where somebody else was quicker it is the same run.
            revisions::save(&mut tx, &revision, State::Candidate, Some(poll)).await?;
            tx.wake_after_commit(&wake);
            tx.commit().await
        })
        .await?;
        self.find(id).await
    }

    /// What the catalogue declared, and what was live, stands there already.
    async fn keep_at_telephony(&self, revision: &Revision) -> Result<(), Refusal> {
        if matches!(revision.origin, Origin::Catalog | Origin::PutBack) {
            return Ok(());
        }
        let agent = self.agents.find(&revision.agent_name).await?;
        let agent = agent.ok_or(Refusal::UnknownAgent)?;
        let configuration = revision.configuration.clone();
        let wanted = Agent {
            configuration: configuration.ok_or(Refusal::LiveUnknown)?,
            site_id: revision.site_id.clone(),
            served_categories: revision.served_categories.clone(),
            ..agent
        };
        let hash = self.agents.put(&wanted, false).await?;
        if hash != revision.configuration_hash {
            // What telephony adds to every configuration changed meanwhile.
            return Err(Refusal::Neighbour(Failed::changed("PutAgent")));
        }
        Ok(())
    }
}
