//! The states of a lead and the moves between them (D6).
//!
//! A state is moved by verbs only. Every move that is not drawn here is refused, whoever asks.

use std::fmt;
use std::str::FromStr;

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeadState {
    Incomplete,
    Pending,
    Assigned,
    Notified,
    Confirmed,
    Won,
    Lost,
    Releasing,
    Unmatched,
    Cancelled,
}

use LeadState::{
    Assigned, Cancelled, Confirmed, Incomplete, Lost, Notified, Pending, Releasing, Unmatched, Won,
};

/// A move that D6 does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a lead cannot go from {from} to {to}")]
pub struct IllegalMove {
    pub from: LeadState,
    pub to: LeadState,
}

impl LeadState {
    pub const ALL: [Self; 10] = [
        Incomplete, Pending, Assigned, Notified, Confirmed, Won, Lost, Releasing, Unmatched,
        Cancelled,
    ];

    /// The state after the move, or the refusal.
    ///
    /// That only the operator may release a confirmed lead is checked where an actor is known.
    pub fn to(self, to: Self) -> Result<Self, IllegalMove> {
        let legal = match (self, to) {
            (Incomplete | Releasing | Unmatched, Pending)
            | (Pending, Assigned | Unmatched)
            | (Assigned, Notified | Confirmed | Releasing)
            | (Notified, Confirmed | Releasing)
            | (Confirmed, Won | Lost | Releasing) => true,
            (from, Cancelled) => from.is_open(),
            _ => false,
        };
        if legal {
            Ok(to)
        } else {
            Err(IllegalMove { from: self, to })
        }
    }

    /// Not at an end: somebody still owes the customer something.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Won | Lost | Cancelled)
    }

    /// As the database, the logs and the answers spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Incomplete => "incomplete",
            Pending => "pending",
            Assigned => "assigned",
            Notified => "notified",
            Confirmed => "confirmed",
            Won => "won",
            Lost => "lost",
            Releasing => "releasing",
            Unmatched => "unmatched",
            Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for LeadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No state has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no state has that name")]
pub struct InvalidState;

impl FromStr for LeadState {
    type Err = InvalidState;

    fn from_str(name: &str) -> Result<Self, InvalidState> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or(InvalidState)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_moves_of_d6_are_legal() {
        let mut drawn = Vec::new();
        for from in LeadState::ALL {
            for to in LeadState::ALL {
                if from.to(to).is_ok() && to != Cancelled {
                    drawn.push((from.name(), to.name()));
                }
            }
        }
        let mut expected = vec![
            ("incomplete", "pending"),
            ("pending", "assigned"),
            ("pending", "unmatched"),
            ("unmatched", "pending"),
            ("assigned", "notified"),
            ("assigned", "confirmed"),
            ("assigned", "releasing"),
            ("notified", "confirmed"),
            ("notified", "releasing"),
            ("confirmed", "won"),
            ("confirmed", "lost"),
            ("confirmed", "releasing"),
            ("releasing", "pending"),
        ];
        drawn.sort_unstable();
        expected.sort_unstable();
        assert_eq!(drawn, expected);
    }

    #[test]
    fn any_open_state_and_no_other_can_be_cancelled() {
        for state in LeadState::ALL {
            assert_eq!(state.to(Cancelled).is_ok(), state.is_open(), "{state}");
            assert_eq!(state.name().parse(), Ok(state));
        }
    }
}
