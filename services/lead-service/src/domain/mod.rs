//! The rules of a lead, without wire, database or runtime.
//!
//! `need` is what a customer asks for, `normalise` understands it, `lead` is what is kept, and
//! `state` says which moves are legal (D6). `ledger` is what leads cost and bring in.

pub mod attempt;
pub mod currency;
pub mod deadline;
pub mod evidence;
pub mod fold;
pub mod keys;
pub mod knowledge;
pub mod language;
pub mod lead;
pub mod ledger;
pub mod lexicon;
pub mod need;
pub mod normalise;
pub mod ownership;
pub mod phone;
pub mod provider;
pub mod reach;
pub mod recovery;
pub mod reference;
pub mod reply;
pub mod same_need;
pub mod say;
pub mod site;
pub mod state;
pub mod taxonomy;
