//! The three ledgers: what clients were told, what the databases hold, what the carriers took. The
//! judge compares them; each is plain data, so that a test can write one by hand.

pub mod client;
pub mod money;
pub mod system;
pub mod world;
