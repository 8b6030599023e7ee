//! The answer to a tool call: one for each lead, saved, and the same for every repeat (I3).

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::{db, deadline};
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;
use crate::domain::say::{Answer, Template};
use crate::store::{answers, leads};

/// How often another replica's answer is looked for.
const LOOK: Duration = Duration::from_millis(50);
/// What is left to the caller's deadline for the answer itself to travel.
const MARGIN: Duration = Duration::from_millis(150);

impl Leads {
    /// The saved answer once there is one; "noted" becomes the answer when the budget is over.
    pub(super) async fn answer(
        self: &Arc<Self>,
        lead_id: Uuid,
        started: Instant,
        language: String,
    ) -> Result<Answer, Failure> {
        let left =
            deadline::remaining().map_or(self.settings.budget, |left| left.saturating_sub(MARGIN));
        let until = started + self.settings.budget.min(left + started.elapsed());
        loop {
            // Registered before the answer is read, so that one in between is not missed.
            let answered = self.answered.notified();
            tokio::pin!(answered);
            answered.as_mut().enable();
            let mut tx = self.db.read().await?;
            let found = answers::find(&mut tx, lead_id).await?;
            drop(tx);
            if let Some(answer) = found {
                return Ok(answer);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return self.noted(lead_id, language).await;
            }
            let _ = tokio::time::timeout(left.min(LOOK), answered).await;
        }
    }

    /// Saves "noted" unless somebody was faster, and returns what stands.
    async fn noted(self: &Arc<Self>, lead_id: Uuid, language: String) -> Result<Answer, Failure> {
        metrics::counter!("lead_answered_noted_total").increment(1);
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            let lead = leads::find(&mut tx, lead_id)
                .await?
                .ok_or(Failure::UnknownLead)?;
            let answer = Answer {
                status: lead.state.name().to_owned(),
                template: Template::Noted,
                language,
                category_name: String::new(),
            };
            answers::save(&mut tx, lead_id, &answer).await?;
            let stands = answers::find(&mut tx, lead_id).await?;
            tx.commit().await?;
            Ok(stands.unwrap_or(answer))
        })
        .await
    }
}

/// The answer that a lead's state gives.
pub(super) fn of(lead: &Lead, template: Template, known: &Knowledge) -> Answer {
    let names = known
        .category(&lead.category)
        .map(|category| &category.names);
    let name = names.and_then(|names| names.get(&lead.language));
    Answer {
        status: lead.state.name().to_owned(),
        template,
        language: lead.language.clone(),
        category_name: name.cloned().unwrap_or_default(),
    }
}
