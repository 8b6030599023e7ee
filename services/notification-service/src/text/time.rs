//! Times as people at a place read them: local, with the zone's name, in the language's own order.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::words::Words;

/// "21.11.2026 09:33 CET". A zone that nobody knows is UTC.
#[must_use]
pub fn local(at: DateTime<Utc>, zone: &str, words: &Words) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    at.with_timezone(&zone)
        .format(words.time_format)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    #[test]
    fn times_are_local_and_name_their_zone() {
        let at = DateTime::parse_from_rfc3339("2026-11-21T08:33:20Z")
            .unwrap()
            .to_utc();
        assert_eq!(
            local(at, "Europe/Zurich", words::of("de")),
            "21.11.2026, 09:33 CET"
        );
        assert_eq!(
            local(at, "Asia/Makassar", words::of("id")),
            "21/11/2026 16:33 WITA"
        );
        assert_eq!(
            local(at, "Nowhere/At_All", words::of("en")),
            "21 Nov 2026 08:33 UTC"
        );
    }
}
