//! The judge measured on labelled calls of six languages, both sides of each assertion.
//!
//! The corpus came in three parts: one by which the rules were made, one that was written without a
//! look at them and then mended, and a last one that was only measured.

mod calls;
mod probes;
mod table;
