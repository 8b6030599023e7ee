//! ReleaseAssignment: takes a lead back from its provider and closes the attempt for good.
//!
//! It holds the lead's row, as an assign does. So a release that overtakes its assign finds
//! nothing, closes the attempt, and the assign is refused when it comes.

use chassis::{clock, db};

use super::{Change, Error, Roster, publish};
use crate::domain::assignment::{Assignment, Moved};
use crate::domain::ids::{Attempt, LeadId};
use crate::store::{assignments, leads};

impl Roster {
    /// The released assignment; nothing when the attempt never had one. A repeat changes nothing.
    pub async fn release_assignment(
        &self,
        lead_id: LeadId,
        attempt: Attempt,
        cause: String,
    ) -> Result<Option<Assignment>, Error> {
        let (db, points) = (self.db.clone(), self.crash_points.clone());
        db::unit(async move {
            let mut tx = db.begin().await?;
            leads::take(&mut tx, lead_id).await?;
            let now = clock::now();
            let Some(current) = assignments::find(&mut tx, lead_id, attempt).await? else {
                leads::close(&mut tx, lead_id, attempt, &cause, now).await?;
                points.pass("roster.before_commit").await?;
                tx.commit().await?;
                points.pass("roster.after_commit").await?;
                return Ok(None);
            };
            let next = match current.release(&cause, now)? {
                Moved::Already => return Ok(Some(current)),
                Moved::To(next) => next,
            };
            assignments::write_move(&mut tx, &current.state, &next).await?;
            if current.holds_slot() {
                publish(&mut tx, Change::Capacity, &next.provider_id, &next.country).await?;
            }
            points.pass("roster.before_commit").await?;
            tx.commit().await?;
            points.pass("roster.after_commit").await?;
            Ok(Some(next))
        })
        .await
    }
}
