//! The answer to a tool call: one for each lead, saved, and the same for every repeat (I3).

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::{db, deadline};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;
use crate::domain::say::{Answer, Template};
use crate::store::{answers, leads};

/// How soon another replica's answer is looked for; then twice as long each time, up to the cap.
const LOOK: Duration = Duration::from_millis(50);
const LOOK_CAP: Duration = Duration::from_millis(200);
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
        // Heard before the answer is read, so that one in between is not missed.
        let mut answered = self.answered.subscribe();
        let mut look = LOOK;
        loop {
            if let Some(answer) = self.saved_answer(lead_id).await? {
                return Ok(answer);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let _ = tokio::time::timeout(left.min(look), heard(&mut answered, lead_id)).await;
            look = (look * 2).min(LOOK_CAP);
        }
        // Of many whose time is over at once, the first one writes and the others read.
        let _turn = self.turns.take(&lead_id.to_string()).await;
        match self.saved_answer(lead_id).await? {
            Some(answer) => Ok(answer),
            None => self.noted(lead_id, language).await,
        }
    }

    async fn saved_answer(&self, lead_id: Uuid) -> Result<Option<Answer>, Failure> {
        let mut tx = self.db.read().await?;
        Ok(answers::find(&mut tx, lead_id).await?)
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
            // A professional is promised only where one can be asked.
            let template = if lead.verified && lead.is_sorted() {
                Template::Noted
            } else {
                Template::Kept
            };
            let answer = Answer {
                status: lead.state.name().to_owned(),
                template,
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

/// Until the lead's answer stands, or may stand.
async fn heard(answered: &mut broadcast::Receiver<Uuid>, lead_id: Uuid) {
    // An error means that some were missed, so it is worth a look.
    while answered.recv().await.is_ok_and(|id| id != lead_id) {}
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
