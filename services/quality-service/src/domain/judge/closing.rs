//! The assertion that no closing phrase stands before the dispatch of a real need (R27, R28).
//!
//! A goodbye counts wherever it stands; a wish for the day counts unless it greets or asks; words
//! that only may be a goodbye ("à demain", "ciao") count where nothing else stands beside them.

use std::sync::OnceLock;

use super::fold::is_in;
use super::folded::Folded;
use super::lexicon::{Finder, Hit};
use super::reading::Reading;
use super::verdict::{Class, Verdict};
use super::words;

/// What a phrase has to do with parting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parting {
    /// "goodbye"
    Bye,
    /// "have a nice day"
    Wish,
    /// "until tomorrow": only as a clause of its own.
    Bare,
    /// "ciao": greets at the beginning, parts at the end.
    Soft,
    /// "thank you for calling": greets in the first turn.
    Thanks,
    /// "get well soon": comfort, unless it is the agent's last word.
    Comfort,
    /// "take care", which may go on "of it".
    Care,
    /// Holds the words of a closing phrase and is none ("schönen guten Tag").
    Greeting,
    /// May stand beside a bare phrase.
    Filler,
    /// "before"
    Before,
    Not,
    Say,
    /// "I hope you are having"
    Hope,
}

use Parting::{
    Bare, Before, Bye, Care, Comfort, Filler, Greeting, Hope, Not, Say, Soft, Thanks, Wish,
};

fn finder() -> &'static Finder<Parting> {
    static FINDER: OnceLock<Finder<Parting>> = OnceLock::new();
    FINDER.get_or_init(words::closing)
}

/// Judges the agent's turns before the dispatch.
pub(crate) fn judge(call: &Reading<'_>, class: Class) -> Verdict {
    if class != Class::Real {
        return Verdict::NotApplicable;
    }
    let spoken = |at: &usize| !call.folded(*at).tokens.is_empty();
    let mut turns = call.agent_turns().filter(spoken);
    let (first, second) = (turns.next(), turns.next());
    let last = call.agent_turns().rfind(spoken);
    let mut evidence = Vec::new();
    for at in call.transcript.before_dispatch() {
        let turn = call.folded(at);
        let hits = finder().find(turn);
        let place = Position {
            first: first == Some(at),
            early: first == Some(at) || second == Some(at),
            last: last == Some(at),
        };
        let closing = hits
            .iter()
            .filter(|hit| is_closing(turn, &hits, hit, place));
        // The longest phrase tells it all: "au revoir", not also what it holds.
        if let Some(hit) = closing.min_by_key(|hit| (hit.first, usize::MAX - hit.last)) {
            evidence.push(call.evidence(at, hit.first, hit.last, rule(hit.concept)));
        }
    }
    Verdict::of(evidence)
}

fn rule(parting: Parting) -> &'static str {
    match parting {
        Wish | Comfort | Care => "closing/wish",
        Thanks => "closing/thanks",
        _ => "closing/goodbye",
    }
}

/// Where a turn stands among the agent's.
#[derive(Debug, Clone, Copy)]
struct Position {
    first: bool,
    /// The first or the second: people still greet.
    early: bool,
    last: bool,
}

fn is_closing(turn: &Folded, hits: &[Hit<Parting>], hit: &Hit<Parting>, at: Position) -> bool {
    let sentence = turn.sentence(hit.first);
    // Whether the agent goes on with a question after the phrase.
    let goes_on = || {
        let later = turn.sentences.iter().filter(|s| s.end > hit.last + 1);
        later.into_iter().any(|s| s.asks)
    };
    let greets = || at.first && goes_on();
    let counts = match hit.concept {
        Bye => true,
        Wish => !sentence.asks && !greets(),
        Bare => !sentence.asks && stands_alone(turn, hits, hit),
        Soft => {
            !at.early && !goes_on() && is_last(turn, hits, hit) && stands_alone(turn, hits, hit)
        }
        Thanks => !at.first && !goes_on(),
        Comfort => at.last && !at.first && !goes_on(),
        Care => {
            let next = (hit.last + 1 < sentence.end).then(|| turn.word(hit.last + 1));
            next != Some("of") && !goes_on_from_will(turn, hit)
        }
        _ => return false,
    };
    counts && !is_greeting(hits, hit) && !is_held_back(turn, hits, hit)
}

/// "will take care", "to take care"
fn goes_on_from_will(turn: &Folded, hit: &Hit<Parting>) -> bool {
    let before = hit.first.checked_sub(1).map(|at| turn.word(at));
    before.is_some_and(|word| is_in("to will ll can could they we he she who i d would", word))
}

fn is_greeting(hits: &[Hit<Parting>], hit: &Hit<Parting>) -> bool {
    let holds = |h: &&Hit<Parting>| h.first <= hit.first && h.last >= hit.last;
    hits.iter().filter(holds).any(|h| h.concept == Greeting)
}

/// Whether the clause holds nothing but the phrase, politeness and at most a name.
fn stands_alone(turn: &Folded, hits: &[Hit<Parting>], hit: &Hit<Parting>) -> bool {
    let (first, end) = turn.clause(hit.first);
    let covered = |token: usize| {
        let polite = |h: &Hit<Parting>| !matches!(h.concept, Before | Not | Say | Hope | Greeting);
        hits.iter()
            .any(|h| polite(h) && h.first <= token && token <= h.last)
    };
    let others = (first..end).filter(|&token| !covered(token)).count();
    others <= 1
}

/// Whether nothing but politeness and a name follows: "ciao, signora Rossi".
fn is_last(turn: &Folded, hits: &[Hit<Parting>], hit: &Hit<Parting>) -> bool {
    let rest = hit.last + 1..turn.tokens.len();
    let said = |token: &usize| {
        let polite = |h: &Hit<Parting>| h.first <= *token && *token <= h.last;
        !turn.tokens[*token].capital && !hits.iter().any(polite)
    };
    rest.filter(said).count() <= 1
}

/// Whether the phrase is not said but spoken about: "before we say goodbye", "don't hang up yet".
fn is_held_back(turn: &Folded, hits: &[Hit<Parting>], hit: &Hit<Parting>) -> bool {
    let (clause, end) = turn.clause(hit.first);
    let within = |h: &&Hit<Parting>| h.first >= clause && h.last < end;
    let other = |h: &&Hit<Parting>| h.last < hit.first || h.first > hit.last;
    let near = || hits.iter().filter(within).filter(other);
    let before = |notion: Parting, reach: usize| {
        let mut near = near();
        near.any(|h| h.concept == notion && h.last < hit.first && hit.first - h.last <= reach)
    };
    let is = |notion: Parting| near().any(|h| h.concept == notion);
    let sentence = turn.sentence(hit.first);
    let hoped = hits.iter().any(|h| {
        h.concept == Hope
            && h.first >= sentence.first
            && h.first < sentence.end
            && h.first < hit.first
    });
    before(Before, 8)
        || before(Not, 4)
        || (is(Not) && is(Say))
        || (hoped && matches!(hit.concept, Wish))
        || is_quoted(turn, hits, hit)
        || is_figure(turn, hits, hit)
}

/// "say goodbye to the leak"
fn is_figure(turn: &Folded, hits: &[Hit<Parting>], hit: &Hit<Parting>) -> bool {
    let end = turn.sentence(hit.first).end;
    let said = hits
        .iter()
        .any(|h| h.concept == Say && h.last < hit.first && hit.first - h.last <= 3);
    let to = hit.last + 1 < end
        && is_in(
            "a al alla allo au aux to zu zum zur von dem pada ke",
            turn.word(hit.last + 1),
        );
    // "…to you, madam" is said to a person.
    let person = hits
        .iter()
        .any(|h| h.concept == Filler && h.first > hit.last + 1 && h.first <= hit.last + 2);
    said && to && !person && hit.last + 2 < end
}

/// «au revoir» between quotation marks, where the sentence speaks of saying.
fn is_quoted(turn: &Folded, hits: &[Hit<Parting>], hit: &Hit<Parting>) -> bool {
    let sentence = turn.sentence(hit.first);
    let (first, end) = turn.clause(hit.first);
    let alone = first == hit.first && end == hit.last + 1;
    let says = hits.iter().any(|h| {
        matches!(h.concept, Say | Before | Not) && h.first >= sentence.first && h.last < hit.first
    });
    alone && first > sentence.first && says
}

#[cfg(test)]
mod tests {
    use super::super::examples::{Example, check};

    #[test]
    fn a_closing_phrase_is_heard_in_every_language() {
        for text in [
            "Très bien, au revoir et bonne fin de journée !",
            "Je vous souhaite une excellente soirée.",
            "Merci de votre appel.",
            "Auf Wiederhören.",
            "Dann wünsche ich Ihnen noch einen schönen Tag.",
            "Tschüss!",
            "Bis morgen, Frau Keller.",
            "Arrivederci e buona giornata.",
            "La saluto, a presto!",
            "Goodbye!",
            "Have a lovely rest of your day.",
            "Take care, bye now.",
            "Sampai jumpa, Pak.",
            "Semoga hari Ibu menyenangkan.",
            "Terima kasih sudah menelepon.",
            "Que tenga un buen día.",
            "Hasta luego.",
            "Muchas gracias por llamar, adiós.",
        ] {
            let example = Example::real().agent(text);
            assert!(check(&example).closing.is_broken(), "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_a_closing_is_none() {
        for text in [
            "Bonjour, que puis-je faire pour vous ?",
            "Avant de vous dire au revoir, il me faut encore votre numéro.",
            "Ne raccrochez pas, il me manque votre nom.",
            "Schönen guten Tag, wie kann ich helfen?",
            "Bevor wir uns auf Wiederhören sagen, brauche ich Ihre Nummer.",
            "Geht es auch erst bis morgen?",
            "Buongiorno, mi dica.",
            "Prima di salutarla con un arrivederci, mi lascia il numero?",
            "Good afternoon, how can I help?",
            "We will take care of it. What is your name?",
            "I hope you are having a nice day. What can I do for you?",
            "Selamat siang, ada yang bisa dibantu?",
            "Jangan bilang selamat tinggal dulu, saya perlu nomornya.",
            "Buenos días, ¿en qué puedo ayudarle?",
            "¿Puede esperar hasta mañana?",
            "No me diga adiós todavía, me falta su nombre.",
        ] {
            let example = Example::real().agent(text);
            assert!(!check(&example).closing.is_broken(), "{text}");
        }
    }

    #[test]
    fn after_the_dispatch_a_goodbye_is_right() {
        let example = Example::real().dispatch(true).agent("Au revoir !");
        assert!(!check(&example).closing.is_broken());
        let example = Example::real().dispatch(false).agent("Au revoir !");
        assert!(check(&example).closing.is_broken());
        let example = Example::new("Je voudrais une pizza.").agent("Au revoir !");
        assert!(!check(&example).closing.is_broken());
    }

    #[test]
    fn the_callers_goodbye_is_the_callers() {
        let example = Example::real().caller("Au revoir, bonne journée, tschüss, bye!");
        assert!(!check(&example).closing.is_broken());
    }
}
