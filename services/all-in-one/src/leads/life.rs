//! The life of a lead as a person reads it: what it is, each attempt with everybody who was looked
//! at, each message with its receipts, and every event with time, actor and cause.

use chassis::mask;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;

use super::story::CANDIDATES;
use super::{Attempt, Story, hides, move_in_words};
use crate::operator::money;
use crate::terminal::Table;
use crate::words;

impl Story {
    /// The whole life; `full` with the customer's words of a health-related lead.
    #[must_use]
    pub fn lines(&self, full: bool) -> Vec<String> {
        let mut out = self.head(full);
        for attempt in &self.attempts {
            out.push(String::new());
            out.extend(attempt_lines(attempt));
        }
        if self.attempts.is_empty() && !self.candidates.is_empty() {
            out.push(String::new());
            out.extend(candidates(&self.candidates));
        }
        out.push(String::new());
        out.extend(self.messages());
        out.push(String::new());
        out.extend(self.log());
        out
    }

    fn head(&self, full: bool) -> Vec<String> {
        let lead = &self.lead;
        let mut out = vec![
            format!("Lead {}  {}", lead.lead_id, lead.reference)
                .trim_end()
                .to_owned(),
        ];
        let mut say = |label: &str, text: String| out.push(format!("  {label:<10} {text}"));
        say("state", words::lead_state(lead.state));
        let came = words::time(lead.create_time.as_ref());
        say("came in", format!("{came} from {}", lead.site_url));
        let spoken = words::or_dash(&lead.language);
        if lead.erase_time.is_some() {
            let when = words::time(lead.erase_time.as_ref());
            say("erased", format!("{when}; the key stays"));
        }
        if hides(lead, full) {
            let phone = mask::phone(&lead.phone_e164);
            say("customer", format!("hidden, {phone}, speaks {spoken}"));
            say("need", format!("hidden → {}", lead.category));
            say("place", format!("hidden → {}", words::or_dash(&lead.city)));
            say(
                "",
                "health-related (D10): --full shows the words".to_owned(),
            );
        } else {
            let name = words::or_dash(&lead.customer_name);
            let phone = words::or_dash(&lead.phone_e164);
            say("customer", format!("{name}, {phone}, speaks {spoken}"));
            let need = words::or_dash(&lead.service);
            say("need", format!("{need} → {}", lead.category));
            let place = words::or_dash(&lead.location);
            say("place", format!("{place} → {}", words::or_dash(&lead.city)));
        }
        if lead.urgency() != lead::Urgency::Unspecified {
            say("urgency", words::urgency(lead.urgency));
        }
        say("provider", words::or_dash(&lead.provider_id));
        if !lead.match_reason.is_empty() {
            say("why", lead.match_reason.clone());
        }
        if !lead.repeat_of.is_empty() {
            say("repeats", format!("{} (not charged again)", lead.repeat_of));
        }
        for (label, time) in [
            ("answer by", &lead.answer_deadline_time),
            ("confirmed", &lead.confirm_time),
            ("due", &lead.due_time),
        ] {
            if time.is_some() {
                say(label, words::time(time.as_ref()));
            }
        }
        if let Some(result) = lead.result.as_ref().and_then(|r| r.result.as_ref()) {
            say("result", result_in_words(result));
        }
        if lead.operator_owned {
            say(
                "waits for",
                "a person: the machine has nothing due".to_owned(),
            );
        }
        out
    }

    fn messages(&self) -> Vec<String> {
        let mut table = Table::new(&[
            "  MESSAGE",
            "TO",
            "BY",
            "STATE",
            "ADDRESS",
            "PLANNED",
            "ACCEPTED",
            "SETTLED",
            "TRIES",
            "REASON",
            "CARRIER ID",
            "DELIVERY",
        ]);
        for one in &self.deliveries {
            let planned = one.create_time.as_ref();
            table.row([
                format!("  {}", one.template),
                format!("{} {}", words::recipient(one.recipient), one.recipient_id)
                    .trim_end()
                    .to_owned(),
                words::channel(one.channel),
                words::delivery_state(one.state),
                one.masked_address.clone(),
                words::time(planned),
                words::after(planned, one.accept_time.as_ref()),
                words::after(planned, one.settle_time.as_ref()),
                tries(one),
                words::or_dash(&one.reason),
                words::or_dash(&one.carrier_id),
                one.delivery_id.clone(),
            ]);
        }
        table.lines()
    }

    fn log(&self) -> Vec<String> {
        let mut table = Table::new(&["  WHEN", "EVENT", "MOVE", "BY", "CAUSE", "FACTS"]);
        for event in &self.events {
            table.row([
                format!("  {}", words::time(event.event_time.as_ref())),
                event.kind.clone(),
                move_in_words(event),
                event.actor.clone(),
                words::or_dash(&event.cause),
                facts(event),
            ]);
        }
        table.lines()
    }
}

fn attempt_lines(attempt: &Attempt) -> Vec<String> {
    let page = attempt.page.map(|state| words::offer_state(state.into()));
    let page = page.map_or_else(String::new, |state| format!(", its page: {state}"));
    let mut out = vec![format!("  Attempt {}{page}", attempt.number)];
    if attempt.candidates.is_empty() {
        out.push("  candidates are not kept for it".to_owned());
    } else {
        out.extend(candidates(&attempt.candidates));
    }
    out
}

fn candidates(list: &[lead::MatchCandidate]) -> Vec<String> {
    let mut table = Table::new(&["  RANK", "CANDIDATE", "EXPLANATION"]);
    for candidate in list {
        let rank = match candidate.removed_by.as_str() {
            "" => candidate.rank.to_string(),
            rule => format!("out: {rule}"),
        };
        table.row([
            format!("  {rank}"),
            candidate.provider_id.clone(),
            candidate.explanation.clone(),
        ]);
    }
    table.lines()
}

/// "2 (1 of unknown outcome)" (B7).
fn tries(one: &notification::Delivery) -> String {
    match one.ambiguous_attempts {
        0 => one.attempts.to_string(),
        many => format!("{} ({many} of unknown outcome)", one.attempts),
    }
}

fn result_in_words(result: &lead::result::Result) -> String {
    match result {
        lead::result::Result::Won(won) => {
            format!("won, {}", money::shown(won.amount_minor, &won.currency))
        }
        lead::result::Result::Lost(lost) => format!("lost: {}", lost.reason),
    }
}

/// "attempt 1, provider_id plomberie".
fn facts(event: &lead::LeadEvent) -> String {
    let mut facts: Vec<_> = event
        .attributes
        .iter()
        .filter(|(name, _)| *name != CANDIDATES)
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    facts.sort();
    facts.join(", ")
}

#[cfg(test)]
mod tests;
