//! ListPromptRevisions: what was seen and made of each agent, and how its calls went.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Prompts, Refusal};
use crate::domain::revision::Revision;
use crate::store::{mending, revisions};

/// A revision as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub revision: Revision,
    pub flag_ids: Vec<Uuid>,
    pub real_calls: i64,
    pub dispatched_calls: i64,
}

impl Prompts {
    /// Newest first, after the one named; what telephony holds is looked at before, where it answers.
    pub async fn list(
        &self,
        agent_name: &str,
        before: (DateTime<Utc>, Uuid),
        limit: i64,
    ) -> Result<Vec<Shown>, Refusal> {
        if let Err(error) = self.observe().await {
            tracing::warn!(%error, "revisions are listed as they were last seen");
        }
        let rows = {
            let mut tx = self.db.read().await?;
            revisions::page(&mut tx, agent_name, before, limit).await?
        };
        let mut found = Vec::with_capacity(rows.len());
        for revision in rows {
            found.push(self.show(revision).await?);
        }
        Ok(found)
    }

    pub(super) async fn show(&self, revision: Revision) -> Result<Shown, Refusal> {
        let mut tx = self.db.read().await?;
        let (real_calls, dispatched_calls) = mending::counts(&mut tx, &revision).await?;
        Ok(Shown {
            flag_ids: mending::flag_ids(&mut tx, revision.id).await?,
            real_calls,
            dispatched_calls,
            revision,
        })
    }
}
