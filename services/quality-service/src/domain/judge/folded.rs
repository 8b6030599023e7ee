//! A folded turn: its tokens, clauses and sentences, and where each stands in the text.

/// One word of a turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Bytes of the original text.
    pub start: u32,
    pub end: u32,
    /// Bytes of the folded text.
    pub at: u32,
    pub to: u32,
    /// Ends at commas and the like.
    pub clause: u16,
    /// Ends at a contrast: what is denied before a "but" is not denied after it.
    pub segment: u16,
    pub sentence: u16,
    pub capital: bool,
    pub digits: bool,
    /// Stands in brackets.
    pub aside: bool,
    /// The one sign that stands between this token and the one before, a space for anything else.
    pub joint: u8,
}

/// A sentence's tokens and whether it ends as a question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence {
    pub first: usize,
    pub end: usize,
    pub asks: bool,
}

/// A folded turn.
#[derive(Debug, Clone)]
pub(crate) struct Folded {
    /// Every token with a space before and after it.
    pub text: String,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
}

impl Folded {
    /// The folded word of a token.
    pub(crate) fn word(&self, token: usize) -> &str {
        let token = self.tokens[token];
        &self.text[token.at as usize..token.to as usize]
    }

    /// The token in which this byte of the folded text stands.
    pub(crate) fn token_at(&self, byte: usize) -> usize {
        let after = self.tokens.partition_point(|t| t.at as usize <= byte);
        after.saturating_sub(1)
    }

    /// The tokens of the clause of `token`.
    pub(crate) fn clause(&self, token: usize) -> (usize, usize) {
        let clause = self.tokens[token].clause;
        let first = self.tokens.partition_point(|t| t.clause < clause);
        let end = self.tokens.partition_point(|t| t.clause <= clause);
        (first, end)
    }

    pub(crate) fn sentence(&self, token: usize) -> Sentence {
        self.sentences[self.tokens[token].sentence as usize]
    }

    /// The bytes of the original text from one token to another.
    pub(crate) fn span(&self, first: usize, last: usize) -> (usize, usize) {
        (
            self.tokens[first].start as usize,
            self.tokens[last].end as usize,
        )
    }
}
