//! The books as the screen shows them: how old the last good scan is, what it left, which flags
//! stand, and entries that are parked (B2, I23). A scan that is late is wrong (R72).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::quality::v1 as quality;
use serde_json::{Value, json};

use super::short;
use crate::peers::{Peers, explain};
use crate::terminal::Table;
use crate::words;

/// Two slots: by then the operator is mailed as well.
const LATE: TimeDelta = TimeDelta::minutes(30);

/// What quality-service says of its books; an error is why it does not.
pub(super) struct Books(pub(super) Result<quality::GetBooksResponse, String>);

pub(super) async fn read(mut peers: Peers) -> Books {
    let asked = peers.quality.get_books(quality::GetBooksRequest {}).await;
    Books(match asked {
        Ok(books) => Ok(books.into_inner()),
        Err(status) => Err(short(&explain("the books cannot be read", &status))),
    })
}

impl Books {
    pub(super) fn rows(&self, table: &mut Table, now: DateTime<Utc>) {
        let books = match &self.0 {
            Ok(books) => books,
            Err(why) => {
                let unknown = format!("unknown: {why}");
                for what in ["last good scan", "open flags", "parked entries"] {
                    table.row([what, &unknown]);
                }
                return;
            }
        };
        let scan = books.last_good_scan_time.as_ref();
        let scan = scan.map_or("none yet".to_owned(), |time| {
            let age = words::age(words::since(Some(time), now));
            format!("{age} ago, {}", words::time(Some(time)))
        });
        table.row(["last good scan", &scan]);
        let judged = format!("{} of {} conversations", books.judged, books.conversations);
        table.row(["judged", &judged]);
        table.row(["open flags", &counted(&books.open_flags)]);
        table.row(["parked entries", &books.parked.len().to_string()]);
    }

    pub(super) fn wrong(&self, now: DateTime<Utc>) -> Option<String> {
        let books = match &self.0 {
            Ok(books) => books,
            Err(why) => return Some(why.clone()),
        };
        let age = words::since(books.last_good_scan_time.as_ref(), now)?;
        (age > LATE).then(|| {
            let age = words::age(Some(age));
            format!("the last good scan is {age} old: `bord scan` shows what fails")
        })
    }

    pub(super) fn as_json(&self) -> Value {
        let Ok(books) = &self.0 else {
            return Value::Null;
        };
        let scan = books.last_good_scan_time.as_ref();
        json!({
            "last_good_scan_time": scan.map(|time| words::time(Some(time))),
            "conversations": books.conversations, "judged": books.judged,
            "open_flags": books.open_flags, "calls_by_class": books.calls_by_class,
            "parked_entries": books.parked.len(), "rules_version": books.rules_version,
        })
    }

    pub(super) fn parked(&self) -> Option<usize> {
        self.0.as_ref().ok().map(|books| books.parked.len())
    }
}

/// "1 BIRTH_ASKED, 2 DRIFT", or "none".
fn counted(flags: &std::collections::HashMap<String, i64>) -> String {
    let sorted: BTreeMap<_, _> = flags.iter().filter(|(_, many)| **many > 0).collect();
    if sorted.is_empty() {
        return "none".to_owned();
    }
    let each: Vec<_> = sorted
        .iter()
        .map(|(kind, many)| format!("{many} {kind}"))
        .collect();
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R72.
    #[test]
    fn a_scan_that_is_late_is_wrong_and_flags_are_counted_by_kind() {
        let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
        let books = |ago: Option<i64>| {
            Books(Ok(quality::GetBooksResponse {
                last_good_scan_time: ago.map(|ago| prost_types::Timestamp {
                    seconds: 1_795_253_436 - ago,
                    nanos: 0,
                }),
                conversations: 12,
                judged: 11,
                open_flags: [("DRIFT".to_owned(), 2), ("BIRTH_ASKED".to_owned(), 1)].into(),
                ..Default::default()
            }))
        };
        assert_eq!(books(Some(1_800)).wrong(now), None);
        assert_eq!(books(None).wrong(now), None, "a house that just opened");
        let told = books(Some(2_400)).wrong(now).unwrap();
        assert!(
            told.contains("40 min") && told.contains("`bord scan`"),
            "{told}"
        );
        let mut table = Table::new(&["WHAT", "NOW"]);
        books(Some(720)).rows(&mut table, now);
        let shown = table.lines().join("\n");
        for part in ["12 min ago", "11 of 12", "1 BIRTH_ASKED, 2 DRIFT"] {
            assert!(shown.contains(part), "{part} is missing in:\n{shown}");
        }
        let silent = Books(Err("quality-service does not answer".into()));
        assert!(silent.wrong(now).is_some());
        assert_eq!(silent.as_json(), Value::Null);
    }
}
