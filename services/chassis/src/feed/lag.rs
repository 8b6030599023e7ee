//! How far a follower is behind, as its metrics show it.
//!
//! The replica that follows shows it; one that does not shows 0, so that the largest is the truth.

use ::metrics::{Gauge, gauge};
use tokio::time::Instant;

use super::{Entry, Position, age};

#[derive(Clone)]
pub(super) struct Lag {
    behind: Gauge,
    followed: Gauge,
    /// When the stream last had nothing more, or an entry was taken over.
    heard: Instant,
}

impl Lag {
    pub(super) fn new(follower: &'static str) -> Self {
        ::metrics::counter!("feed_parked_total", "follower" => follower).increment(0);
        Self {
            behind: gauge!("feed_behind_seconds", "follower" => follower),
            followed: gauge!("feed_followed_number", "follower" => follower),
            heard: Instant::now(),
        }
    }

    /// Another replica follows, or the end is reached.
    pub(super) fn none(&mut self) {
        self.heard = Instant::now();
        self.behind.set(0.0);
    }

    /// An entry is in hand.
    pub(super) fn trying(&self, entry: &Entry) {
        self.behind.set(age(entry.create_time));
    }

    /// An entry was taken over.
    pub(super) fn at(&mut self, position: &Position) {
        self.heard = Instant::now();
        self.shows(position);
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    pub(super) fn shows(&self, position: &Position) {
        self.followed.set(position.number as f64);
    }

    /// The stream cannot be read, or an entry cannot be taken over.
    pub(super) fn failing(&self) {
        self.behind.set(self.heard.elapsed().as_secs_f64());
    }
}
