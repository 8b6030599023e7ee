//! An assignment binds one lead to one provider, and moves forward only: reserved, confirmed,
//! completed; or released, which closes the attempt for good. Completed and released are final.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ids::{Attempt, Category, City, Country, LeadId, ProviderId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub assignment_id: Uuid,
    pub lead_id: LeadId,
    pub attempt: Attempt,
    pub country: Country,
    pub provider_id: ProviderId,
    pub category: Category,
    pub city: City,
    pub state: State,
    pub assign_time: DateTime<Utc>,
    /// When its slot became free; nothing while it holds one.
    pub free_time: Option<DateTime<Utc>>,
}

/// Each state holds the times that it implies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Reserved,
    Confirmed {
        confirm_time: DateTime<Utc>,
    },
    Completed {
        confirm_time: DateTime<Utc>,
        complete_time: DateTime<Utc>,
    },
    Released {
        confirm_time: Option<DateTime<Utc>>,
        release_time: DateTime<Utc>,
        cause: String,
    },
}

impl State {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Confirmed { .. } => "confirmed",
            Self::Completed { .. } => "completed",
            Self::Released { .. } => "released",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {from} assignment cannot be {verb}")]
pub struct IllegalMove {
    pub from: &'static str,
    pub verb: &'static str,
}

/// What a move came to: a new state, or nothing because it was made before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one value for each call, never kept"
)]
pub enum Moved {
    To(Assignment),
    Already,
}

impl Assignment {
    #[must_use]
    pub fn holds_slot(&self) -> bool {
        self.free_time.is_none()
    }

    #[must_use]
    pub fn change_time(&self) -> DateTime<Utc> {
        let moved = match &self.state {
            State::Reserved => self.assign_time,
            State::Confirmed { confirm_time } => *confirm_time,
            State::Completed { complete_time, .. } => *complete_time,
            State::Released { release_time, .. } => *release_time,
        };
        self.free_time.map_or(moved, |freed| freed.max(moved))
    }

    fn moved(&self, state: State) -> Moved {
        let mut next = self.clone();
        next.state = state;
        Moved::To(next)
    }

    fn freed(&self, state: State, now: DateTime<Utc>) -> Moved {
        let mut next = self.clone();
        next.state = state;
        next.free_time = self.free_time.or(Some(now));
        Moved::To(next)
    }

    /// R48: the provider accepted.
    pub fn confirm(&self, now: DateTime<Utc>) -> Result<Moved, IllegalMove> {
        match self.state {
            State::Reserved => Ok(self.moved(State::Confirmed { confirm_time: now })),
            State::Confirmed { .. } | State::Completed { .. } => Ok(Moved::Already),
            State::Released { .. } => Err(self.refuse("confirmed")),
        }
    }

    /// Frees the slot of a confirmed assignment, which stays confirmed and releasable.
    pub fn free(&self, now: DateTime<Utc>) -> Result<Moved, IllegalMove> {
        match &self.state {
            State::Confirmed { .. } if self.holds_slot() => Ok(self.freed(self.state.clone(), now)),
            State::Confirmed { .. } | State::Completed { .. } => Ok(Moved::Already),
            State::Reserved | State::Released { .. } => Err(self.refuse("freed of its slot")),
        }
    }

    /// The lead closed; it can never be released then.
    pub fn complete(&self, now: DateTime<Utc>) -> Result<Moved, IllegalMove> {
        match self.state {
            State::Confirmed { confirm_time } => Ok(self.freed(
                State::Completed {
                    confirm_time,
                    complete_time: now,
                },
                now,
            )),
            State::Completed { .. } => Ok(Moved::Already),
            State::Reserved | State::Released { .. } => Err(self.refuse("completed")),
        }
    }

    pub fn release(&self, cause: &str, now: DateTime<Utc>) -> Result<Moved, IllegalMove> {
        let confirm_time = match self.state {
            State::Reserved => None,
            State::Confirmed { confirm_time } => Some(confirm_time),
            State::Released { .. } => return Ok(Moved::Already),
            State::Completed { .. } => return Err(self.refuse("released")),
        };
        Ok(self.freed(
            State::Released {
                confirm_time,
                release_time: now,
                cause: cause.to_owned(),
            },
            now,
        ))
    }

    fn refuse(&self, verb: &'static str) -> IllegalMove {
        IllegalMove {
            from: self.state.name(),
            verb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn reserved() -> Assignment {
        Assignment {
            assignment_id: Uuid::nil(),
            lead_id: LeadId(Uuid::nil()),
            attempt: Attempt::new(1).unwrap(),
            country: "CH".parse().unwrap(),
            provider_id: "a".parse().unwrap(),
            category: "plumbing".parse().unwrap(),
            city: "geneva".parse().unwrap(),
            state: State::Reserved,
            assign_time: T0,
            free_time: None,
        }
    }

    fn to(moved: Result<Moved, IllegalMove>) -> Assignment {
        match moved {
            Ok(Moved::To(next)) => next,
            other => panic!("no move: {other:?}"),
        }
    }

    #[test]
    fn a_reservation_is_confirmed_freed_and_completed_once_each() {
        let confirmed = to(reserved().confirm(T0));
        assert!(confirmed.holds_slot());
        assert_eq!(confirmed.confirm(T0), Ok(Moved::Already));
        let freed = to(confirmed.free(T0));
        assert!(!freed.holds_slot());
        assert_eq!(freed.state.name(), "confirmed");
        assert_eq!(freed.free(T0), Ok(Moved::Already));
        let completed = to(freed.complete(T0));
        assert_eq!(completed.complete(T0), Ok(Moved::Already));
        assert_eq!(completed.confirm(T0), Ok(Moved::Already));
    }

    #[test]
    fn completed_is_never_released_and_released_is_final() {
        let completed = to(to(reserved().confirm(T0)).complete(T0));
        assert!(!completed.holds_slot());
        assert!(completed.release("operator", T0).is_err());
        let released = to(reserved().release("silent", T0));
        assert!(!released.holds_slot());
        assert_eq!(released.release("again", T0), Ok(Moved::Already));
        assert!(released.confirm(T0).is_err());
        assert!(released.free(T0).is_err());
        assert!(released.complete(T0).is_err());
    }

    #[test]
    fn a_reservation_is_neither_freed_nor_completed_unconfirmed() {
        assert!(reserved().free(T0).is_err());
        assert!(reserved().complete(T0).is_err());
    }
}
