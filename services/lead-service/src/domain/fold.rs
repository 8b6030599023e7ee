//! Folding: the form in which words are compared.
//!
//! Lower-case ASCII letters and digits in tokens; case, accents and punctuation are gone. Folding
//! what is folded changes nothing.

/// Articles and the like, which callers put in or leave out at will.
const SMALL: [&str; 62] = [
    "a", "al", "alla", "alle", "am", "an", "at", "au", "aux", "da", "das", "dans", "de", "dei",
    "del", "della", "dell", "den", "der", "des", "di", "die", "do", "du", "d", "e", "ein", "eine",
    "einen", "el", "en", "et", "for", "il", "im", "in", "l", "la", "las", "le", "les", "lo", "los",
    "mein", "meine", "mi", "mio", "mia", "mon", "ma", "mes", "my", "of", "the", "to", "un", "una",
    "une", "und", "uno", "y", "zu",
];

/// The folded form: tokens of `a-z0-9`, one space between.
#[must_use]
pub fn fold(text: &str) -> String {
    let ascii = deunicode::deunicode_with_tofu(text, " ").to_ascii_lowercase();
    let mut folded = String::with_capacity(ascii.len());
    for token in ascii
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|t| !t.is_empty())
    {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(token);
    }
    folded
}

/// The tokens that carry meaning; all of them where nothing else would be left.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let all = || folded.split(' ').filter(|word| !word.is_empty());
    let kept: Vec<String> = all()
        .filter(|word| !SMALL.contains(word))
        .map(str::to_owned)
        .collect();
    if kept.is_empty() {
        all().map(str::to_owned).collect()
    } else {
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_accents_and_punctuation_do_not_matter() {
        assert_eq!(
            fold("  Genève, près de l'ÉGLISE!"),
            "geneve pres de l eglise"
        );
        assert_eq!(fold("Vandœuvres"), "vandoeuvres");
        assert_eq!(words("fuite d'eau"), ["fuite", "eau"]);
        assert_eq!(words("La Latina"), ["latina"]);
        assert_eq!(words("à la"), ["a", "la"]);
    }

    proptest! {
        #[test]
        fn folding_never_panics_and_is_idempotent(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(words(&words(&text).join(" ")), words(&text));
        }
    }
}
