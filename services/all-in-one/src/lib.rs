//! `bord`: every service in one process, and the operator's command line.

pub mod catalog;
