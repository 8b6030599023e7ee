//! Answers to messages that came in, by text message or within a WhatsApp conversation. Each shows
//! the reference, so that it is found again at the carrier (B7).

use crate::domain::clean::{line, shortened};
use crate::domain::notice::{AnswerKind, LeadFacts, ReplyAnswer};

use super::facts::{Facts, link};
use super::fill;
use super::follow::{kept, taken};
use super::render::{About, Rendered};
use super::sms::{code, fitting, hello, linked, signed};
use super::words::Words;

pub(super) fn answer(answer: &ReplyAnswer, about: &About<'_>, words: &'static Words) -> Rendered {
    let page = link(&answer.answer_url);
    let Some(lead) = &answer.lead else {
        return short(words.proven, about, words);
    };
    match answer.kind {
        AnswerKind::Confirmed => taken(lead, &page, answer.channel, about, words),
        AnswerKind::Declined => short(words.declined, about, words),
        AnswerKind::Late => Rendered {
            body: fill(words.late, &[("ref", about.reference)]),
            ..Rendered::default()
        },
        AnswerKind::WhichOffer => {
            let said = which(answer, about, words);
            linked(said, words.answer_link, &page, words)
        }
        AnswerKind::Unclear => {
            let how = fill(words.sms_answer, &[("code", code(about.reference))]);
            let said = short(&format!("{}\n{how}", words.unclear), about, words);
            linked(said, words.answer_link, &page, words)
        }
        AnswerKind::CancelQuestion => customer(lead, words.cancel_question, about, words),
        AnswerKind::Cancelled => customer(lead, words.cancelled, about, words),
        AnswerKind::Kept => customer(lead, words.kept, about, words),
        AnswerKind::Proven => short(words.proven, about, words),
    }
}

fn short(text: &str, about: &About<'_>, words: &Words) -> Rendered {
    Rendered {
        body: format!("{text}\n{} {}", words.reference, about.reference),
        ..Rendered::default()
    }
}

/// One question back: which of the open offers?
fn which(answer: &ReplyAnswer, about: &About<'_>, words: &'static Words) -> Rendered {
    fitting(|need, _, _| {
        let mut lines = vec![words.which_offer.to_owned()];
        for choice in &answer.choices {
            let code = line(&choice.code, 12);
            let need = shortened(&line(&choice.need, 200), need.min(60));
            lines.push(format!("{code}{} {need}", words.colon));
        }
        lines.push(format!("{} {}", words.reference, about.reference));
        kept(lines)
    })
}

fn customer(lead: &LeadFacts, text: &str, about: &About<'_>, words: &'static Words) -> Rendered {
    let facts = Facts::of(lead, words);
    fitting(|need, _, name| {
        let need = shortened(&facts.summary(), need.clamp(16, 60));
        [
            hello(&facts, name, words),
            fill(text, &[("need", &need)]),
            signed(&facts, about.reference, words),
        ]
        .join("\n")
    })
}
