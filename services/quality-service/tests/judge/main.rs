//! The judge measured on labelled calls of six languages, both sides of each assertion.
//!
//! The corpus came in three parts, whose ids tell them apart: "fr-001" are those by which the rules
//! were made. "fr-h01" were written without a look at the rules; at first 2 of their 145 breaches
//! were missed and 1 of 831 was a false alarm. "fr-t01" followed after these were mended; at first
//! 3 of their 73 breaches were missed, in two calls, and none of 407 was a false alarm.

mod calls;
mod probes;
mod table;
