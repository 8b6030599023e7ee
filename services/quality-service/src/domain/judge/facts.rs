//! The facts of a site that a transcript does not tell: its trade and the addresses of its roster.

use super::need::Trade;
use super::roster::Known;

/// Prepared once for a site, used for all its calls.
#[derive(Debug, Clone)]
pub struct Facts {
    pub(crate) roster: Vec<Known>,
    pub(crate) trades: Vec<Trade>,
    pub(crate) languages: Vec<String>,
}

impl Facts {
    /// `roster`: addresses of the site's clinics or providers, as their cards show them.
    /// `categories`: ids of the taxonomy; one that is unknown here adds no trade.
    /// `languages`: those of the site; a turn is read with the words of all six all the same.
    pub fn new<S: AsRef<str>>(roster: &[S], categories: &[S], languages: &[S]) -> Self {
        let trades = categories.iter().filter_map(|id| Trade::by_id(id.as_ref()));
        Self {
            roster: roster
                .iter()
                .filter_map(|a| Known::read(a.as_ref()))
                .collect(),
            trades: trades.collect(),
            languages: languages.iter().map(|l| l.as_ref().to_owned()).collect(),
        }
    }

    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }
}
