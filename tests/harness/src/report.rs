//! The report: what one run acknowledged, broke and found, its verdict, and the one line that sums
//! up all runs.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::judge::{Violation, money};

/// What a run must have met to say anything.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub acknowledged: usize,
    pub unknown: u64,
    pub every_crash_point: bool,
    /// Of each carrier fault.
    pub carrier: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub name: &'static str,
    pub seed: u64,
    pub acknowledged: usize,
    pub unknown: u64,
    pub refused: u64,
    pub messages: usize,
    /// Entries of the books.
    pub transfers: usize,
    pub doubles: u32,
    pub ambiguous: u32,
    pub orphans: Duration,
    pub violations: Vec<Violation>,
    /// Faults of processes, network, database, clocks and disk, crash points included.
    pub faults: BTreeMap<String, u64>,
    /// Faults of carriers, and how often each fired.
    pub carriers: BTreeMap<String, u64>,
    /// Why the run says nothing.
    pub missing: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Passed,
    Inconclusive,
    Failed,
}

impl Verdict {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Inconclusive => "inconclusive",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Inconclusive => 2,
        }
    }
}

impl Report {
    /// Notes what did not happen often enough.
    pub fn weigh(&mut self, wanted: Wanted, points: impl Iterator<Item = &'static str>) {
        if self.acknowledged < wanted.acknowledged {
            let text = format!(
                "{} of {} leads acknowledged",
                self.acknowledged, wanted.acknowledged
            );
            self.missing.push(text);
        }
        if self.unknown < wanted.unknown {
            self.missing.push(format!(
                "{} of {} unknown outcomes",
                self.unknown, wanted.unknown
            ));
        }
        if wanted.every_crash_point {
            for point in points {
                if !self.faults.contains_key(&format!("crash {point}")) {
                    self.missing.push(format!("{point} never fired"));
                }
            }
        }
        for (fault, fired) in &self.carriers {
            if *fired < wanted.carrier {
                self.missing
                    .push(format!("{fault} fired {fired} of {} times", wanted.carrier));
            }
        }
    }

    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.violations.is_empty() {
            Verdict::Failed
        } else if self.missing.is_empty() {
            Verdict::Passed
        } else {
            Verdict::Inconclusive
        }
    }

    fn many(&self, kinds: &[&str]) -> usize {
        self.violations
            .iter()
            .filter(|v| kinds.contains(&v.kind))
            .count()
    }

    fn others(&self) -> usize {
        let named = [
            "LOST",
            "DOUBLE_OWNER",
            "DOUBLE_LEAD",
            "FALSE_NO",
            "UNEXPLAINED",
        ];
        self.violations.len() - self.many(&named) - self.many(&money::KINDS)
    }
}

/// The one line.
#[must_use]
pub fn line(reports: &[Report], verdict: Verdict) -> String {
    let parts: Vec<String> = reports.iter().map(part).collect();
    let mut faults: BTreeMap<String, u64> = BTreeMap::new();
    let mut carriers = 0;
    let mut crashes = 0;
    for report in reports {
        for (kind, many) in &report.faults {
            match kind.strip_prefix("crash ") {
                Some(_) => crashes += many,
                None => *faults.entry(kind.clone()).or_default() += many,
            }
        }
        carriers += report.carriers.values().sum::<u64>();
    }
    let kinds: Vec<String> = faults
        .iter()
        .map(|(kind, many)| format!("{kind} {many}"))
        .collect();
    let seeds: Vec<String> = reports
        .iter()
        .map(|report| report.seed.to_string())
        .collect();
    format!(
        "fault-harness {}: {}; fired: crash points {crashes}, carrier faults {carriers}, {}; seed {}",
        verdict.word(),
        parts.join("; "),
        kinds.join(", "),
        seeds.join("+"),
    )
}

fn part(report: &Report) -> String {
    format!(
        "{} {} acknowledged ({} unknown, {} refused), {} lost, {} two owners, {} double leads, \
         {} false refusals, {} unexplained doubles ({} of {} messages doubled, {} ambiguous), \
         {} other violations, books balance: {} transfers, {} findings, orphans after {} ms, {}",
        report.name,
        report.acknowledged,
        report.unknown,
        report.refused,
        report.many(&["LOST"]),
        report.many(&["DOUBLE_OWNER"]),
        report.many(&["DOUBLE_LEAD"]),
        report.many(&["FALSE_NO"]),
        report.many(&["UNEXPLAINED"]),
        report.doubles,
        report.messages,
        report.ambiguous,
        report.others(),
        report.transfers,
        report.many(&money::KINDS),
        report.orphans.as_millis(),
        report.verdict().word(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted = Wanted {
        acknowledged: 10,
        unknown: 2,
        every_crash_point: true,
        carrier: 3,
    };

    fn enough() -> Report {
        Report {
            acknowledged: 10,
            unknown: 2,
            faults: [("crash lead.after_insert".to_owned(), 1)].into(),
            carriers: [("messages.create hang".to_owned(), 3)].into(),
            ..Report::default()
        }
    }

    fn weighed(mut report: Report) -> Report {
        report.weigh(WANTED, ["lead.after_insert"].into_iter());
        report
    }

    #[test]
    fn a_run_in_which_enough_happened_passes() {
        assert_eq!(weighed(enough()).verdict(), Verdict::Passed);
    }

    #[test]
    fn a_run_in_which_too_little_happened_says_nothing() {
        let few = Report {
            acknowledged: 9,
            ..enough()
        };
        let sure = Report {
            unknown: 1,
            ..enough()
        };
        let whole = Report {
            faults: BTreeMap::new(),
            ..enough()
        };
        let kind = Report {
            carriers: [("lost".to_owned(), 2)].into(),
            ..enough()
        };
        for report in [few, sure, whole, kind] {
            assert_eq!(weighed(report).verdict(), Verdict::Inconclusive);
        }
    }

    #[test]
    fn a_broken_promise_fails_even_where_too_little_happened() {
        let violations = vec![Violation::new("LOST", "l1", "")];
        let report = weighed(Report {
            acknowledged: 1,
            violations,
            ..enough()
        });
        assert_eq!(report.verdict(), Verdict::Failed);
        let line = line(&[report], Verdict::Failed);
        assert!(line.contains("failed") && line.contains("1 lost"), "{line}");
    }

    #[test]
    fn the_line_tells_how_many_entries_the_books_hold_and_what_is_wrong_with_them() {
        let violations = vec![Violation::new("INCOME", "income:l1:1", "")];
        let report = weighed(Report {
            transfers: 1_204,
            violations,
            ..enough()
        });
        assert_eq!(report.verdict(), Verdict::Failed);
        let line = line(&[report], Verdict::Failed);
        let told = "0 other violations, books balance: 1204 transfers, 1 findings";
        assert!(line.contains(told), "{line}");
    }
}
