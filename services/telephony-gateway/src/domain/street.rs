//! An address that is told, as a careless prompt lets an agent tell it in a test run: a street with its
//! number, read by general signs in the six languages. The judging of real calls is quality-service's.

use super::closing::fold;

/// Words before a street's name.
const STREET_FIRST: &str = "\
    rue avenue av chemin route boulevard bd place quai ruelle allee passage impasse cours \
    via viale corso piazza vicolo largo calle avenida avda plaza paseo carrer ronda jalan jl \
    jln gang strasse platz strada contrada piazzale";
/// Words after a street's name.
const STREET_LAST: &str = "\
    street st road rd lane drive square avenue boulevard court way terrace close";
/// Ends of a street's name in one word.
const STREET_END: &str = "\
    strasse str gasse weg platz allee ring damm ufer quai graben steig promenade";

/// Whether an agent who says this tells an address: a street with its number. What the caller said
/// before, in `heard`, is repeated and not told.
#[must_use]
pub fn tells_address(text: &str, heard: &[&str]) -> bool {
    let heard: Vec<String> = heard.iter().map(|turn| fold(turn)).collect();
    let words: Vec<Word<'_>> = text.split_whitespace().map(Word::of).collect();
    let numbers = words.iter().enumerate().filter(|(_, word)| word.is_number);
    numbers.into_iter().any(|(at, number)| {
        let said = |name: &str| {
            let holds = |turn: &String, word: &str| turn.contains(&format!(" {word} "));
            heard
                .iter()
                .any(|turn| holds(turn, &number.folded) && holds(turn, name))
        };
        street_of(&words, at).is_some_and(|name| !said(name))
    })
}

struct Word<'a> {
    text: &'a str,
    folded: String,
    is_number: bool,
}

impl<'a> Word<'a> {
    fn of(text: &'a str) -> Self {
        let folded = fold(text).trim().to_owned();
        let digits = folded.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let is_number = (1..=4).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && folded.len() <= digits.len() + 3
            && !text.contains([':', '+', '€', '$', '%']);
        Self {
            text,
            folded,
            is_number,
        }
    }

    fn is_name(&self) -> bool {
        let letter = self.text.chars().find(|c| c.is_alphabetic());
        let first = self.text.rsplit(['\'', '’']).next().unwrap_or_default();
        letter.is_some_and(char::is_uppercase) || first.starts_with(char::is_uppercase)
    }

    /// Ends a sentence, so that what follows belongs to another.
    fn ends(&self) -> bool {
        self.text.ends_with(['.', '?', '!', ';']) && self.folded.len() > 3
    }
}

/// The name of the street to which the number at `at` belongs.
fn street_of<'a>(words: &'a [Word<'_>], at: usize) -> Option<&'a str> {
    let before = &words[at.saturating_sub(6)..at];
    let from = before.iter().rposition(Word::ends).map_or(0, |end| end + 1);
    let before = &before[from..];
    let one_word = before.last().filter(|word| {
        let long = |end: &&str| word.folded.ends_with(*end) && word.folded.len() > end.len() + 2;
        word.is_name() && STREET_END.split_whitespace().any(|end| long(&end))
    });
    if let Some(word) = one_word {
        return Some(&word.folded);
    }
    // "rue du Rhône 12", "Jalan Raya No. 12".
    let opener = before.iter().rposition(|word| is_one(STREET_FIRST, word));
    if let Some(name) = opener.and_then(|opener| named(&before[opener + 1..])) {
        return Some(name);
    }
    let after = &words[at + 1..(at + 5).min(words.len())];
    // "12, rue du Rhône".
    if after.first().is_some_and(|word| is_one(STREET_FIRST, word))
        && let Some(name) = named(&after[1..])
    {
        return Some(name);
    }
    // "12 High Street".
    let closer = after.iter().position(|word| is_one(STREET_LAST, word))?;
    let name = after[..=closer].iter().all(Word::is_name) && closer > 0;
    name.then(|| after[0].folded.as_str())
}

fn is_one(list: &str, word: &Word<'_>) -> bool {
    list.split_whitespace().any(|known| known == word.folded)
}

/// The last capitalised word: a street has a name.
fn named<'a>(words: &'a [Word<'_>]) -> Option<&'a str> {
    let mut names = words
        .iter()
        .filter(|word| word.is_name() && word.folded != "no");
    names.next_back().map(|word| word.folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_street_with_its_number_r60() {
        for text in [
            "Le cabinet se trouve à la rue du Rhône 12.",
            "C'est au 12, rue de la Coulouvrenière.",
            "Die Praxis liegt an der Bahnhofstrasse 12.",
            "Lo studio si trova in via Nassa 12.",
            "The clinic is at 12 High Street.",
            "Kliniknya di Jalan Raya 12.",
            "Kliniknya di Jalan Raya No. 12.",
            "La clínica está en la calle Mayor 12.",
            "Avenue d'Aïre 45, à Genève",
        ] {
            assert!(tells_address(text, &[]), "{text}");
        }
        let heard = ["J'habite rue du Rhône 12."];
        assert!(!tells_address("Rue du Rhône 12, c'est bien ça ?", &heard));
    }

    #[test]
    fn towns_times_and_prices_are_no_address() {
        for text in [
            "Un plombier vient à Carouge dans 30 minutes.",
            "La richiamano via telefono entro 30 minuti.",
            "Someone calls you back within 15 minutes, on the way.",
            "Ich rufe Sie um 12 Uhr zurück.",
            "Je ne peux pas vous donner l'adresse avant.",
            "Le déplacement coûte 90 francs, place comprise.",
            "Nous passons à 14:30.",
            "",
        ] {
            assert!(!tells_address(text, &[]), "{text}");
        }
    }
}
