//! What a program measures, written down once: name, kind, meaning, labels and the values that each
//! label may have. `/metrics` shows the meaning as HELP, and every counter with known labels from the
//! start at 0, so that `rate()` sees its first count and `absent()` means what it says.
//!
//! A gauge that is read from the database is shown by every replica: ask for its `max()`.

use super::install;

/// A label and its values; none where they are known at run time only, from a bounded set (a route,
/// a method, a worker).
pub type Label = (&'static str, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// One line of a list.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub help: &'static str,
    pub labels: &'static [Label],
}

impl Metric {
    #[must_use]
    pub const fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Counter, help)
    }

    #[must_use]
    pub const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Gauge, help)
    }

    /// In seconds, with the buckets of all.
    #[must_use]
    pub const fn histogram(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Histogram, help)
    }

    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self {
            name,
            kind,
            help,
            labels: &[],
        }
    }

    #[must_use]
    pub const fn by(mut self, labels: &'static [Label]) -> Self {
        self.labels = labels;
        self
    }

    /// Every combination of the labels' values; none where a value is known at run time only.
    #[must_use]
    pub fn series(&self) -> Vec<Vec<(&'static str, &'static str)>> {
        let mut all = vec![Vec::new()];
        for (label, values) in self.labels {
            let with = |series: &Vec<_>| {
                let series = series.clone();
                values.iter().map(move |value| {
                    let mut more = series.clone();
                    more.push((*label, *value));
                    more
                })
            };
            all = all.iter().flat_map(with).collect();
        }
        all
    }
}

/// Tells the recorder of a list, which it installs where there is none; a repeat changes nothing.
pub fn describe(list: &[Metric]) {
    install();
    tell(list);
}

pub(super) fn tell(list: &[Metric]) {
    for metric in list {
        match metric.kind {
            Kind::Counter => {
                ::metrics::describe_counter!(metric.name, metric.help);
                for series in metric.series() {
                    ::metrics::counter!(metric.name, &series).increment(0);
                }
            }
            Kind::Gauge => ::metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram => {
                ::metrics::describe_histogram!(metric.name, ::metrics::Unit::Seconds, metric.help);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_has_a_series_for_each_combination_of_known_values() {
        let metric = Metric::counter("sent_total", "Sent.")
            .by(&[("channel", &["sms", "email"]), ("state", &["dead"])]);
        assert_eq!(
            metric.series(),
            [
                vec![("channel", "sms"), ("state", "dead")],
                vec![("channel", "email"), ("state", "dead")],
            ]
        );
        let unknown = metric.by(&[("channel", &["sms"]), ("route", &[])]);
        assert!(unknown.series().is_empty());
        assert_eq!(
            Metric::counter("x_total", "").series(),
            [vec![]],
            "one without labels"
        );
    }
}
