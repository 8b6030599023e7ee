//! Finding a message again at the carrier when its send ended without a clear answer (B7): which of
//! the messages that the carrier lists for the recipient is ours, if any?

use chrono::{DateTime, Utc};

use super::carrier::{Meaning, Report};
use super::reference;

/// How far the carrier's clock and ours may be apart (I18), for texts that show our reference.
const CLOCKS_APART_US: i64 = 15 * 60 * 1_000_000;

/// One message as the carrier lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub carrier_id: String,
    pub body: String,
    /// 0 where the carrier does not say.
    pub created_us: i64,
    pub report: Report,
}

impl Listed {
    /// What being listed proves: the carrier has the message, also where its status says nothing
    /// to us. Without this a status that is new to us would be looked up for ever (I10).
    #[must_use]
    pub fn proof(&self) -> Report {
        match self.report.meaning {
            Meaning::Nothing => Report {
                rank: 1,
                meaning: Meaning::Accepted,
            },
            _ => self.report.clone(),
        }
    }
}

/// A message as its carrier shows it, to whoever asks what was sent about a lead (B3).
#[derive(Clone, Debug)]
pub struct Sighting {
    pub whatsapp: bool,
    pub mail: bool,
    pub carrier_id: String,
    /// The carrier's own word, lower case.
    pub status: String,
    pub sent: Option<DateTime<Utc>>,
    pub address: String,
}

/// What is looked for.
pub struct Sought<'a> {
    pub reference: &'a str,
    pub text: &'a str,
    /// What other deliveries say to the same address under the same reference: all messages about
    /// one lead show the same.
    pub others: &'a [String],
    /// Carrier ids that other deliveries, or earlier tries of this one, own.
    pub claimed: &'a [String],
    /// When the send began, a few seconds earlier.
    pub since_us: i64,
    /// Whether it is an approved template, whose text the carrier may not list.
    pub template: bool,
}

/// What a look-up of an unknown outcome found (design.md, Tell).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    One(Listed),
    /// More than one message that could be ours: never repeated.
    Several,
    Nothing,
}

/// Finds our message. Our very words are ours; then what shows our reference and is not another
/// delivery's words; for a template at last any message that nobody claims, unless it shows
/// another's reference.
#[must_use]
pub fn find(listed: &[Listed], sought: &Sought<'_>) -> Found {
    let recent = sought.since_us.saturating_sub(CLOCKS_APART_US);
    let free = listed.iter().filter(|message| {
        let dated = message.created_us == 0 || message.created_us >= recent;
        dated && !sought.claimed.contains(&message.carrier_id)
    });
    let says = |message: &Listed, text: &str| {
        let text = plain(text);
        !text.is_empty() && plain(&message.body).contains(&text)
    };
    let mut candidates: Vec<&Listed> = free
        .clone()
        .filter(|message| says(message, sought.text))
        .collect();
    if candidates.is_empty() {
        candidates = free
            .clone()
            .filter(|message| reference::is_shown(&message.body, sought.reference))
            .filter(|message| !sought.others.iter().any(|other| says(message, other)))
            .collect();
    }
    if candidates.is_empty() && sought.template {
        candidates = free
            .filter(|message| message.created_us >= sought.since_us)
            .filter(|message| !shows_a_reference(&message.body))
            .collect();
    }
    match candidates.as_slice() {
        [] => Found::Nothing,
        [one] => Found::One((*one).clone()),
        _ => Found::Several,
    }
}

/// A text whose line breaks and spaces do not count.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

    const OURS: &str = "Fuite\nRéf. K7-ABCDE";

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

    fn search(listed: &[Listed], others: &[&str], claimed: &[&str], template: bool) -> Found {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (others, claimed): (Vec<String>, Vec<String>) = (owned(others), owned(claimed));
        find(
            listed,
            &Sought {
                reference: "K7-ABCDE",
                text: OURS,
                others: &others,
                claimed: &claimed,
                since_us: 2 * CLOCKS_APART_US,
                template,
            },
        )
    }

    const NOW: i64 = 2 * CLOCKS_APART_US + 1;

    #[test]
    fn our_very_words_are_ours_and_two_are_too_many() {
        let ours = listed("SM1", "Fuite Réf. K7-ABCDE", NOW);
        let other = listed("SM2", "Réf. K7-ZZZZZ", NOW);
        let list = [ours.clone(), other];
        assert_eq!(search(&list, &[], &[], false), Found::One(ours.clone()));
        assert_eq!(search(&list, &[], &["SM1"], false), Found::Nothing);
        let twice = [ours.clone(), listed("SM3", OURS, NOW)];
        assert_eq!(search(&twice, &[], &[], false), Found::Several);
        assert_eq!(search(&[], &[], &[], false), Found::Nothing);
    }

    /// All messages about one lead show one reference: another one's words are not ours.
    #[test]
    fn another_message_about_the_same_lead_is_not_ours() {
        let theirs = "Bonjour Réf. K7-ABCDE";
        let other = listed("SM1", theirs, NOW);
        let list = [other, listed("SM2", OURS, NOW)];
        assert_eq!(
            search(&list, &[theirs], &[], false),
            Found::One(list[1].clone())
        );
        assert_eq!(search(&list[..1], &[theirs], &[], false), Found::Nothing);
        // A text that the carrier changed is known by its reference.
        let changed = listed("SM3", "Fuite! Réf. K7-ABCDE", NOW);
        let found = search(std::slice::from_ref(&changed), &[theirs], &[], false);
        assert_eq!(found, Found::One(changed));
        let old = listed("SM4", OURS, 1);
        assert_eq!(search(&[old], &[], &[], false), Found::Nothing);
    }

    #[test]
    fn a_template_without_text_is_found_by_being_nobody_elses() {
        let bare = listed("MM1", "", NOW);
        let one = std::slice::from_ref(&bare);
        assert_eq!(search(one, &[], &[], true), Found::One(bare.clone()));
        assert_eq!(search(one, &[], &[], false), Found::Nothing);
        assert_eq!(search(one, &[], &["MM1"], true), Found::Nothing);
        let early = listed("MM1", "", NOW - 2);
        assert_eq!(search(&[early], &[], &[], true), Found::Nothing);
        let other = listed("MM2", "Réf. B2-QQQQQ", NOW);
        assert_eq!(search(&[other], &[], &[], true), Found::Nothing);
        let two = [bare, listed("MM3", "", NOW)];
        assert_eq!(search(&two, &[], &[], true), Found::Several);
    }

    #[test]
    fn what_is_listed_is_at_the_carrier_whatever_its_status() {
        let mut strange = listed("SM1", OURS, NOW);
        strange.report = Report {
            rank: 0,
            meaning: Meaning::Nothing,
        };
        assert_eq!(strange.proof().meaning, Meaning::Accepted);
        assert!(strange.proof().rank > 0);
        let known = listed("SM1", OURS, NOW);
        assert_eq!(known.proof(), known.report);
    }
}
