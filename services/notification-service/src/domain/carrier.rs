//! What a carrier answers and reports, in our own words: outcomes of a send, of a look-up, and the
//! statuses that come later. The tables that translate vendors' codes stand beside it.

use std::time::Duration;

use super::delivery::Event;

/// Whose fault an error is, and so what follows from it (fact sheet Twilio 3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The address is wrong or unusable for this channel, for good.
    Address,
    /// Suspicion against the address; counted, not proven.
    Suspect,
    /// The recipient does not want it.
    OptedOut,
    /// Passing: try again later.
    Retry,
    /// Our configuration or content; no try helps until it is put right.
    Config,
    /// Our credentials: nothing of this channel can go out, so the channel pauses.
    Credentials,
    /// The carrier may have it or not.
    Ambiguous,
}

impl ErrorClass {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Suspect => "suspect",
            Self::OptedOut => "opted_out",
            Self::Retry => "retry",
            Self::Config => "config",
            Self::Credentials => "credentials",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// A carrier's refusal, by a stable reason such as `TWILIO_21211`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub class: ErrorClass,
    pub reason: String,
    /// How long the carrier asks to wait.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    #[must_use]
    pub fn new(class: ErrorClass, reason: impl Into<String>) -> Self {
        Self {
            class,
            reason: reason.into(),
            retry_after: None,
        }
    }
}

/// How a send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    Accepted {
        carrier_id: String,
    },
    /// Certainly not accepted.
    Refused(Refusal),
    /// Time-out, reset or server error after the request may have been read (B7).
    Ambiguous {
        reason: String,
    },
}

/// One message as the carrier lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub carrier_id: String,
    pub body: String,
    pub created_us: i64,
    pub report: Report,
}

/// A status in our words: how far it is, for the order of reports, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Grows with progress; a report below what was seen says nothing new.
    pub rank: i64,
    pub meaning: Meaning,
}

/// What a status means for a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Accepted, queued, on its way.
    Accepted,
    /// On its way, with a delay or a remark worth keeping.
    Remark(Refusal),
    Delivered,
    /// Delivered, and the recipient does not want it.
    Objected(Refusal),
    Failed(Refusal),
    /// A status that says nothing to us.
    Nothing,
}

impl Meaning {
    /// The event for the state machine. `may_repeat`: tries and time are left.
    #[must_use]
    pub fn event(&self, may_repeat: bool) -> Option<Event> {
        match self {
            Self::Accepted | Self::Remark(_) => Some(Event::CarrierHasIt),
            Self::Delivered | Self::Objected(_) => Some(Event::ReachedRecipient),
            Self::Failed(refusal) if refusal.class == ErrorClass::Retry && may_repeat => {
                Some(Event::FailedForNow)
            }
            Self::Failed(_) => Some(Event::Refused),
            Self::Nothing => None,
        }
    }
}

/// What a look-up of an unknown outcome found (design.md, Tell).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    One(Listed),
    /// More than one message that could be ours: never repeated.
    Several,
    Nothing,
}

/// Finds our message among those that the carrier lists for the recipient.
///
/// `claimed` are the carrier ids that other deliveries, or earlier tries of this one, own. A text
/// that shows our reference is ours, whenever it was made. Without one (a template's text may not
/// be listed) any unclaimed message since the start counts, unless it shows another's reference.
#[must_use]
pub fn find(
    listed: &[Listed],
    reference: &str,
    claimed: &[String],
    since_us: i64,
    template: bool,
) -> Found {
    let free = listed
        .iter()
        .filter(|message| !claimed.contains(&message.carrier_id));
    let shown: Vec<&Listed> = free
        .clone()
        .filter(|m| super::reference::is_shown(&m.body, reference))
        .collect();
    let candidates: Vec<&Listed> = if shown.is_empty() && template {
        free.filter(|m| m.created_us >= since_us && !shows_a_reference(&m.body))
            .collect()
    } else {
        shown
    };
    match candidates.as_slice() {
        [] => Found::Nothing,
        [one] => Found::One((*one).clone()),
        _ => Found::Several,
    }
}

/// Whether a text shows something in the form of our references.
fn shows_a_reference(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .any(|word| {
            let bytes = word.as_bytes();
            bytes.len() == 8
                && bytes[2] == b'-'
                && bytes
                    .iter()
                    .enumerate()
                    .all(|(i, b)| i == 2 || b.is_ascii_uppercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, body: &str, created_us: i64) -> Listed {
        let report = Report {
            rank: 2,
            meaning: Meaning::Accepted,
        };
        Listed {
            carrier_id: id.into(),
            body: body.into(),
            created_us,
            report,
        }
    }

    #[test]
    fn a_text_with_our_reference_is_ours_and_two_are_too_many() {
        let ours = listed("SM1", "Réf. K7-ABCDE", 10);
        let other = listed("SM2", "Réf. K7-ZZZZZ", 20);
        let list = [ours.clone(), other];
        assert_eq!(
            find(&list, "K7-ABCDE", &[], 0, false),
            Found::One(ours.clone())
        );
        assert_eq!(
            find(&list, "K7-ABCDE", &["SM1".into()], 0, false),
            Found::Nothing
        );
        let twice = [ours.clone(), listed("SM3", "Réf. K7-ABCDE", 30)];
        assert_eq!(find(&twice, "K7-ABCDE", &[], 0, false), Found::Several);
        assert_eq!(find(&[], "K7-ABCDE", &[], 0, false), Found::Nothing);
    }

    #[test]
    fn a_template_without_text_is_found_by_being_nobody_elses() {
        let bare = listed("MM1", "", 100);
        assert_eq!(
            find(std::slice::from_ref(&bare), "K7-ABCDE", &[], 50, true),
            Found::One(bare.clone())
        );
        assert_eq!(
            find(std::slice::from_ref(&bare), "K7-ABCDE", &[], 150, true),
            Found::Nothing
        );
        assert_eq!(
            find(std::slice::from_ref(&bare), "K7-ABCDE", &[], 50, false),
            Found::Nothing
        );
        assert_eq!(
            find(
                std::slice::from_ref(&bare),
                "K7-ABCDE",
                &["MM1".into()],
                50,
                true
            ),
            Found::Nothing
        );
        let other = listed("MM2", "Réf. B2-QQQQQ", 100);
        assert_eq!(find(&[other], "K7-ABCDE", &[], 50, true), Found::Nothing);
        let two = [bare, listed("MM3", "", 120)];
        assert_eq!(find(&two, "K7-ABCDE", &[], 50, true), Found::Several);
    }
}
