//! A sentence as the frame of a question for a birth or an age: a notion, asked for, of a person.
//!
//! Of a thing's age, of what somebody declines to ask, and of what only repeats the caller's own
//! numbers, a frame says nothing.

use super::birth::{Notion, finder};
use super::folded::{Folded, Sentence};
use super::lexicon::Hit;
use super::numerals;
use super::reading::Reading;

use Notion::{
    Age, AgeYou, AnyAge, Asking, Born, BornOn, Date, Day, Elsewhere, HowOld, HowOldIt, HowOldYou,
    Later, Needing, Not, Noted, OfAge, Only, Party, Person, Refusal, Request, Thing, Unable, When,
    Whose, Without, Years,
};

/// Leaves out what a longer phrase takes up: "how old" in "how old is it", "not" in "not only".
fn whole(hits: &[Hit<Notion>]) -> Vec<Hit<Notion>> {
    let taken_up = |h: &&Hit<Notion>| {
        let by = match h.concept {
            HowOld | Age => HowOldIt,
            Born | BornOn => Date,
            Not | Refusal | Without => Only,
            Request => Noted,
            _ => return false,
        };
        let holds = |w: &Hit<Notion>| {
            let longer = w.last - w.first > h.last - h.first;
            let within = w.first <= h.first && h.last <= w.last;
            w.concept == by && within && (longer || by != Noted)
        };
        hits.iter().any(holds)
    };
    hits.iter().filter(|h| !taken_up(h)).copied().collect()
}

pub(crate) fn is_core(notion: Notion) -> bool {
    matches!(
        notion,
        Date | Day | Born | BornOn | Age | AgeYou | HowOld | HowOldYou | HowOldIt | OfAge | Years
    )
}

/// A sentence with what was found in it.
pub(crate) struct Frame<'a> {
    call: &'a Reading<'a>,
    at: usize,
    turn: &'a Folded,
    /// Of the whole turn.
    all: &'a [Hit<Notion>],
    /// Of the sentence.
    hits: Vec<Hit<Notion>>,
    index: usize,
    sentence: Sentence,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(
        call: &'a Reading<'a>,
        at: usize,
        all: &'a [Hit<Notion>],
        index: usize,
    ) -> Self {
        let turn = call.folded(at);
        let sentence = turn.sentences[index];
        let within = |hit: &&Hit<Notion>| hit.first >= sentence.first && hit.last < sentence.end;
        Self {
            call,
            at,
            turn,
            all,
            hits: whole(&all.iter().filter(within).copied().collect::<Vec<_>>()),
            index,
            sentence,
        }
    }

    fn has(&self, notion: Notion) -> bool {
        self.hits.iter().any(|hit| hit.concept == notion)
    }

    fn asks(&self) -> bool {
        self.sentence.asks || self.has(Asking)
    }

    /// The stretch that breaks the assertion, and by which rule.
    pub(crate) fn breach(&self) -> Option<(usize, usize, &'static str)> {
        let core = self.hits.iter().filter(|hit| is_core(hit.concept));
        core.filter(|hit| !self.is_refused(hit)).find_map(|hit| {
            let rule = self.rule(hit)?;
            let (first, last) = self.stretch(hit);
            Some((first, last, rule))
        })
    }

    fn rule(&self, hit: &Hit<Notion>) -> Option<&'static str> {
        let asked = self.asks() || self.has(Request);
        let when = self.has(When) && asked;
        let broken = match hit.concept {
            Date => {
                let told = !asked && (self.has(Noted) || self.has(Elsewhere));
                let told = told || (!self.sentence.asks && self.has(Later));
                !told && !self.is_echo() && !self.is_taken_back()
            }
            Day => {
                let whose = asked && (self.has(Whose) || self.has(Person) || self.has(Request));
                let asked = when || whose || (asked && self.is_short());
                asked && !self.has(Party) && !self.is_echo()
            }
            Born => {
                let number = self.sentence.asks && !self.numbers().is_empty();
                (when || number) && !self.is_echo() && self.thing_named(hit) != Some(true)
            }
            BornOn => {
                let open = hit.last + 1 == self.sentence.end;
                let open = open || self.turn.clause(hit.last).1 == hit.last + 1;
                let thing = self.thing_named(hit) == Some(true);
                open && (asked || self.ends_open()) && !self.is_echo() && !thing
            }
            HowOldYou => true,
            HowOld | HowOldIt => !self.is_of_thing(hit) && !self.has(AnyAge),
            Age => {
                let asked = asked || self.is_short();
                asked && !self.has(AnyAge) && !self.is_of_thing(hit) && !self.is_told(hit)
            }
            AgeYou => (asked || self.is_short()) && !self.has(AnyAge) && !self.is_told(hit),
            OfAge => self.sentence.asks,
            Years => {
                let number = self.next_number(hit);
                self.sentence.asks && number && !self.is_echo() && !self.is_of_thing(hit)
            }
            _ => false,
        };
        broken.then_some(match hit.concept {
            Date | Born | BornOn => "birth/date",
            Day => "birth/birthday",
            _ => "birth/age",
        })
    }

    /// From the first to the last word of the frame around `hit`.
    fn stretch(&self, hit: &Hit<Notion>) -> (usize, usize) {
        let counts =
            |n: Notion| is_core(n) || matches!(n, When | Request | Asking | Whose | Person);
        let clause = self.turn.clause(hit.first);
        let near = |h: &&Hit<Notion>| counts(h.concept) && h.first >= clause.0 && h.last < clause.1;
        let near = || self.hits.iter().filter(near);
        let first = near().map(|h| h.first).min().unwrap_or(hit.first);
        let last = near().map(|h| h.last).max().unwrap_or(hit.last);
        (first.min(hit.first), last.max(hit.last))
    }

    /// Whether the agent says that it does not want to know.
    fn is_refused(&self, hit: &Hit<Notion>) -> bool {
        let segment = self.turn.tokens[hit.first].segment;
        let clause = self.turn.tokens[hit.first].clause;
        // A question's tail ("if you don't mind?") takes nothing back.
        let near = |other: &&Hit<Notion>| {
            let token = self.turn.tokens[other.first];
            match self.sentence.asks {
                true => token.clause == clause,
                false => token.segment == segment,
            }
        };
        let near = || self.hits.iter().filter(near);
        let is = |notion: Notion| near().any(|other| other.concept == notion);
        if is(Without) && is(Unable) {
            return false;
        }
        // Denied within one clause: "I do not have it yet, it is needed" denies nothing.
        let needing = || near().filter(|other| other.concept == Needing);
        let mut nots = near().filter(|other| other.concept == Not);
        let together = |not: &Hit<Notion>| {
            let clause = self.turn.tokens[not.first].clause;
            needing().any(|need| self.turn.tokens[need.first].clause == clause)
        };
        is(Refusal) || nots.any(together) || (is(Without) && !is(Not))
    }

    /// "My date of birth? No, I do not need it.": the caller's question, repeated.
    fn is_taken_back(&self) -> bool {
        if !self.is_short() || self.has(Request) || self.has(Asking) {
            return false;
        }
        let Some(next) = self.turn.sentences.get(self.index + 1) else {
            return false;
        };
        let after = |notion: Notion| {
            let mut next_hits = self.all.iter();
            next_hits.any(|h| h.concept == notion && h.first >= next.first)
        };
        after(Refusal) || (after(Not) && after(Needing))
    }

    /// A few words without a verb ("and your date of birth, please").
    fn is_short(&self) -> bool {
        self.sentence.end - self.sentence.first <= 6
    }

    /// "You were born on …": the sentence waits for its end.
    fn ends_open(&self) -> bool {
        let end = self.turn.tokens[self.sentence.end - 1].end as usize;
        let rest = self.call.text(self.at)[end..].trim_start();
        rest.starts_with("..") || rest.starts_with('…') || rest.starts_with(':')
    }

    fn numbers(&self) -> Vec<numerals::Number> {
        numerals::numbers(self.turn, self.sentence.first, self.sentence.end)
    }

    fn next_number(&self, hit: &Hit<Notion>) -> bool {
        let numbers = self.numbers();
        numbers
            .iter()
            .any(|n| n.first + 6 > hit.first && n.first <= hit.last + 4)
    }

    /// Whether the sentence only repeats numbers that the caller said before.
    fn is_echo(&self) -> bool {
        let numbers = self.numbers();
        let open = self.has(Asking) || self.has(Request) || self.has(HowOld);
        !open && !numbers.is_empty() && numbers.iter().all(|n| self.call.caller_said(self.at, n))
    }

    /// Whether the sentence says back what the caller told, or that it was noted.
    fn is_told(&self, hit: &Hit<Notion>) -> bool {
        let clause = self.turn.tokens[hit.first].clause;
        let same = |h: &&Hit<Notion>| self.turn.tokens[h.first].clause == clause;
        let is = |notion: Notion| self.hits.iter().filter(same).any(|h| h.concept == notion);
        self.is_echo() || (is(Noted) && !self.sentence.asks && !is(Request) && !is(Asking))
    }

    /// Whether the age is that of a thing: the nearest thing is nearer than the nearest person, in
    /// the sentence, or else in what was said before it.
    fn is_of_thing(&self, hit: &Hit<Notion>) -> bool {
        let named = self.thing_named(hit);
        named.unwrap_or_else(|| self.is_of_thing_before(hit))
    }

    /// Whether the sentence itself names a thing, or a person, as the one asked about.
    fn thing_named(&self, hit: &Hit<Notion>) -> Option<bool> {
        let segment = self.turn.tokens[hit.first].segment;
        let distance = |notion: Notion| {
            let hits = self
                .hits
                .iter()
                .filter(|h| h.concept == notion && self.turn.tokens[h.first].segment == segment);
            // What follows is what is asked about; what stands before may be an aside.
            hits.map(|h| match h.first > hit.last {
                true => h.first - hit.last,
                false => 2 + hit.first.saturating_sub(h.last) * 2,
            })
            .min()
        };
        match (distance(Thing), distance(Person)) {
            (Some(thing), Some(person)) => Some(thing < person),
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            (None, None) => None,
        }
    }

    /// What was spoken of last: in this turn, or, where a pronoun points back, in the turns before.
    fn is_of_thing_before(&self, hit: &Hit<Notion>) -> bool {
        let last = |hits: &[Hit<Notion>], end: usize| {
            let spoken = hits.iter().filter(|h| h.last < end);
            let spoken = spoken.filter(|h| matches!(h.concept, Thing | Person));
            spoken.max_by_key(|h| h.last).map(|h| h.concept == Thing)
        };
        if let Some(thing) = last(self.all, self.sentence.first) {
            return thing;
        }
        if hit.concept != HowOldIt {
            return false;
        }
        for back in (self.at.saturating_sub(2)..self.at).rev() {
            let hits = finder().find(self.call.folded(back));
            if let Some(thing) = last(&hits, usize::MAX) {
                return thing;
            }
        }
        false
    }
}
