//! The rules of the roster: who may have a lead, in what order, how an assignment moves, and what is
//! believed of a channel.
//! Values in, values out; nothing here waits, stores or speaks to anybody.

pub mod assignment;
pub mod channel;
pub mod evidence;
pub mod hours;
pub mod ids;
pub mod matching;
pub mod proof;
pub mod provenance;
pub mod provider;
pub mod standing;
pub mod terms;

/// A value that breaks a rule, and what would be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{rule}; {remedy}")]
pub struct Invalid {
    pub rule: &'static str,
    pub remedy: &'static str,
}

impl Invalid {
    #[must_use]
    pub const fn new(rule: &'static str, remedy: &'static str) -> Self {
        Self { rule, remedy }
    }
}
