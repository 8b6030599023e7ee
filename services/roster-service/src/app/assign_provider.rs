//! AssignProvider: the first provider that matches gets the lead, in one transaction.
//!
//! The order inside it: the lead's row, the turn of its cell, one look at the roster, the claim of
//! the best candidate, commit. A claim that fails means that somebody took the last slot (or paused
//! the provider) since the look; the transaction then starts over, so that "unmatched" is only ever
//! said of a roster in which nobody was free (I6).

use chassis::db::{self, Tx};
use chassis::{clock, ids};

use super::{Error, Roster};
use crate::domain::assignment::{Assignment, State};
use crate::domain::ids::{Attempt, LeadId, ProviderId};
use crate::domain::matching::{Cell, EXPLAINED, Looked, Survey, survey};
use crate::domain::provider::Provider;
use crate::store::candidates::{self, Depth};
use crate::store::{assignments, leads, providers};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Assign {
    pub lead_id: LeadId,
    pub attempt: Attempt,
    pub cell: Cell,
    /// Who had the lead before.
    pub excluded: Vec<ProviderId>,
    /// Who shall have it, under the same rules; nobody named means the first that matches (D7).
    pub named: Option<ProviderId>,
    /// The named one had it before a loss: no new offer, so its opening hours do not count.
    pub restored: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Answer {
    pub outcome: Outcome,
    pub looked: Vec<Looked>,
    /// Providers of the cell that are not among `looked`.
    pub omitted: i64,
}

#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "one value for each call, never kept"
)]
pub enum Outcome {
    Assigned {
        assignment: Assignment,
        /// As it stands now.
        provider: Provider,
    },
    Unmatched {
        next_change_time: Option<chrono::DateTime<chrono::Utc>>,
    },
}

/// What the transaction came to; the provider is read after it, when no lock is held any more.
enum Settled {
    Assigned(Assignment, Vec<Looked>, i64),
    Unmatched(Survey, i64),
    /// A claim was lost: look again.
    Lost,
}

/// Each lost claim is a lead that somebody else got, so this many in a row is no ordinary day.
const ROUNDS: usize = 100;

impl Roster {
    /// Assigns the lead. A repeat for the same attempt gets the first assignment.
    pub async fn assign_provider(&self, ask: Assign) -> Result<Answer, Error> {
        let roster = self.clone();
        let settled = db::unit(async move { roster.settle(&ask).await }).await?;
        let (assignment, looked, omitted) = match settled {
            Settled::Assigned(assignment, looked, omitted) => (assignment, looked, omitted),
            Settled::Unmatched(found, omitted) => {
                return Ok(Answer {
                    outcome: Outcome::Unmatched {
                        next_change_time: found.next_change_time,
                    },
                    looked: found.looked,
                    omitted,
                });
            }
            Settled::Lost => return Err(Error::Contended),
        };
        let mut tx = self.db.read().await?;
        let provider = providers::find(&mut tx, &assignment.provider_id).await?;
        let provider = provider.ok_or(Error::UnknownProvider)?;
        Ok(Answer {
            outcome: Outcome::Assigned {
                assignment,
                provider,
            },
            looked,
            omitted,
        })
    }

    async fn settle(&self, ask: &Assign) -> Result<Settled, Error> {
        for _ in 0..ROUNDS {
            let mut tx = self.db.begin().await?;
            match round(&mut tx, ask).await {
                // The lead's row was made at the same moment by somebody else: it is there now.
                Err(Error::Store(error)) if error.is_unique_violation() => drop(tx),
                Err(error) => return Err(error),
                Ok(Settled::Lost) => drop(tx),
                Ok(settled @ Settled::Unmatched(..)) => return Ok(settled),
                Ok(settled @ Settled::Assigned(..)) => {
                    self.crash_points.pass("roster.before_commit").await?;
                    tx.commit().await?;
                    self.crash_points.pass("roster.after_commit").await?;
                    return Ok(settled);
                }
            }
        }
        Ok(Settled::Lost)
    }
}

/// One try, within one transaction.
async fn round(tx: &mut Tx, ask: &Assign) -> Result<Settled, Error> {
    let held = leads::take_for_match(tx, ask.lead_id, &ask.cell).await?;
    if !leads::is_of(&held, &ask.cell.country) {
        return Err(Error::OtherCountry(
            "the lead was first assigned in another country",
        ));
    }
    if !held.is_new
        && let Some(first) = earlier(tx, ask).await?
    {
        let (looked, omitted) = assignments::explanation(tx, ask.lead_id, ask.attempt).await?;
        return Ok(Settled::Assigned(first, looked, omitted));
    }
    let now = clock::now();
    let (mut found, unread) = look(tx, ask, now).await?;
    let listed = found.looked.len();
    found.looked.truncate(EXPLAINED);
    let omitted = unread + i64::try_from(listed - found.looked.len()).unwrap_or(i64::MAX);
    let Some(best) = found.standing.first() else {
        return Ok(Settled::Unmatched(found, omitted));
    };
    let assignment = Assignment {
        assignment_id: ids::derive(
            "assignment",
            &[&ask.lead_id.to_string(), &ask.attempt.number().to_string()],
        ),
        lead_id: ask.lead_id,
        attempt: ask.attempt,
        country: ask.cell.country.clone(),
        provider_id: best.provider_id.clone(),
        category: ask.cell.category.clone(),
        city: ask.cell.city.clone(),
        state: State::Reserved,
        assign_time: now,
        free_time: None,
    };
    let day = best.local_day(now);
    if assignments::claim(tx, &assignment, &day, &found.looked, omitted).await? {
        Ok(Settled::Assigned(assignment, found.looked, omitted))
    } else {
        Ok(Settled::Lost)
    }
}

/// The assignment that this attempt has already, or why it can have none.
async fn earlier(tx: &mut Tx, ask: &Assign) -> Result<Option<Assignment>, Error> {
    let had = assignments::of_lead(tx, ask.lead_id, ask.attempt).await?;
    if let Some(own) = had.iter().find(|one| one.attempt == ask.attempt) {
        return match own.state {
            State::Released { .. } => Err(Error::AttemptClosed),
            _ => Ok(Some(own.clone())),
        };
    }
    if leads::is_closed(tx, ask.lead_id, ask.attempt).await? {
        return Err(Error::AttemptClosed);
    }
    match had.first() {
        Some(other) => Err(Error::AlreadyAssigned {
            attempt: other.attempt.number(),
        }),
        None => Ok(None),
    }
}

/// The survey, and how many providers of the cell it does not list.
async fn look(
    tx: &mut Tx,
    ask: &Assign,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(Survey, i64), Error> {
    if let Some(named) = &ask.named {
        let Some(mut facts) = candidates::look_at(tx, &ask.cell, named).await? else {
            return Err(match providers::find(tx, named).await? {
                Some(_) => Error::OtherCountry("the provider works in another country"),
                None => Error::UnknownProvider,
            });
        };
        if ask.restored {
            facts.hours = facts.hours.always();
        }
        return Ok((survey(vec![facts], now, &ask.excluded), 0));
    }
    let mut unread = 0;
    let mut found = Survey::default();
    for depth in Depth::ALL {
        let seen = candidates::look(tx, &ask.cell, depth).await?;
        unread = seen.unread;
        found = survey(seen.candidates, now, &ask.excluded);
        if !found.standing.is_empty() || !seen.more_ready {
            break;
        }
    }
    Ok((found, unread))
}
