//! Trades: the vocabulary by which the scripted agent sees, in any of the six languages, what a
//! prompt serves and what a caller wants; and how a caller puts such a need into words.

use std::sync::LazyLock;

use crate::caller::lines::Lang;
use crate::caller::text::plain;

/// A trade: its name and a typical need in each language, and the words that mention it.
pub(crate) struct Trade {
    pub(crate) id: &'static str,
    words: Vec<&'static str>,
    /// Name and need, in the order of [`Lang`].
    spoken: Vec<(&'static str, &'static str)>,
}

/// From `trades.txt`: the trade's id, then its words (lower case, without accents; a `*` at the end
/// stands for any ending), then for each language its name and a typical need.
static TRADES: LazyLock<Vec<Trade>> = LazyLock::new(|| {
    let mut trades: Vec<Trade> = Vec::new();
    for line in include_str!("trades.txt").lines() {
        let Some(detail) = line.strip_prefix("  ") else {
            trades.push(Trade {
                id: line,
                words: Vec::new(),
                spoken: Vec::new(),
            });
            continue;
        };
        let (Some(trade), Some((kind, rest))) = (trades.last_mut(), detail.split_once(' ')) else {
            continue;
        };
        match rest.split_once(" | ") {
            Some(spoken) => trade.spoken.push(spoken),
            None if kind == "words" => trade.words = rest.split_whitespace().collect(),
            None => {}
        }
    }
    trades
});

impl Trade {
    pub(crate) fn name(&self, lang: Lang) -> &'static str {
        self.spoken[lang as usize].0
    }

    pub(crate) fn need(&self, lang: Lang) -> &'static str {
        self.spoken[lang as usize].1
    }
}

/// How often a text mentions each trade.
fn mentions(text: &str) -> Vec<(usize, &'static Trade)> {
    let text = plain(text);
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty())
        .collect();
    let count = |trade: &Trade| {
        let named = |word: &&&str| trade.words.iter().any(|known| matches(known, word));
        words.iter().filter(named).count()
    };
    TRADES.iter().map(|trade| (count(trade), trade)).collect()
}

fn matches(known: &str, word: &str) -> bool {
    match known.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == known,
    }
}

/// The trade that a text mentions most.
pub(crate) fn trade_of(text: &str) -> Option<&'static Trade> {
    let most = mentions(text).into_iter().max_by_key(|(count, _)| *count)?;
    (most.0 > 0).then_some(most.1)
}

pub(crate) fn trade(id: &str) -> Option<&'static Trade> {
    TRADES.iter().find(|trade| trade.id == id)
}

/// Whether a prompt mentions what a caller wants: the trade of the wish, or, for a wish of no known
/// trade, one of its longer words.
pub(crate) fn serves(prompt: &str, wish: &str) -> bool {
    if let Some(trade) = trade_of(wish) {
        // A trade that is named in passing (an air conditioner leaks as well) is not served.
        let counts = mentions(prompt);
        let main = counts.iter().map(|(count, _)| *count).max().unwrap_or(0);
        let named = counts
            .iter()
            .find(|(_, known)| known.id == trade.id)
            .map_or(0, |(n, _)| *n);
        return named > 0 && named * 3 >= main;
    }
    let prompt = plain(prompt);
    plain(wish)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 5)
        .any(|word| prompt.contains(&word.chars().take(6).collect::<String>()))
}

/// Wishes that no site of this kind serves; also what a simulation scenario is searched for.
const OFF_TOPIC: &[&str] = &[
    "pizza*",
    "tax",
    "taxes",
    "impot*",
    "steuererklarung*",
    "weather",
    "meteo",
    "wetter*",
    "insurance",
    "assurance*",
    "versicherung*",
    "assicurazion*",
    "lottery",
    "horoscope*",
    "horoskop*",
    "crypto*",
    "bitcoin*",
    "taxi*",
    "passport*",
    "passeport*",
    "advert*",
    "advertising",
    "survey*",
    "sondage*",
    "homework",
    "joke*",
    "recipe*",
    "recette*",
    "football",
    "hotel*",
    "flight*",
    "restaurant*",
    "off-topic",
    "unrelated",
    "lawyer*",
    "avocat*",
    "anwalt*",
    "seo",
];

pub(crate) fn is_off_topic(text: &str) -> bool {
    let text = plain(text);
    text.contains("hors sujet")
        || text
            .split(|c: char| !(c.is_alphanumeric() || c == '-'))
            .any(|word| OFF_TOPIC.iter().any(|known| matches(known, word)))
}
