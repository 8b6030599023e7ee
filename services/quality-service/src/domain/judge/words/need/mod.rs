//! The words by which a call's class is read, of the six languages.

mod de;
mod en;
mod es;
mod fr;
mod id;
mod it;

use super::super::need::{Conduct, Sign};

/// What callers say.
pub(super) static SIGNS: [&[(Sign, &str)]; 6] =
    [fr::NEED, de::NEED, it::NEED, en::NEED, id::NEED, es::NEED];

/// What agents say about going on or not.
pub(super) static CONDUCT: [&[(Conduct, &str)]; 6] = [
    fr::CONDUCT,
    de::CONDUCT,
    it::CONDUCT,
    en::CONDUCT,
    id::CONDUCT,
    es::CONDUCT,
];
