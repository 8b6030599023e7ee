//! ConfirmAssignment, FreeSlot, CompleteAssignment: the moves forward of an assignment that exists.
//! A repeat changes nothing.

use chassis::{clock, db};
use chrono::{DateTime, Utc};

use super::{Change, Error, Roster, publish};
use crate::domain::assignment::{Assignment, IllegalMove, Moved};
use crate::domain::ids::{Attempt, LeadId};
use crate::store::{assignments, leads};

/// A move forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Confirm,
    FreeSlot,
    Complete,
}

impl Step {
    fn of(self, assignment: &Assignment, now: DateTime<Utc>) -> Result<Moved, IllegalMove> {
        match self {
            Self::Confirm => assignment.confirm(now),
            Self::FreeSlot => assignment.free(now),
            Self::Complete => assignment.complete(now),
        }
    }
}

impl Roster {
    pub async fn move_assignment(
        &self,
        lead_id: LeadId,
        attempt: Attempt,
        step: Step,
    ) -> Result<Assignment, Error> {
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            // Rolled back with the rest where there is nothing to move.
            leads::take(&mut tx, lead_id).await?;
            let current = assignments::find(&mut tx, lead_id, attempt).await?;
            let current = current.ok_or(Error::UnknownAssignment)?;
            let next = match step.of(&current, clock::now())? {
                Moved::Already => return Ok(current),
                Moved::To(next) => next,
            };
            assignments::write_move(&mut tx, &current.state, &next).await?;
            if current.holds_slot() && !next.holds_slot() {
                publish(&mut tx, Change::Capacity, &next.provider_id, &next.country).await?;
            }
            tx.commit().await?;
            Ok(next)
        })
        .await
    }
}
