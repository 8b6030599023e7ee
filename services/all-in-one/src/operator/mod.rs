//! The operator's hand: what a person does to leads, providers, callers and agents, each one RPC with the
//! same rules as the machine's own path, an actor, and a reason that stays in the event log.
//!
//! `hand` says who acts and why, `named` finds the lead that is meant, `moment` reads since when; the
//! rest are commands.

pub mod agents;
pub mod check;
pub mod erase;
pub mod flags;
pub mod hand;
pub mod hint;
pub mod ledger;
pub mod moment;
pub mod money;
pub mod moves;
pub mod named;
pub mod providers;
pub mod recover;
pub mod rollback;
pub mod scan;
pub mod status;
pub mod unmatched;
pub mod watch;
