//! Mailgun's webhooks: what became of a mail.

pub mod events;
pub mod signature;
