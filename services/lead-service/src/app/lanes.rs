//! Lanes: what waits to be done, by kind. Each kind has places of its own, so that many pieces of
//! evidence, or one call that hangs, hold up no lead (I12).

use std::sync::Arc;

use chassis::db::Tx;
use tokio::sync::Notify;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Leads on their way.
    Leads,
    /// Leads that wait for a provider: one after the other, the oldest first (D7).
    Waiting,
    Alarms,
    Replies,
    Evidence,
}

impl Lane {
    pub const ALL: [Self; 5] = [
        Self::Leads,
        Self::Waiting,
        Self::Alarms,
        Self::Replies,
        Self::Evidence,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::Waiting => "waiting leads",
            Self::Alarms => "alarms",
            Self::Replies => "replies",
            Self::Evidence => "evidence",
        }
    }

    /// How much of it is done at once. No more together than the pool has connections, and most of
    /// it spends its time on the way to a neighbour.
    #[must_use]
    pub fn places(self) -> usize {
        match self {
            Self::Leads => 8,
            Self::Waiting => 1,
            Self::Alarms => 2,
            Self::Replies => 4,
            Self::Evidence => 3,
        }
    }
}

/// Wakes the lanes.
#[derive(Debug, Default)]
pub struct Wakes([Arc<Notify>; Lane::ALL.len()]);

impl Wakes {
    #[must_use]
    pub fn of(&self, lane: Lane) -> &Arc<Notify> {
        // A lane is its own place in the list.
        &self.0[lane as usize]
    }

    /// Once the transaction is committed.
    pub fn after(&self, tx: &mut Tx, lanes: &[Lane]) {
        for lane in lanes {
            tx.wake_after_commit(self.of(*lane));
        }
    }
}
