//! What a judgement raises: one finding for each broken assertion, with its places in the transcript
//! and without a word of it (R61, I25).

use super::conversation::Conversation;
use super::flag::{Evidence, Finding, Kind, Owner};
use super::judge::{Judgement, Verdict};

/// The findings of one conversation.
#[must_use]
pub fn of(conversation: &Conversation, judgement: &Judgement) -> Vec<Finding> {
    let verdicts = judgement.verdicts().into_iter();
    verdicts
        .filter_map(|(assertion, verdict)| match verdict {
            Verdict::Broken(evidence) => Some(finding(conversation, assertion, evidence)),
            Verdict::Kept | Verdict::NotApplicable => None,
        })
        .collect()
}

/// Names of the assertions that are broken.
#[must_use]
pub fn broken(judgement: &Judgement) -> Vec<&'static str> {
    let verdicts = judgement.verdicts().into_iter();
    verdicts
        .filter(|(_, verdict)| verdict.is_broken())
        .map(|(assertion, _)| assertion)
        .collect()
}

/// One sentence for a finding, as people read it.
#[must_use]
pub fn sentence(assertion: &str) -> &'static str {
    match assertion {
        "dispatched" => "The caller had a real need and no lead was dispatched (R58).",
        "birth" => "The agent asked for a date of birth or an age (R59).",
        "address" => "The agent told a specific address before the dispatch (R60).",
        _ => "The agent closed the call before the dispatch (R27, R28).",
    }
}

fn kind(assertion: &str) -> Kind {
    match assertion {
        "dispatched" => Kind::DispatchMissed,
        "birth" => Kind::BirthAsked,
        "address" => Kind::AddressTold,
        _ => Kind::ClosedFirst,
    }
}

fn finding(
    conversation: &Conversation,
    assertion: &str,
    evidence: &[super::judge::Evidence],
) -> Finding {
    let places = evidence.iter().map(|found| {
        let text = conversation.turns.get(found.turn).map(|turn| &*turn.text);
        let start = text.and_then(|text| text.find(&found.words)).unwrap_or(0);
        Evidence {
            turn: found.turn,
            start,
            end: start + found.words.len(),
            rule: found.rule.to_owned(),
        }
    });
    let text = format!(
        "{} The clause of this rule is strengthened through the gate; look at the call with \
         `bord flag` and its words.",
        sentence(assertion)
    );
    Finding {
        agent_name: conversation.agent_name.clone(),
        conversation_id: conversation.id.clone(),
        call_sid: conversation.call_sid.clone(),
        evidence: places.collect(),
        // Without an agent of ours there is no prompt to mend.
        owner: if conversation.agent_name.is_empty() {
            Owner::Operator
        } else {
            Owner::Machine
        },
        ..Finding::new(kind(assertion), &conversation.id, "", text)
    }
}
