//! The alarm that what calls and leads cost has left what was expected (R75, R77, R78).
//!
//! For a site and calendar month with enough real calls, a figure that is off by more than half of
//! what was expected is told once: the key is site, month and figure.

use chrono::NaiveDate;

use super::cost::Part;
use super::economics::{Row, Sum};
use super::money::Amount;
use super::month::Month;
use super::rate::Rates;

/// Fewer real calls prove nothing.
const ENOUGH_CALLS: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// In micros of the report currency.
    CostPerLead,
    /// In seconds.
    CallSeconds,
    /// The agent's, in micros of the report currency.
    CostPerRealCall,
}

/// What the catalogue plans with, each in its own currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Planned {
    pub call_seconds: Option<i64>,
    pub cost_per_lead: Option<Amount>,
    /// The agent's cost of a real call.
    pub agent_per_call: Option<Amount>,
}

impl Planned {
    /// In the report currency, at the rates of a day, as far as there are any.
    #[must_use]
    pub fn on(&self, day: NaiveDate, rates: &Rates) -> Expected {
        let reported = |planned: Option<Amount>| {
            let reported = rates.reported(planned?, day).ok()?;
            Some(reported.micros)
        };
        Expected {
            cost_per_lead: reported(self.cost_per_lead),
            call_seconds: self.call_seconds,
            cost_per_real_call: reported(self.agent_per_call),
        }
    }
}

/// What is expected, where anything is; in the units of the figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    pub cost_per_lead: Option<i64>,
    pub call_seconds: Option<i64>,
    pub cost_per_real_call: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    pub key: String,
    pub figure: Figure,
    pub expected: i64,
    pub actual: i128,
    /// Lines that the actual figure lacks, so that it is higher still.
    pub unknown: u32,
}

/// The alarms of a site's row for one whole calendar month.
#[must_use]
pub fn divergences(site: &str, month: Month, row: &Row, expected: &Expected) -> Vec<Divergence> {
    if row.real_calls < ENOUGH_CALLS {
        return Vec::new();
    }
    let untimed = row.real_calls - row.timed_calls;
    let Sum {
        unknown: of_agent, ..
    } = row.part(Part::Agent);
    let figures = [
        (
            Figure::CostPerLead,
            expected.cost_per_lead,
            row.cost_per_lead(),
            row.cost().unknown,
        ),
        (
            Figure::CallSeconds,
            expected.call_seconds,
            row.average_seconds(),
            untimed,
        ),
        (
            Figure::CostPerRealCall,
            expected.cost_per_real_call,
            row.agent_cost_per_real_call(),
            of_agent,
        ),
    ];
    let compared = figures
        .into_iter()
        .filter_map(|(figure, expected, actual, unknown)| {
            let (expected, actual) = (expected?, actual?);
            let key = format!("{site}:{month}:{}", figure.name());
            Some(Divergence {
                key,
                figure,
                expected,
                actual,
                unknown,
            })
        });
    compared.filter(Divergence::is_alarming).collect()
}

impl Divergence {
    /// A cost that lacks lines can only be higher: it alarms when it is too high, never when it
    /// seems too low. A length is an average of what was timed and stands for itself.
    fn is_alarming(&self) -> bool {
        let off = self.actual - i128::from(self.expected);
        let may_be_low = self.unknown == 0 || self.figure == Figure::CallSeconds;
        2 * off.abs() > self.expected.into() && (off > 0 || may_be_low)
    }
}

impl Figure {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CostPerLead => "cost_per_lead",
            Self::CallSeconds => "call_seconds",
            Self::CostPerRealCall => "cost_per_real_call",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(row: &Row) -> Vec<String> {
        let month = Month::of("2026-11-05T10:00:00Z".parse().unwrap());
        let expected = Expected {
            cost_per_lead: Some(40_000),
            call_seconds: Some(180),
            cost_per_real_call: Some(40_000),
        };
        let told = divergences("plombiersgeneve.ch", month, row, &expected);
        told.into_iter()
            .map(|told| format!("{} {}", told.key, told.actual))
            .collect()
    }

    fn row(calls: u32, seconds: u64, leads: u32, micros: i128, unknown: u32) -> Row {
        let agent = Sum { micros, unknown };
        Row {
            calls,
            real_calls: calls,
            timed_calls: calls,
            seconds: seconds * u64::from(calls),
            leads,
            own: agent,
            parts: [(Part::Agent, agent)].into(),
            ..Row::default()
        }
    }

    #[test]
    fn half_more_or_less_than_expected_is_no_alarm_and_a_second_beyond_is_one_r77() {
        assert!(told(&row(20, 270, 20, 800_000, 0)).is_empty());
        assert!(told(&row(20, 90, 20, 800_000, 0)).is_empty());
        let long = ["plombiersgeneve.ch:2026-11:call_seconds 271"];
        assert_eq!(told(&row(20, 271, 20, 800_000, 0)), long);
        let short = ["plombiersgeneve.ch:2026-11:call_seconds 89"];
        assert_eq!(told(&row(20, 89, 20, 800_000, 0)), short);
        assert!(
            told(&row(19, 271, 20, 800_000, 0)).is_empty(),
            "nineteen calls prove nothing"
        );
    }

    #[test]
    fn ten_leads_of_twenty_calls_at_usd_0_04_cost_usd_0_08_each_r78() {
        let dear = ["plombiersgeneve.ch:2026-11:cost_per_lead 80000"];
        assert_eq!(told(&row(20, 180, 10, 800_000, 0)), dear);
        assert!(
            told(&row(20, 180, 0, 800_000, 0)).is_empty(),
            "no lead, no cost per lead"
        );
    }

    #[test]
    fn a_cost_that_lacks_lines_alarms_when_too_high_and_never_when_too_low() {
        let low = told(&row(20, 180, 20, 300_000, 0));
        assert_eq!(low.len(), 2, "{low:?}");
        assert!(told(&row(20, 180, 20, 300_000, 1)).is_empty());
        let high = told(&row(20, 180, 20, 1_300_000, 1));
        assert_eq!(high.len(), 2, "{high:?}");
    }
}
