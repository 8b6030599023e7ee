//! Observes what telephony holds of each agent: a candidate that was declared there becomes a
//! revision, and what is live is marked so, with the time and the approver of its seal.

use chassis::db::{self, StoreError, Tx};
use chassis::{clock, ids};

use super::{Prompts, Refusal};
use crate::domain::revision::{Agent, Origin, Revision, State};
use crate::store::revisions;

impl Prompts {
    /// Looks at every agent. Called by each scan before it judges, so that verdicts find what was
    /// live, and by the RPCs.
    pub async fn observe(&self) -> Result<(), Refusal> {
        for agent in self.agents.list().await? {
            self.note(&agent).await?;
        }
        Ok(())
    }

    /// Looks at one agent, and answers it.
    pub(super) async fn agent(&self, name: &str) -> Result<Agent, Refusal> {
        let agent = self.agents.find(name).await?;
        let agent = agent.ok_or(Refusal::UnknownAgent)?;
        self.note(&agent).await?;
        Ok(agent)
    }

    async fn note(&self, agent: &Agent) -> Result<(), StoreError> {
        if is_noted(&mut self.db.read().await?, agent).await? {
            return Ok(());
        }
        let (db, agent) = (self.db.clone(), agent.clone());
        db::unit(async move {
            let mut tx = db.begin().await?;
            note_candidate(&mut tx, &agent).await?;
            note_live(&mut tx, &agent).await?;
            tx.commit().await
        })
        .await
    }
}

async fn is_noted(tx: &mut Tx, agent: &Agent) -> Result<bool, StoreError> {
    let live = revisions::live(tx, &agent.name).await?;
    let live = live.map(|live| live.configuration_hash).unwrap_or_default();
    if live != agent.released_hash {
        return Ok(false);
    }
    let known = revisions::of_hash(tx, &agent.name, &agent.configuration_hash).await?;
    let known = known.first();
    Ok(known.is_some_and(|newest| !waits(newest)))
}

/// Declared while another candidate was on its way, and never taken up.
fn waits(newest: &Revision) -> bool {
    newest.origin == Origin::Catalog
        && newest.state == State::Superseded
        && newest.release_time.is_none()
}

async fn note_candidate(tx: &mut Tx, agent: &Agent) -> Result<(), StoreError> {
    let now = clock::now();
    let known = revisions::of_hash(tx, &agent.name, &agent.configuration_hash).await?;
    let is_live = agent.configuration_hash == agent.released_hash;
    let revision = match known.first() {
        Some(newest) if waits(newest) && !is_live => Revision {
            state: State::Candidate,
            end_time: None,
            ..newest.again(ids::random(), newest.cause.clone(), now)
        },
        Some(_) => return Ok(()),
        None => {
            let parts = [agent.name.as_str(), agent.configuration_hash.as_str()];
            let id = ids::derive("revision", &parts);
            let mut new = Revision::candidate(id, agent, Origin::Catalog, now);
            "declared at telephony".clone_into(&mut new.cause);
            new
        }
    };
    let overtaken = Revision {
        state: State::Superseded,
        end_time: Some(now),
        ..revision.clone()
    };
    if is_live {
        // Marked as live in a moment.
        revisions::insert(tx, &overtaken).await?;
    } else if !revisions::insert(tx, &revision).await? && known.is_empty() {
        // Another candidate is on its way; this one is kept, and may be proposed again.
        revisions::insert(tx, &overtaken).await?;
    }
    Ok(())
}

async fn note_live(tx: &mut Tx, agent: &Agent) -> Result<(), StoreError> {
    let hash = &agent.released_hash;
    let live = revisions::live(tx, &agent.name).await?;
    let stands = live.is_some_and(|live| live.configuration_hash == *hash);
    // While one is taken back, what is live is about to change.
    if hash.is_empty() || stands || revisions::rolling_back(tx, &agent.name).await?.is_some() {
        return Ok(());
    }
    let now = clock::now();
    let time = agent.release_time.unwrap_or(now);
    let known = revisions::of_hash(tx, &agent.name, hash).await?;
    let on_its_way = known.iter().find(|known| {
        matches!(
            known.state,
            State::Candidate | State::Evaluating | State::Passed
        )
    });
    let never_live = known.iter().find(|known| known.release_time.is_none());
    if let Some(known) = on_its_way.or(never_live) {
        return super::release::go_live(tx, known, time, &agent.approved_by)
            .await
            .map(drop);
    }
    revisions::supersede(tx, &agent.name, uuid::Uuid::nil(), now).await?;
    let before = known.into_iter().next().unwrap_or_else(|| Revision {
        // Released before this service saw it.
        configuration_hash: hash.clone(),
        configuration: None,
        ..Revision::candidate(ids::random(), agent, Origin::Catalog, now)
    });
    let again = Revision {
        state: State::Live,
        release_time: Some(time.max(before.release_time.unwrap_or(time))),
        approved_by: agent.approved_by.clone(),
        end_time: None,
        ..before.again(ids::random(), "found live at telephony".to_owned(), now)
    };
    revisions::insert(tx, &again).await.map(drop)
}
