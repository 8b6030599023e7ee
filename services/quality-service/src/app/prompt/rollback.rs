//! RollbackPrompt: the revision that was live before, live again in one step (B5). The intention is
//! committed first, so that a crash on the way is finished by whoever comes next.

use std::time::Duration;

use chassis::db;
use chassis::{clock, ids};

use super::{Prompts, Refusal, Shown, short};
use crate::domain::flag::{Finding, Kind};
use crate::domain::revision::{Revision, STANDING_POLICY, State};
use crate::store::{flags, revisions};

const MARK: &str = "rolled back by ";
/// After this a worker finishes what a request began.
const FINISHED_BY: Duration = Duration::from_secs(10);

impl Prompts {
    pub async fn rollback(
        &self,
        agent_name: &str,
        actor: &str,
        cause: &str,
    ) -> Result<Shown, Refusal> {
        self.agent(agent_name).await?;
        let mut tx = self.db.read().await?;
        let under_way = revisions::rolling_back(&mut tx, agent_name).await?;
        let live = revisions::live(&mut tx, agent_name).await?;
        drop(tx);
        let taken_back = match (under_way, live) {
            (Some(under_way), _) => under_way,
            (None, Some(live)) => self.take_back(live, actor, cause, FINISHED_BY).await?,
            (None, None) => return Err(Refusal::NothingBefore),
        };
        self.finish_rollback(taken_back).await?;
        let live = revisions::live(&mut self.db.read().await?, agent_name).await?;
        // A worker that took over has not finished yet.
        self.show(live.ok_or(Refusal::UnderWay)?).await
    }

    /// Takes a live revision out of production; what was live before follows, after `due` by the
    /// worker.
    pub(super) async fn take_back(
        &self,
        live: Revision,
        actor: &str,
        cause: &str,
        due: Duration,
    ) -> Result<Revision, Refusal> {
        let before = revisions::before(&mut self.db.read().await?, &live).await?;
        before.ok_or(Refusal::NothingBefore)?;
        let mut taken_back = live;
        taken_back.state = State::RolledBack;
        taken_back.end_time = Some(clock::now());
        let reason = match cause.trim() {
            "" => format!("{MARK}{actor}"),
            cause => format!("{MARK}{actor}: {cause}"),
        };
        taken_back.reasons.push(reason);
        let (db, row, wake) = (self.db.clone(), taken_back.clone(), self.wake.clone());
        db::unit(async move {
            let mut tx = db.begin().await?;
            revisions::save(&mut tx, &row, State::Live, Some(due)).await?;
            tx.wake_after_commit(&wake);
            tx.commit().await
        })
        .await?;
        Ok(taken_back)
    }

    pub(super) async fn finish_rollback(&self, taken_back: Revision) -> Result<(), Refusal> {
        let before = revisions::before(&mut self.db.read().await?, &taken_back).await?;
        let before = before.ok_or(Refusal::NothingBefore)?;
        let (actor, cause) = intention(&taken_back);
        self.points.pass("quality.before_release").await?;
        let released = self
            .agents
            .release(&before.agent_name, &before.configuration_hash, &actor)
            .await
            .map_err(Refusal::from);
        if let Err(error) = released {
            if !error.is_passing() {
                self.give_up(taken_back, &error).await?;
            }
            return Err(error);
        }
        self.points.pass("quality.after_release").await?;
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            if !revisions::save(&mut tx, &taken_back, State::RolledBack, None).await? {
                return Ok(());
            }
            let now = clock::now();
            let name = &before.agent_name;
            let (from, to) = (
                short(&taken_back.configuration_hash),
                short(&before.configuration_hash),
            );
            let again = Revision {
                state: State::Live,
                release_time: Some(now),
                approved_by: actor.clone(),
                ..before.again(ids::random(), format!("rolled back from {from}"), now)
            };
            revisions::insert(&mut tx, &again).await?;
            if actor == STANDING_POLICY {
                let text = format!(
                    "The release {from} was taken back: {cause}. {to} is live again. Look at the \
                     calls since, and change the prompt by hand."
                );
                let found =
                    Finding::new(Kind::RolledBack, name, &taken_back.configuration_hash, text);
                flags::raise(&mut tx, &found.of_agent(name)).await?;
            }
            tx.commit().await
        })
        .await?;
        metrics::counter!("prompt_rollbacks_total").increment(1);
        Ok(())
    }

    /// The earlier one cannot go live: what was to be taken back stays, and the operator is told.
    async fn give_up(&self, taken_back: Revision, error: &Refusal) -> Result<(), Refusal> {
        let name = taken_back.agent_name.clone();
        let text = format!(
            "The release {} should be taken back and could not be: {error}. It stays live.",
            short(&taken_back.configuration_hash)
        );
        let found = Finding::new(
            Kind::RolledBack,
            &name,
            &taken_back.configuration_hash,
            text,
        );
        let stays = Revision {
            state: State::Live,
            end_time: None,
            ..taken_back
        };
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            if revisions::save(&mut tx, &stays, State::RolledBack, None).await? {
                flags::raise(&mut tx, &found.of_agent(&name)).await?;
            }
            tx.commit().await
        })
        .await?;
        Ok(())
    }
}

/// Whether it was to be taken back once and could not be: the operator knows.
pub(super) fn was_tried(live: &Revision) -> bool {
    live.reasons.iter().any(|reason| reason.starts_with(MARK))
}

/// Who takes it back, and why.
fn intention(taken_back: &Revision) -> (String, String) {
    let reasons = taken_back.reasons.iter().rev();
    let mut marked = reasons.filter_map(|reason| reason.strip_prefix(MARK));
    let marked = marked.next().unwrap_or(STANDING_POLICY);
    let (actor, cause) = marked.split_once(": ").unwrap_or((marked, ""));
    (actor.to_owned(), cause.to_owned())
}
