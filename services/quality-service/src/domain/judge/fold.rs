//! A turn as it is compared: folded tokens that know their place in the text, their clause and
//! their sentence.
//!
//! Folded is lower-case ASCII between single spaces. Two things are kept that folding alone would
//! lose: "né" (born, not "ne"), and where a number's parts hang together ("14:30", "24/24").

use super::folded::{Folded, Sentence, Token};

/// After these a stop ends no sentence.
const SHORT: &str = "str dr jl jln av avda ave st rd bd blvd bld ch rte pl sr sra sig dott mme \
    mlle prof num tel kel kec gg bzw vl";
/// And after these where a number follows.
const SHORT_BEFORE_NUMBER: &str = "no nr";
/// Whether what was denied before this word is not denied after it.
fn is_contrast(word: &str) -> bool {
    matches!(
        word,
        "mais"
            | "cependant"
            | "toutefois"
            | "aber"
            | "sondern"
            | "jedoch"
            | "allerdings"
            | "stattdessen"
            | "but"
            | "however"
            | "instead"
            | "pero"
            | "sino"
            | "namun"
            | "invece"
            | "bensi"
            | "tapi"
            | "tetapi"
            | "melainkan"
    )
}

/// Folds one turn.
pub(crate) fn fold(text: &str) -> Folded {
    let mut folding = Folding {
        source: text,
        text: String::with_capacity(text.len() + 16),
        tokens: Vec::with_capacity(text.len() / 5 + 2),
        sentences: Vec::new(),
        open: None,
        clause: 0,
        segment: 0,
        brackets: 0,
        gap: Gap::default(),
    };
    folding.text.push(' ');
    for (at, sign) in text.char_indices() {
        folding.take(at, sign);
    }
    folding.close(text.len());
    folding.end_sentence(false);
    Folded {
        text: folding.text,
        tokens: folding.tokens,
        sentences: folding.sentences,
    }
}

/// The folded form of a short phrase: tokens and single spaces, none around them.
pub(crate) fn phrase(text: &str) -> String {
    fold(text).text.trim().to_owned()
}

struct Folding<'a> {
    source: &'a str,
    text: String,
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    /// Where the token that is being read starts: in the source, in the folded text.
    open: Option<(usize, usize)>,
    clause: u16,
    segment: u16,
    brackets: u16,
    gap: Gap,
}

/// What stands between two tokens.
#[derive(Default)]
struct Gap {
    signs: u8,
    only: u8,
}

impl Folding<'_> {
    fn take(&mut self, at: usize, sign: char) {
        if sign.is_ascii_alphanumeric() {
            self.letter(at, sign.to_ascii_lowercase());
        } else if sign.is_ascii() {
            self.close(at);
            self.separator(at, sign);
        } else {
            self.beyond_ascii(at, sign);
        }
    }

    fn letter(&mut self, at: usize, sign: char) {
        if self.open.is_none() {
            self.open = Some((at, self.text.len()));
        }
        self.text.push(sign);
    }

    fn beyond_ascii(&mut self, at: usize, sign: char) {
        // Signs of degree and of ordinals end "n°" and "1ª"; they are no letters of it.
        let separates = matches!(sign, '°' | 'º' | 'ª' | '’' | '‘' | 'ʼ' | '“' | '”' | '„');
        let ascii = match separates {
            true => None,
            false => deunicode::deunicode_char(sign),
        };
        match ascii {
            Some("") => {}
            Some(ascii) if ascii.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                for letter in ascii.chars() {
                    self.letter(at, letter.to_ascii_lowercase());
                }
            }
            // A picture or a sign of another script: its name is no word of the turn.
            _ => {
                self.close(at);
                self.separator(at, sign);
            }
        }
    }

    fn separator(&mut self, at: usize, sign: char) {
        self.gap.signs = self.gap.signs.saturating_add(1);
        self.gap.only = if sign.is_ascii() { sign as u8 } else { b' ' };
        let rest = &self.source[at + sign.len_utf8()..];
        let next = rest.chars().next();
        let between_digits = next.is_some_and(|c| c.is_ascii_digit())
            && self
                .tokens
                .last()
                .is_some_and(|t| t.digits && t.end as usize == at);
        match sign {
            '(' | '[' => self.brackets += 1,
            ')' | ']' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        match sign {
            '?' | '？' => self.end_sentence(true),
            '!' | ';' | '\n' => self.end_sentence(false),
            '.' if next.is_none_or(|c| c.is_whitespace() || is_quote(c))
                && !self.is_short(rest) =>
            {
                self.end_sentence(false);
            }
            ',' | ':' if between_digits => {}
            ',' | ':' | '(' | ')' | '"' | '«' | '»' | '“' | '”' | '„' | '–' | '—' | '…' | '¿'
            | '¡' => self.clause += 1,
            '-' if next.is_none_or(char::is_whitespace) => self.clause += 1,
            _ => {}
        }
    }

    /// Whether the last token is an abbreviation, after which the sentence goes on.
    fn is_short(&self, rest: &str) -> bool {
        let Some(last) = self.tokens.last() else {
            return false;
        };
        let word = &self.text[last.at as usize..last.to as usize];
        (word.len() == 1 && !last.digits)
            || word.len() > 3 && word.ends_with("str")
            || is_in(SHORT, word)
            || is_in(SHORT_BEFORE_NUMBER, word)
                && rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
    }

    fn close(&mut self, end: usize) {
        let Some((start, at)) = self.open.take() else {
            return;
        };
        self.keep_born(start, at);
        let to = self.text.len();
        self.text.push(' ');
        let word = &self.text[at..to];
        let first = self.source[start..].chars().next();
        let after_comma = || {
            let last = self.tokens.last();
            last.is_some_and(|last| last.clause != self.clause)
        };
        if is_contrast(word) || (word == "ma" && after_comma()) {
            self.clause += 1;
            self.segment += 1;
        }
        self.tokens.push(Token {
            start: start as u32,
            end: end as u32,
            at: at as u32,
            to: to as u32,
            clause: self.clause,
            segment: self.segment,
            sentence: self.sentences.len() as u16,
            aside: self.brackets > 0,
            capital: first.is_some_and(char::is_uppercase),
            digits: word.bytes().all(|b| b.is_ascii_digit()),
            joint: if self.gap.signs == 1 {
                self.gap.only
            } else {
                b' '
            },
        });
        self.gap = Gap::default();
    }

    /// "né", "née" and their plurals become one token that is no "ne".
    fn keep_born(&mut self, start: usize, at: usize) {
        if matches!(&self.text[at..], "ne" | "nee" | "nes" | "nees") {
            let mut signs = self.source[start..].chars().skip(1);
            let accented = match signs.next() {
                Some('é' | 'É') => true,
                Some('e' | 'E') => signs.next() == Some('\u{301}'),
                _ => false,
            };
            if accented {
                self.text.truncate(at);
                self.text.push_str("nee");
            }
        }
    }

    fn end_sentence(&mut self, asks: bool) {
        let first = self.sentences.last().map_or(0, |last| last.end);
        let end = self.tokens.len();
        if first < end {
            self.sentences.push(Sentence { first, end, asks });
            self.clause += 1;
            self.segment += 1;
        } else if asks && let Some(last) = self.sentences.last_mut() {
            // "…?" and "?!": the sentence was ended already.
            last.asks = true;
        }
    }
}

fn is_quote(sign: char) -> bool {
    matches!(sign, '"' | '»' | '”' | '“' | '’' | '\'' | ')')
}

/// Whether a list of words with a space around each holds `word`.
pub(crate) fn is_in(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}
