//! The rules of telephony: what is answered, what may go live, what a conversation shows.
//! No wire type, no SQL, no waiting.

pub mod account;
pub mod after_agent;
pub mod agent;
pub mod agent_configuration;
pub mod birth;
pub mod call;
pub mod canonical_json;
pub mod case;
pub mod closing;
pub mod compare;
pub mod configuration;
pub mod connect;
pub mod conversation;
pub mod deletion;
pub mod disclosure;
pub mod dispatch;
pub mod execution;
pub mod number;
pub mod origin;
pub mod own_scenario;
pub mod phone;
pub mod put;
pub mod retention;
pub mod scenarios;
pub mod seal;
pub mod site;
pub mod speech;
pub mod street;
pub mod text;
pub mod twiml;
pub mod vendor_fields;
pub mod verdict;
