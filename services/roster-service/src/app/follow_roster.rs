//! FollowRoster: what changed in the roster, for lead-service, which tries its unmatched leads again.

use chassis::db::StoreError;
use chassis::feed::{self, Entry, Position};
use futures::Stream;

use super::Roster;

impl Roster {
    /// Everything after `after`, then whatever comes, until the service stops.
    pub fn follow(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Entry, StoreError>> + Send + use<> {
        feed::stream(self.db.clone(), after, self.life.clone())
    }
}
