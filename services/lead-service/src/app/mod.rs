//! The use cases of lead-service, a file for each.
//!
//! `dispatch` is the saga: it alone moves a stored lead forward, one step at a time, and it needs
//! nothing but the database to go on after a crash.

pub mod aftercare;
pub mod again;
pub mod alarm;
pub mod amend;
pub mod answer;
pub mod assign;
pub mod call_ended;
pub mod cancel_lead;
pub mod capture_voicemail;
pub mod close_lead;
pub mod confirm_lead;
pub mod decline_lead;
pub mod dispatch;
pub mod dispatch_lead;
pub mod erase;
pub mod error;
pub mod evidence;
pub mod follow_outcomes;
pub mod follow_roster;
pub mod get_offer;
pub mod host_watch;
pub mod lanes;
pub mod ledger;
pub mod measure;
pub mod meet;
pub mod offer;
pub mod offer_lead;
pub mod overdue;
pub mod ownership;
pub mod prove;
pub mod put_catalogue;
pub mod read;
pub mod record_reply;
pub mod recover_check;
pub mod recover_lead;
pub mod release;
pub mod reply;
pub mod restore;
pub mod retry_lead;
pub mod scan_watch;
pub mod standing;
pub mod summarize;
pub mod turns;
pub mod unmatched;
pub mod verb;
pub mod verify_lead;
pub mod watchdog;
pub mod worker;

use std::sync::{Arc, PoisonError, RwLock};

use chassis::config::Secret;
use chassis::crash::Points;
use chassis::db::{self, Db, Tx};
use chassis::run::Life;
use tokio::sync::{Semaphore, broadcast};
use uuid::Uuid;

use crate::config::Settings;
use crate::domain::attempt::{Attempt, AttemptState, ReleaseCause};
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::{Event, Lead};
use crate::domain::ledger::terms::Terms;
use crate::domain::say::Answer;
use crate::domain::state::LeadState;
use crate::outbound::notification::Notifications;
use crate::outbound::roster::Roster;
use crate::store::alarms::Alarm;
use crate::store::deliveries::Delivery;
use crate::store::{alarms, answers, attempts, catalogue, deliveries, events, leads, queue};
use error::Failure;
use lanes::{Lane, Wakes};
use turns::Turns;

/// Everything that a use case needs.
pub struct Leads {
    pub db: Db,
    pub roster: Roster,
    pub notifications: Notifications,
    pub call_token_secrets: Vec<Secret>,
    pub settings: Settings,
    pub crash_points: Points,
    pub life: Life,
    pub wakes: Wakes,
    pub ledger: ledger::Wakes,
    /// Tells callers whose lead's answer stands now.
    pub answered: broadcast::Sender<Uuid>,
    pub turns: Turns,
    /// Tables of economics are made one at a time.
    pub tables: Arc<Semaphore>,
    pub knowledge: RwLock<Arc<Knowledge>>,
}

/// How often work that somebody else disturbed is done again.
const TRIES: usize = 5;

/// A change of one lead with all that must commit with it.
pub(crate) struct Change {
    pub lead: Lead,
    pub event: Option<Event>,
    pub answer: Option<Answer>,
    pub alarm: Option<Alarm>,
    pub attempt: Option<AttemptMove>,
    /// The provider's messages of the offer, as planned.
    pub planned: Vec<Delivery>,
}

/// What a change of a lead means for its attempt.
pub(crate) enum AttemptMove {
    /// With what its provider pays, fixed from here on.
    Open(Box<Attempt>, Option<Terms>),
    /// Its provider answered.
    Answered { state: AttemptState, actor: String },
    Releasing {
        cause: ReleaseCause,
        actor: String,
        reason: Option<String>,
    },
    /// The attempt that was told, which need not be the lead's any more.
    Released(i32),
    /// Ended ones that a loss took from here.
    Restored(Vec<Attempt>),
}

impl Change {
    pub(crate) fn new(lead: Lead, event: Event) -> Self {
        Self {
            lead,
            event: Some(event),
            answer: None,
            alarm: None,
            attempt: None,
            planned: Vec::new(),
        }
    }

    /// A change that is no news.
    pub(crate) fn silent(lead: Lead) -> Self {
        Self {
            lead,
            event: None,
            answer: None,
            alarm: None,
            attempt: None,
            planned: Vec::new(),
        }
    }
}

/// Whether the machine is carrying out a word of the operator.
pub(crate) fn at_work(lead: &Lead) -> bool {
    lead.wanted.is_some() || matches!(lead.state, LeadState::Assigned | LeadState::Releasing)
}

/// Runs a unit of database work, and again when somebody moved a lead under it.
pub(crate) async fn undisturbed<T, F>(mut work: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>> + Send + 'static,
    T: Send + 'static,
{
    let mut tries = 0;
    loop {
        match db::unit(work()).await {
            Err(Failure::Moved) if tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

impl Leads {
    /// Sites and taxonomy as they stand now; read anew only when they changed.
    pub(crate) async fn knowledge(&self) -> Result<Arc<Knowledge>, Failure> {
        let mut tx = self.db.read().await?;
        let version = catalogue::version(&mut tx).await?;
        let held = Arc::clone(
            &self
                .knowledge
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        if held.version == version {
            return Ok(held);
        }
        let loaded = Arc::new(catalogue::load(&mut tx).await?);
        *self
            .knowledge
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&loaded);
        Ok(loaded)
    }

    /// Commits a step of the saga if nobody moved the lead since it was read.
    ///
    /// While more is due at once the lease is renewed; otherwise the lead is let go.
    pub(crate) async fn commit(self: &Arc<Self>, change: Change) -> Result<Lead, Failure> {
        let this = Arc::clone(self);
        let answers_it = change.answer.is_some();
        let lead = db::unit(async move {
            let mut tx = this.db.begin().await?;
            let now = crate::store::now_us(&mut tx).await?;
            let lead = this.write(&mut tx, change, now, true).await?;
            tx.commit().await?;
            Ok::<_, Failure>(lead)
        })
        .await?;
        if answers_it {
            // Nobody may be waiting.
            let _ = self.answered.send(lead.id);
        }
        Ok(lead)
    }

    /// Writes a change with all that commits with it; the lead's row is locked from here on.
    /// `goes_on`: the writer goes on with what is due at once, so the worker is kept away.
    pub(crate) async fn write(
        &self,
        tx: &mut Tx,
        change: Change,
        now: i64,
        goes_on: bool,
    ) -> Result<Lead, Failure> {
        let Change {
            mut lead,
            event,
            answer,
            alarm,
            attempt,
            planned,
        } = change;
        let held = goes_on && lead.due_us.is_some_and(|due| due <= now);
        let lease = held.then(|| now + queue::micros(self.settings.lease));
        if !leads::update(tx, &lead, lead.version, lease).await? {
            return Err(Failure::Moved);
        }
        if lead.state == LeadState::Unmatched {
            leads::heed_wake(tx, &lead).await?;
        }
        lead.version += 1;
        if let Some(moved) = &attempt {
            ledger::attempt_income::follow(tx, &lead, moved).await?;
        }
        match attempt {
            None => {}
            Some(AttemptMove::Open(attempt, _)) => attempts::open(tx, &attempt).await?,
            Some(AttemptMove::Answered { state, actor }) => {
                attempts::answered(tx, lead.id, lead.attempt, state, &actor).await?;
            }
            Some(AttemptMove::Releasing {
                cause,
                actor,
                reason,
            }) => {
                let reason = reason.as_deref();
                attempts::releasing(tx, lead.id, lead.attempt, cause, &actor, reason).await?;
            }
            Some(AttemptMove::Released(attempt)) => {
                attempts::released(tx, lead.id, attempt).await?;
            }
            Some(AttemptMove::Restored(ended)) => {
                for attempt in &ended {
                    attempts::restore(tx, attempt).await?;
                }
            }
        }
        if let Some(event) = event {
            events::append(tx, lead.id, &event).await?;
        }
        if let Some(answer) = answer {
            answers::save(tx, lead.id, &answer).await?;
        }
        if let Some(alarm) = alarm {
            alarms::raise(tx, &alarm).await?;
            self.wakes.after(tx, &[Lane::Alarms]);
        }
        if !planned.is_empty() {
            for delivery in &planned {
                deliveries::plan(tx, lead.id, lead.attempt, delivery).await?;
            }
            return Box::pin(offer::weigh(self, tx, lead, now, goes_on)).await;
        }
        Ok(lead)
    }
}
