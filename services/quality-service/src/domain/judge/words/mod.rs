//! The words of the six languages by which the judge reads a turn.
//!
//! Every turn is read with all six: an agent may speak another language than its site's. Lists are
//! written as the lexicon describes.

mod de;
mod en;
mod es;
mod fr;
mod id;
mod it;
mod need;
mod place;

use super::address::Place;
use super::birth::Notion;
use super::closing::Parting;
use super::lexicon::Finder;
use super::need::{Conduct, Sign};

/// The lists of one language, by what their phrases mean.
pub(crate) struct Words {
    pub birth: &'static [(Notion, &'static str)],
    pub closing: &'static [(Parting, &'static str)],
    pub address: &'static [(Place, &'static str)],
    /// Number words and what each does: adds, multiplies (x), makes a teen (+), joins (&).
    pub numbers: &'static str,
}

static ALL: [&Words; 6] = [
    &fr::WORDS,
    &de::WORDS,
    &it::WORDS,
    &en::WORDS,
    &id::WORDS,
    &es::WORDS,
];

fn finder<C: Copy + Eq>(lists: fn(&Words) -> &'static [(C, &'static str)]) -> Finder<C> {
    Finder::new(ALL.iter().flat_map(|words| lists(words).iter().copied()))
}

pub(crate) fn birth() -> Finder<Notion> {
    finder(|words| words.birth)
}

pub(crate) fn closing() -> Finder<Parting> {
    finder(|words| words.closing)
}

pub(crate) fn address() -> Finder<Place> {
    finder(|words| words.address)
}

pub(crate) fn need() -> Finder<Sign> {
    Finder::new(need::SIGNS.iter().flat_map(|lists| lists.iter().copied()))
}

pub(crate) fn conduct() -> Finder<Conduct> {
    Finder::new(need::CONDUCT.iter().flat_map(|lists| lists.iter().copied()))
}

pub(crate) fn numbers() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|words| words.numbers)
}
