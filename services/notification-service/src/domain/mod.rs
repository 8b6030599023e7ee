//! The rules of telling people: which deliveries a notice makes, what may cross a border, what a
//! carrier's answer means, and how a delivery's state moves. No wire, no SQL, no clock.

pub mod backoff;
pub mod border;
pub mod carrier;
pub mod clean;
pub mod delivery;
pub mod life;
pub mod mail_errors;
pub mod notice;
pub mod phone;
pub mod plan;
pub mod reference;
pub mod route;
pub mod rules;
pub mod search;
pub mod sms_errors;
pub mod summary;
