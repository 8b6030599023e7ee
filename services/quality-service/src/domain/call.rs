//! A call that ended, and the one class in which the books close it (B2, R76).

use chrono::{DateTime, TimeDelta, Utc};

/// How a call ended for the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Open,
    Lead,
    /// Found afterwards (B3).
    Recovered,
    OffTopic,
    Spam,
    HangUp,
    /// A person must look; a flag tells why.
    Flagged,
}

impl Class {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Lead => "lead",
            Self::Recovered => "recovered",
            Self::OffTopic => "off_topic",
            Self::Spam => "spam",
            Self::HangUp => "hang_up",
            Self::Flagged => "flagged",
        }
    }

    /// Nothing for an open call, and for a class of another version.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Lead,
            Self::Recovered,
            Self::OffTopic,
            Self::Spam,
            Self::HangUp,
            Self::Flagged,
        ];
        all.into_iter().find(|class| class.name() == name)
    }
}

/// What the carrier says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub call_sid: String,
    pub site_id: String,
    /// Empty: none is known.
    pub conversation_id: String,
    /// "completed", "busy", "failed", "no_answer", "canceled"; "unknown" where no carrier told.
    pub state: String,
    pub duration_ms: Option<i64>,
    pub end_time: DateTime<Utc>,
}

impl Call {
    /// Nobody answered it, so that the carrier bills nothing.
    #[must_use]
    pub fn never_began(&self) -> bool {
        matches!(
            self.state.as_str(),
            "busy" | "failed" | "no_answer" | "canceled"
        )
    }
}

/// The verdict's class of the call's conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    Real,
    OffTopic,
    Spam,
    HangUp,
    /// Its transcript is gone: nothing can be said of it.
    Erased,
}

impl Heard {
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "real" => Self::Real,
            "off_topic" => Self::OffTopic,
            "spam" => Self::Spam,
            "hang_up" => Self::HangUp,
            "erased" => Self::Erased,
            _ => return None,
        })
    }
}

/// What all the books say of one call.
#[derive(Debug, Clone, Copy)]
pub struct Entries {
    /// Leads of the call; true for one that was recovered.
    pub lead: Option<bool>,
    /// What was heard in its conversation; none: no conversation is judged.
    pub heard: Option<Heard>,
    /// The agent was never reached: voicemail, or a number that is not ours.
    pub without_agent: bool,
    /// The vendor's log, or the transcript, knows a call of the tool.
    pub tool_called: bool,
    /// The vendor's data collection: a real need, none, or it does not say.
    pub real_need: Option<bool>,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// Something of it is still to come.
    Wait,
    As(Class, &'static str),
    /// A lead is lost, unless it can be recovered.
    Recover,
    /// A person must say whether a lead was lost.
    Ask(&'static str),
}

/// A conversation that nobody told of by then does not come any more.
const LATEST: TimeDelta = TimeDelta::minutes(60);
/// Shorter than a sentence and its answer.
const MOMENT_MS: i64 = 4_000;

/// Closes a call, or says what is missing. A lead that exists decides before anything that was said.
#[must_use]
pub fn close(call: &Call, entries: Entries, now: DateTime<Utc>) -> Closing {
    if let Some(recovered) = entries.lead {
        return if recovered {
            Closing::As(Class::Recovered, "its lead was recovered")
        } else {
            Closing::As(Class::Lead, "it made a lead")
        };
    }
    // A tool call that made no lead is a lost lead, whatever the words sound like.
    if entries.tool_called {
        return Closing::Recover;
    }
    match (entries.heard, entries.real_need) {
        (Some(Heard::Real), Some(true)) => Closing::Recover,
        (Some(Heard::Real), Some(false)) => {
            Closing::Ask("the judge heard a real need, the vendor's data collection none")
        }
        (Some(Heard::Real), None) => {
            Closing::Ask("the judge heard a real need, and the vendor collected no data")
        }
        (Some(Heard::OffTopic | Heard::Spam), Some(true)) => {
            Closing::Ask("the vendor's data collection says a real need, the judge heard none")
        }
        (Some(Heard::OffTopic), _) => Closing::As(Class::OffTopic, "another wish than the site's"),
        (Some(Heard::Spam), _) => Closing::As(Class::Spam, "somebody sold something"),
        (Some(Heard::HangUp), _) => Closing::As(Class::HangUp, "no need was told"),
        (Some(Heard::Erased), _) => Closing::As(
            Class::OffTopic,
            "its transcript was erased before it was judged",
        ),
        (None, _) => without_conversation(call, entries.without_agent, now),
    }
}

fn without_conversation(call: &Call, without_agent: bool, now: DateTime<Utc>) -> Closing {
    if call.never_began() {
        return Closing::As(Class::HangUp, "it never began");
    }
    let short = call.duration_ms.is_some_and(|ms| ms < MOMENT_MS);
    let late = now - call.end_time > LATEST;
    if short && call.conversation_id.is_empty() {
        return Closing::As(Class::HangUp, "it lasted a moment");
    }
    if without_agent {
        // Its voicemail becomes a lead soon after; silence is a hang-up (B12).
        return if late {
            Closing::As(Class::HangUp, "no word on the voicemail")
        } else {
            Closing::Wait
        };
    }
    if late {
        Closing::Ask("it has no conversation and no recording")
    } else {
        Closing::Wait
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
