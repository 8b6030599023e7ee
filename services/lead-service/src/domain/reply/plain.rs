//! Plain text: what was written as words that lists can be held against.

use super::words::{ACCENTED_SI, NO_MARK, YES_MARK};
use crate::domain::fold;

/// Folded, with marks of approval and accented yeses as words and other pictures left out.
pub(super) fn plain(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '👍' | '👌' | '✅' | '✔' | '☑' | '🆗' | '🤝' | '💪' => {
                spelled.push_str(" yesmark ");
            }
            '👎' | '❌' | '🚫' | '⛔' | '✖' | '🙅' => spelled.push_str(" nomark "),
            // What follows a picture or a digit and only changes its looks.
            '\u{fe0f}' | '\u{20e3}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' => {}
            '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => spelled.push(' '),
            _ => spelled.extend(sign.to_lowercase()),
        }
    }
    let accented = ["s\u{ed}", "s\u{ec}", "si\u{301}", "si\u{300}"];
    let token = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && !is_combining(c));
        accented.contains(&bare)
    };
    let words: Vec<String> = spelled
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!' | ';' | ':'))
        .map(|word| match word {
            "yesmark" => YES_MARK.to_owned(),
            "nomark" => NO_MARK.to_owned(),
            _ if token(word) => ACCENTED_SI.to_owned(),
            _ => fold::fold(word),
        })
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn is_combining(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}')
}
