//! The ledger's commands: what calls and leads cost and bring in, and who owes what.
//!
//! `economics` and `lead` show, `statement` is a letter, `credit` and `payment` book, `conversions` is
//! for advertising platforms, `books` recounts. `sheet` writes CSV, `period` and `bar` are theirs.

pub mod bar;
pub mod books;
pub mod conversions;
pub mod credit;
pub mod economics;
pub mod lead;
pub mod payment;
pub mod period;
pub mod rows;
pub mod shape;
pub mod sheet;
pub mod statement;
