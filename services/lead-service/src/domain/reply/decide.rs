//! What a provider's text means among its offers.
//!
//! With one open offer a yes is plain; with several the code decides, and a bare yes gets one
//! question; an answer to what is over is told so. What stays unclear is for a person.

use super::{Read, Word};

/// Where an offer stands for the provider who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waits for the answer.
    Open,
    /// The provider has it.
    Mine,
    /// Released, cancelled or finished.
    Over,
}

/// One offer that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub reference: String,
    pub standing: Standing,
}

/// What was asked back already about these very open offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// The bare answer that was asked about: which offer it is for.
    pub which: Option<Word>,
    pub unclear: bool,
}

/// What is to be done; offers by their position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Accept(usize),
    Decline(usize),
    /// Said yes again to what it has: told again.
    HasIt(usize),
    Late(usize),
    /// Asked once which offer the answer is for.
    Which(Word),
    /// Asked once what is meant.
    Unclear,
    /// Nothing is asked back; the operator reads it.
    Person,
}

/// Decides among `offers`, the newest first.
#[must_use]
pub fn decide(read: &Read, offers: &[Offer], asked: Asked) -> Decision {
    let is = |i: &usize, standing: Standing| offers[*i].standing == standing;
    let all: Vec<usize> = (0..offers.len()).collect();
    let open = |among: &[usize]| -> Vec<usize> {
        let among = among.iter().copied();
        among.filter(|i| is(i, Standing::Open)).collect()
    };
    let any_open = !open(&all).is_empty();
    let unclear = || match any_open && !asked.unclear {
        true => Decision::Unclear,
        false => Decision::Person,
    };
    // Asked which one, naming it is the answer.
    let word = match asked.which {
        Some(said) if read.bare && !read.named.is_empty() => said,
        _ => read.word,
    };
    if word == Word::Unclear || (read.named.is_empty() && read.unknown_code) {
        return unclear();
    }
    let meant = match read.named.is_empty() {
        true => &all,
        false => &read.named,
    };
    match open(meant)[..] {
        [one] if word == Word::Yes => Decision::Accept(one),
        [one] => Decision::Decline(one),
        [] => match meant.iter().min() {
            Some(newest) if is(newest, Standing::Mine) && word == Word::Yes => {
                Decision::HasIt(*newest)
            }
            // Whoever confirmed gives it back through the operator only.
            Some(newest) if is(newest, Standing::Mine) => Decision::Person,
            Some(newest) => Decision::Late(*newest),
            None => Decision::Person,
        },
        _ if asked.which.is_none() => Decision::Which(word),
        _ => Decision::Person,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::read;
    use super::*;

    fn offers(standings: &[Standing]) -> Vec<Offer> {
        let references = ["K7-3F9AQ", "B2-ZZZZZ", "C3-YYYYY", "D4-XXXXX"];
        let pairs = references.iter().zip(standings);
        pairs
            .map(|(reference, standing)| Offer {
                reference: (*reference).to_owned(),
                standing: *standing,
            })
            .collect()
    }

    fn say(text: &str, standings: &[Standing], asked: Asked) -> Decision {
        let offers = offers(standings);
        let references: Vec<&str> = offers.iter().map(|o| o.reference.as_str()).collect();
        decide(&read(text, &references), &offers, asked)
    }

    const NEVER: Asked = Asked {
        which: None,
        unclear: false,
    };

    #[test]
    fn one_open_offer_is_understood_at_once() {
        use Standing::{Mine, Open, Over};
        assert_eq!(say("oui", &[Open], NEVER), Decision::Accept(0));
        assert_eq!(
            say("nein", &[Over, Open, Mine], NEVER),
            Decision::Decline(1)
        );
        assert_eq!(say("oui b2", &[Open, Open], NEVER), Decision::Accept(1));
    }

    #[test]
    fn with_several_open_the_code_decides_and_a_bare_yes_is_asked_about_once() {
        use Standing::Open;
        let asked = Asked {
            which: Some(Word::Yes),
            unclear: false,
        };
        assert_eq!(say("oui", &[Open, Open], NEVER), Decision::Which(Word::Yes));
        assert_eq!(say("non", &[Open, Open], NEVER), Decision::Which(Word::No));
        assert_eq!(say("oui", &[Open, Open], asked), Decision::Person);
        assert_eq!(say("B2", &[Open, Open], asked), Decision::Accept(1));
        assert_eq!(say("b2 merci", &[Open, Open], asked), Decision::Accept(1));
        assert_eq!(say("non b2", &[Open, Open], asked), Decision::Decline(1));
        assert_eq!(
            say("oui b2 k7", &[Open, Open], NEVER),
            Decision::Which(Word::Yes)
        );
        assert_eq!(say("B2", &[Open, Open], NEVER), Decision::Unclear);
    }

    #[test]
    fn an_answer_to_what_is_over_is_late_and_never_for_another_offer() {
        use Standing::{Mine, Open, Over};
        assert_eq!(say("oui", &[Over], NEVER), Decision::Late(0));
        assert_eq!(say("non", &[Over, Mine], NEVER), Decision::Late(0));
        assert_eq!(say("oui k7", &[Over, Open], NEVER), Decision::Late(0));
        assert_eq!(say("oui", &[Mine], NEVER), Decision::HasIt(0));
        assert_eq!(say("non", &[Mine], NEVER), Decision::Person);
        // A code that nobody knows accepts nothing.
        assert_eq!(say("oui x9", &[Open], NEVER), Decision::Unclear);
    }

    #[test]
    fn what_is_unclear_is_asked_about_once_and_only_while_an_offer_is_open() {
        use Standing::{Mine, Open, Over};
        let asked = Asked {
            which: None,
            unclear: true,
        };
        assert_eq!(say("quoi", &[Open], NEVER), Decision::Unclear);
        assert_eq!(say("quoi", &[Open], asked), Decision::Person);
        assert_eq!(
            say("j'arrive ou pas", &[Mine, Over], NEVER),
            Decision::Person
        );
        assert_eq!(say("oui", &[], NEVER), Decision::Person);
    }

    proptest! {
        /// Only an open offer is accepted or declined, and only by a text that says so.
        #[test]
        fn nothing_but_an_open_offer_is_ever_taken(
            text in prop::sample::select(vec!["oui", "non", "K7", "oui B2", "non C3", "oui z9", "?"]),
            standings in prop::collection::vec(0..3usize, 0..4),
            which in 0..3usize, unclear: bool,
        ) {
            let standing = [Standing::Open, Standing::Mine, Standing::Over];
            let standings: Vec<_> = standings.into_iter().map(|i| standing[i]).collect();
            let which = [None, Some(Word::Yes), Some(Word::No)][which];
            match say(text, &standings, Asked { which, unclear }) {
                Decision::Accept(i) => {
                    prop_assert_eq!(standings[i], Standing::Open);
                    prop_assert!(!text.starts_with("non"));
                }
                Decision::Decline(i) => {
                    prop_assert_eq!(standings[i], Standing::Open);
                    prop_assert!(!text.starts_with("oui"));
                }
                Decision::Late(i) => prop_assert_ne!(standings[i], Standing::Open),
                Decision::HasIt(i) => prop_assert_eq!(standings[i], Standing::Mine),
                Decision::Which(_) => prop_assert!(which.is_none()),
                Decision::Unclear => prop_assert!(!unclear),
                Decision::Person => {}
            }
        }
    }
}
