//! A persona: the free text of a simulation read as a caller, in whichever of the six languages it
//! is written. What the text does not say comes from the agent.

use super::lines::{Lang, Lines, lines, with};
use super::scenario::{Caller, Wish, off_topic, wish};
use super::text::{place_in, plain};
use super::trade::{is_off_topic, trade_of};

/// Reads the persona of a simulation (free text in any of the languages) as a caller: language
/// where it is named, trade or off-topic wish by vocabulary, name, place and number where found.
pub(crate) fn persona(text: &str, prompt: &str, agent: Lang) -> Caller {
    let folded = plain(text);
    let spoken: [(&[&str], Lang); 6] = [
        (&["french", "francais", "franzosisch", "francese"], Lang::Fr),
        (&["german", "allemand", "deutsch", "tedesco"], Lang::De),
        (&["italian", "italien", "italienisch"], Lang::It),
        (&["indonesian", "bahasa"], Lang::Id),
        (&["spanish", "espagnol", "spanisch", "espanol"], Lang::Es),
        (&["english", "anglais", "englisch", "inggris"], Lang::En),
    ];
    let lang = spoken
        .iter()
        .find(|(hints, _)| hints.iter().any(|hint| folded.contains(hint)))
        .map_or(agent, |(_, lang)| *lang);
    let off_topic = is_off_topic(text);
    let known = trade_of(text).filter(|_| !off_topic);
    let place = place_in(text)
        .or_else(|| place_in(prompt))
        .unwrap_or("Carouge");
    let line = lines(lang);
    let urgent = [
        "urgen",
        "emergency",
        "dringend",
        "notfall",
        "darurat",
        "leak",
        "fuite",
        "right now",
        "pain",
    ];
    let urgency = if urgent.iter().any(|word| folded.contains(word)) {
        "emergency"
    } else {
        "soon"
    };
    let mut first = match known {
        Some(trade) => wish(trade.id, lang, Some(place), urgency),
        None => off_topic_wish_of(text, line, place),
    };
    if [
        "does not say where",
        "without saying where",
        "ne dit pas ou",
    ]
    .iter()
    .any(|p| folded.contains(p))
    {
        first.place = None;
    }
    let opening = if known.is_some() {
        with(line.opening, &first.spoken)
    } else {
        line.off_topic.to_owned()
    };
    Caller {
        lang,
        name: name_in(text).unwrap_or_else(|| line.name.to_owned()),
        phone: phone_in(text),
        place: place.to_owned(),
        opening,
        wishes: vec![first],
        off_topic: known.is_none(),
        hangs_up: false,
    }
}

fn off_topic_wish_of(text: &str, line: &Lines, place: &str) -> Wish {
    let mut wish = off_topic(line, Some(place));
    if !is_off_topic(text) {
        wish.service = text.chars().take(120).collect();
    }
    wish
}

/// The capitalised words after a phrase such as "You are" or "Je m'appelle".
fn name_in(text: &str) -> Option<String> {
    const BEFORE: &[&str] = &[
        "Your name is ",
        "your name is ",
        "named ",
        "You are ",
        "Je m'appelle ",
        "Vous vous appelez ",
        "Tu t'appelles ",
        "Vous êtes ",
        "Tu es ",
        "Sie heissen ",
        "Sie heißen ",
        "Du heisst ",
        "Sie sind ",
        "Du bist ",
        "Ti chiami ",
        "Si chiama ",
        "Sei ",
        "Te llamas ",
        "Se llama ",
        "Eres ",
        "Nama Anda ",
        "Anda adalah ",
    ];
    BEFORE.iter().find_map(|phrase| {
        let rest = &text[text.find(phrase)? + phrase.len()..];
        let words: Vec<&str> = rest
            .split(' ')
            .map_while(|word| {
                let clean = word.trim_end_matches([',', '.', ';', ':', '(']);
                clean
                    .starts_with(char::is_uppercase)
                    .then_some((clean, clean.len() == word.len()))
            })
            .scan(true, |open, (word, whole)| {
                let take = *open;
                *open = whole;
                take.then_some(word)
            })
            .take(3)
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    })
}

/// The first international number in a text.
fn phone_in(text: &str) -> Option<String> {
    let rest = &text[text.find('+')?..];
    let number: String = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, '+' | ' '))
        .collect();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (digits >= 8).then(|| number.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persona_gives_name_number_place_and_trade() {
        let caller = persona(
            "You are Claire Dubois, phoning in French about a leak under the sink in Carouge. Your number is +41 79 555 01 42.",
            "",
            Lang::En,
        );
        assert_eq!(caller.name, "Claire Dubois");
        assert_eq!(caller.phone.as_deref(), Some("+41 79 555 01 42"));
        assert_eq!(caller.place, "Carouge");
        assert_eq!(caller.lang, Lang::Fr);
        assert!(
            caller.wishes[0].service.starts_with("plomberie"),
            "{:?}",
            caller.wishes
        );
    }
}
