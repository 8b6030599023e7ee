//! How long recordings and transcripts are kept, here and at the vendors.

use chassis::fault::Violations;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// From a call's end.
    pub recording_days: i64,
    /// From a conversation's end; the caller's number goes with it.
    pub transcript_days: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            recording_days: 30,
            transcript_days: 90,
        }
    }
}

const MOST: i64 = 3_650;

impl Retention {
    /// As declared: 0 means the default.
    #[must_use]
    pub fn declared(recording_days: i32, transcript_days: i32) -> Self {
        let or = |days: i32, standard: i64| if days == 0 { standard } else { i64::from(days) };
        let standard = Self::default();
        Self {
            recording_days: or(recording_days, standard.recording_days),
            transcript_days: or(transcript_days, standard.transcript_days),
        }
    }

    pub fn check(&self, found: &mut Violations) {
        for (field, days) in [
            ("recording_days", self.recording_days),
            ("transcript_days", self.transcript_days),
        ] {
            if !(1..=MOST).contains(&days) {
                found.add(
                    field,
                    "is a number of days from 1 to 3650, or 0 for the default",
                );
            }
        }
    }
}
