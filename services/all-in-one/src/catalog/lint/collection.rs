//! What an agent draws from its conversations: ids and words that the vendor takes, none that is
//! drawn anyway, and what the summary mail shows (R53).

use crate::catalog::collection::{DRAWN_ANYWAY, SHOWN};
use crate::catalog::model::Agent;

use super::Lint;

/// Characters of an id, and of its description.
const LONGEST_ID: usize = 40;
const LONGEST_WORDS: usize = 500;
const MOST: usize = 20;

pub(super) fn check(lint: &Lint<'_>, agent: &Agent) {
    let report = lint.report;
    let declared = agent.data_collection.as_ref();
    if declared.is_some_and(|table| table.unknown) {
        return;
    }
    let Some(collection) = declared else {
        let message = "`data_collection` is missing from this agent: add [agent.data_collection] \
                       with sentiment and next_step, which the summary mail shows";
        report.error(agent.at.head(), "R53", message);
        return;
    };
    let (at, fields) = (&collection.at, &collection.fields);
    let missing: Vec<_> = SHOWN
        .iter()
        .filter(|id| !fields.contains_key(**id))
        .copied()
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "`data_collection` lacks {}: every agent has sentiment and next_step, which the summary \
             mail shows; add each with what it means",
            missing.join(" and ")
        );
        report.error(at.head(), "R53", message);
    }
    if fields.len() > MOST {
        let message = format!(
            "`data_collection` has {} entries: at most {MOST}",
            fields.len()
        );
        report.error(at.head(), "R53", message);
    }
    for (id, words) in fields {
        let place = at.field(id);
        let sound = (1..=LONGEST_ID).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if DRAWN_ANYWAY.contains(&id.as_str()) {
            let message = format!("`{id}` is drawn from every conversation anyway: remove it");
            report.error(place, "R53", message);
        } else if !sound {
            let message = format!(
                "`{id}` is no id: use 1 to {LONGEST_ID} of the letters a to z and _, such as next_step"
            );
            report.error(place, "R53", message);
        } else if words.chars().count() > LONGEST_WORDS {
            let message = format!(
                "`{id}` is described in {} characters: at most {LONGEST_WORDS}",
                words.chars().count()
            );
            report.error(place, "R53", message);
        }
    }
}
