//! The rules of telephony: what is answered, what may go live, what a conversation shows.
//! No wire type, no SQL, no waiting.

pub mod after_agent;
pub mod agent;
pub mod call;
pub mod closing;
pub mod compare;
pub mod configuration;
pub mod conversation;
pub mod disclosure;
pub mod number;
pub mod origin;
pub mod phone;
pub mod put;
pub mod scenarios;
pub mod seal;
pub mod site;
pub mod speech;
pub mod twiml;
pub mod verdict;
