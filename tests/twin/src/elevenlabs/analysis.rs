//! What the analysing model draws from a conversation: by the item's id, what the caller said, whether
//! the need was real, how the caller felt, and what is to be done next.

use super::talk::Talk;

/// The value of one item of the data collection; nothing where the talk says nothing of it.
pub(super) fn value(id: &str, talk: &Talk, caller_id: &str) -> Option<String> {
    if id == "real_need" {
        return Some(talk.real_need.to_string());
    }
    if id.contains("sentiment") {
        return Some(sentiment(talk).to_owned());
    }
    if id.contains("next") {
        return Some(next_step(talk));
    }
    let facts = talk.facts.as_ref();
    facts.and_then(|facts| facts.value(id, Some(caller_id)))
}

fn dispatched(talk: &Talk) -> bool {
    talk.dispatches.iter().any(|outcome| !outcome.is_error)
}

fn sentiment(talk: &Talk) -> &'static str {
    if dispatched(talk) {
        "positive: relieved that somebody takes care of it"
    } else if talk.real_need {
        "negative: not sure that anything was passed on"
    } else if talk.refused {
        "neutral: took the answer calmly"
    } else {
        "neutral: hung up early"
    }
}

fn next_step(talk: &Talk) -> String {
    match (&talk.facts, dispatched(talk)) {
        (_, true) => "Nothing, unless the provider does not confirm.".to_owned(),
        (Some(facts), false) if talk.real_need => {
            format!("Call {} back about: {}.", facts.name, facts.service)
        }
        _ if talk.real_need => "Call the caller back.".to_owned(),
        _ => "Nothing.".to_owned(),
    }
}
