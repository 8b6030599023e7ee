//! The tables `[retention]` and `[leads]` of catalog.toml.

use crate::catalog::reader::Reader;
use crate::catalog::rules::{LeadRules, Retention};

pub(super) fn retention(reader: Option<Reader<'_>>) -> Retention {
    let mut read = Retention::default();
    let Some(mut reader) = reader else {
        return read;
    };
    for (key, days) in [
        ("recording_days", &mut read.recording_days),
        ("transcript_days", &mut read.transcript_days),
        ("message_days", &mut read.message_days),
        ("lead_days", &mut read.lead_days),
    ] {
        *days = reader.maybe_integer(key).unwrap_or(*days);
    }
    read.at = reader.finish();
    read
}

pub(super) fn leads(reader: Option<Reader<'_>>) -> LeadRules {
    let mut read = LeadRules::default();
    let Some(mut reader) = reader else {
        return read;
    };
    for (key, days) in [
        ("repeat_days", &mut read.repeat_days),
        ("result_reminder_days", &mut read.result_reminder_days),
    ] {
        *days = reader.maybe_integer(key).unwrap_or(*days);
    }
    read.at = reader.finish();
    read
}
