//! What follows when the agent's leg of a call ended: hang up, or the fallback.
//!
//! A caller who was served is never sent to a voicemail, and one who heard nothing never to
//! silence. The vendor knows which it was; when it cannot be asked, time tells.

use std::time::Duration;

/// What the vendor says of the conversation within the time that it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The agent said something.
    AgentSpoke,
    /// The conversation failed.
    Failed,
    /// It is over and the agent said nothing.
    OverWithoutAgent,
    /// It is not final yet, and no turn of the agent's shows.
    NotFinal,
    /// No answer, no such conversation, or none that can be read.
    Unreadable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    HangUp,
    Voicemail,
}

/// From this age of our TwiML on, an agent that nobody can ask about is taken to have served.
pub const SERVED_AFTER: Duration = Duration::from_secs(20);

/// `age` is the time since our TwiML, from the signed redirect; absent when the token is not ours.
#[must_use]
pub fn next(report: Report, age: Option<Duration>) -> Next {
    match report {
        Report::AgentSpoke => Next::HangUp,
        Report::Failed | Report::OverWithoutAgent => Next::Voicemail,
        Report::NotFinal | Report::Unreadable => {
            if age.is_some_and(|age| age >= SERVED_AFTER) {
                Next::HangUp
            } else {
                Next::Voicemail
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_design_md_holds() {
        let old = Some(Duration::from_secs(20));
        let young = Some(Duration::from_millis(19_999));
        for (report, age, expected) in [
            (Report::AgentSpoke, young, Next::HangUp),
            (Report::AgentSpoke, None, Next::HangUp),
            (Report::Failed, old, Next::Voicemail),
            (Report::OverWithoutAgent, old, Next::Voicemail),
            (Report::NotFinal, old, Next::HangUp),
            (Report::NotFinal, young, Next::Voicemail),
            (Report::Unreadable, old, Next::HangUp),
            (Report::Unreadable, young, Next::Voicemail),
            (Report::Unreadable, None, Next::Voicemail),
        ] {
            assert_eq!(next(report, age), expected, "{report:?} {age:?}");
        }
    }
}
