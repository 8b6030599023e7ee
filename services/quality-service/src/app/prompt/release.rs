//! ReleasePrompt: puts a revision live that passed the gate, reads it back, and resolves what it
//! mends. telephony writes at the vendor, and refuses what its own records do not seal (R63, B5).

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{self, StoreError, Tx};
use chassis::{clock, ids};
use chrono::{DateTime, Utc};

use super::{MACHINE, Prompts, Refusal, Shown, short};
use crate::domain::flag::Kind;
use crate::domain::revision::{Origin, Revision, STANDING_POLICY, State};
use crate::store::flags::{self, Wanted};
use crate::store::{mending, revisions};

impl Prompts {
    /// True where something changed at the vendor.
    pub async fn release(&self, id: uuid::Uuid, actor: &str) -> Result<(Shown, bool), Refusal> {
        let revision = self.find(id).await?;
        let (name, hash) = (&revision.agent_name, &revision.configuration_hash);
        let (released, changed) = match revision.state {
            State::Passed => self.publish(revision, actor).await?,
            State::Live => {
                // Whatever somebody edited at the vendor is written over.
                let changed = self.agents.release(name, hash, actor).await?;
                (revision, changed)
            }
            // It passed once, and its seal stands.
            State::Superseded | State::RolledBack if revision.release_time.is_some() => {
                let again = self.pass_again(&revision, actor).await?;
                self.publish(again, actor).await?
            }
            _ => return Err(Refusal::SealMissing),
        };
        let settled = self.settle(self.find(released.id).await?).await;
        if let Err(error) = settled {
            tracing::warn!(%error, "a released revision is settled later");
        }
        let shown = self.show(self.find(released.id).await?).await?;
        Ok((shown, changed))
    }

    async fn pass_again(&self, revision: &Revision, actor: &str) -> Result<Revision, Refusal> {
        let cause = format!("released again by {actor}");
        let again = Revision {
            state: State::Passed,
            approved_by: String::new(),
            ..revision.again(ids::random(), cause, clock::now())
        };
        let (db, row) = (self.db.clone(), again.clone());
        db::unit(async move {
            let mut tx = db.begin().await?;
            if !revisions::insert(&mut tx, &row).await? {
                return Err(Refusal::CandidateStands);
            }
            tx.commit().await?;
            Ok(())
        })
        .await?;
        Ok(again)
    }

    /// Puts a revision live that passed. A repeat after a crash finds it live at telephony already.
    pub(super) async fn publish(
        &self,
        revision: Revision,
        actor: &str,
    ) -> Result<(Revision, bool), Refusal> {
        self.points.pass("quality.before_release").await?;
        let (name, hash) = (&revision.agent_name, &revision.configuration_hash);
        let changed = self.agents.release(name, hash, actor).await?;
        self.points.pass("quality.after_release").await?;
        let (db, id, actor) = (self.db.clone(), revision.id, actor.to_owned());
        let wake = Arc::clone(&self.wake);
        db::unit(async move {
            let mut tx = db.begin().await?;
            // Where it did not move, somebody else noted the release.
            go_live(&mut tx, &revision, clock::now(), &actor).await?;
            tx.wake_after_commit(&wake);
            tx.commit().await
        })
        .await?;
        metrics::counter!("prompt_releases_total").increment(1);
        Ok((self.find(id).await?, changed))
    }

    /// Compares what is live with its seal once more, and resolves the flags that it mends. What was
    /// edited again meanwhile gives them back.
    pub(super) async fn settle(&self, revision: Revision) -> Result<(), Refusal> {
        if revision.state != State::Live || !revision.is_due {
            return Ok(());
        }
        let is_clean = self.agents.compare(&revision.agent_name).await?.is_empty();
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            if !revisions::save(&mut tx, &revision, State::Live, None).await? {
                return Ok(());
            }
            if is_clean {
                resolve(&mut tx, &revision).await?;
            } else {
                mending::reopen_flags(&mut tx, revision.id).await?;
            }
            tx.commit().await
        })
        .await?;
        Ok(())
    }
}

/// Marks a revision live that stands as it was read; what was live is superseded. False where it
/// moved meanwhile.
pub(super) async fn go_live(
    tx: &mut Tx,
    revision: &Revision,
    time: DateTime<Utc>,
    approver: &str,
) -> Result<bool, StoreError> {
    let before = revisions::live(tx, &revision.agent_name).await?;
    if let Some(unsettled) = before.filter(|before| before.is_due) {
        mending::reopen_flags(tx, unsettled.id).await?;
    }
    revisions::supersede(tx, &revision.agent_name, revision.id, time).await?;
    let live = Revision {
        state: State::Live,
        release_time: Some(time),
        end_time: None,
        approved_by: approver.to_owned(),
        ..revision.clone()
    };
    revisions::save(tx, &live, revision.state, Some(Duration::ZERO)).await
}

/// Resolves what a revision mends, and every finding that something else stood at the vendor.
async fn resolve(tx: &mut Tx, revision: &Revision) -> Result<(), StoreError> {
    let by = match revision.approved_by.as_str() {
        STANDING_POLICY | "" => MACHINE,
        person => person,
    };
    let hash = short(&revision.configuration_hash);
    let text = match revision.origin {
        Origin::PutBack => format!("put back: the vendor holds the sealed {hash} again"),
        _ => format!("passed the gate and is live as {hash}"),
    };
    for flag in flags::of_revision(tx, revision.id).await? {
        flags::resolve(tx, flag.id, by, &text).await?;
    }
    let drift = Wanted {
        agent_name: revision.agent_name.clone(),
        kind: Kind::Drift.name().to_owned(),
        ..Wanted::default()
    };
    let first = (i64::MAX, DateTime::UNIX_EPOCH, uuid::Uuid::nil());
    for flag in flags::page(tx, &drift, first, 200).await? {
        flags::resolve(tx, flag.id, by, &text).await?;
    }
    Ok(())
}
