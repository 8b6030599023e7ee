//! The sums that run in production every five minutes and whose only good value is 0, as the
//! services' metrics show them at `METRICS_URLS` (several, comma separated; else `METRICS_ADDR`).

use std::collections::BTreeMap;
use std::time::Duration;

use chassis::config::Env;
use serde_json::{Value, json};
use url::Url;

use crate::terminal::Table;

/// The names, each with what it counts.
const SUMS: [(&str, &str); 6] = [
    ("bord_leads_two_owners", "leads with two owners"),
    ("bord_leads_in_limbo", "leads that nobody moves on"),
    (
        "bord_capacity_not_conserved",
        "providers whose slots do not add up",
    ),
    (
        "bord_assignments_across_border",
        "assignments across a border",
    ),
    (
        "bord_messages_not_ended",
        "messages neither ended nor waiting",
    ),
    ("bord_messages_across_border", "messages across a border"),
];
const LIMIT: Duration = Duration::from_secs(3);

/// What the metrics said; a sum that nobody shows is unknown, not 0.
#[derive(Default)]
pub(super) struct Gauges {
    found: BTreeMap<&'static str, f64>,
    /// Why nothing was asked, or which address did not answer.
    silent: Vec<String>,
}

pub(super) async fn read(env: &Env) -> Gauges {
    let mut gauges = Gauges::default();
    let urls = addresses(env);
    if urls.is_empty() {
        let why = "set METRICS_URLS (comma separated) or METRICS_ADDR to where they are served";
        gauges.silent.push(why.to_owned());
    }
    for url in urls {
        match fetch(&url).await {
            Some(text) => gauges.take(&text),
            None => gauges.silent.push(format!("{url} does not answer")),
        }
    }
    gauges
}

fn addresses(env: &Env) -> Vec<String> {
    let list = env.optional("METRICS_URLS");
    let list = list.or_else(|| Some(format!("http://{}", env.optional("METRICS_ADDR")?)));
    let list = list.unwrap_or_default();
    let each = list.split(',').map(str::trim).filter(|url| !url.is_empty());
    each.map(ToOwned::to_owned).collect()
}

async fn fetch(base: &str) -> Option<String> {
    let url = Url::parse(base).ok()?.join("/metrics").ok()?;
    let asked = chassis::http::client().get(url).timeout(LIMIT);
    let answer = chassis::http::send("metrics.read", asked).await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    answer.text().await.ok()
}

impl Gauges {
    /// Prometheus' text form: `name 0` or `name{label="x"} 0`. Several processes add up.
    fn take(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.rsplit_once(' ') else {
                continue;
            };
            let name = series.split('{').next().unwrap_or(series);
            let known = SUMS.iter().find(|(sum, _)| *sum == name);
            if let (Some((sum, _)), Ok(value)) = (known, value.parse::<f64>()) {
                *self.found.entry(sum).or_default() += value;
            }
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let mut table = Table::new(&["EVERY FIVE MINUTES", "NOW", "METRIC"]);
        for (name, counts) in SUMS {
            let value = self.found.get(name);
            let value = value.map_or("unknown".to_owned(), f64::to_string);
            table.row([counts, &value, name]);
        }
        let mut out = table.lines();
        out.extend(self.silent.iter().map(|why| format!("metrics: {why}")));
        out
    }

    pub(super) fn wrong(&self) -> Vec<String> {
        let not_zero = self.found.iter().filter(|(_, value)| **value != 0.0);
        not_zero
            .map(|(name, value)| format!("{name} is {value}"))
            .collect()
    }

    pub(super) fn as_json(&self) -> Value {
        json!(self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_from_the_metrics_and_what_is_not_shown_is_unknown() {
        let mut gauges = Gauges::default();
        gauges.take(
            "# TYPE bord_leads_two_owners gauge\nbord_leads_two_owners 0\n\
             bord_messages_not_ended{service=\"a\"} 1\nbord_messages_not_ended{service=\"b\"} 2\n\
             something_else 5\n",
        );
        let lines = gauges.lines().join("\n");
        assert!(
            lines.contains("leads with two owners                0        bord"),
            "{lines}"
        );
        assert!(lines.contains("unknown"), "{lines}");
        assert_eq!(gauges.wrong(), ["bord_messages_not_ended is 3"]);
        assert_eq!(gauges.as_json()["bord_leads_two_owners"], 0.0);
        assert!(gauges.as_json().get("bord_leads_in_limbo").is_none());
    }

    #[test]
    fn the_metrics_of_several_processes_or_of_one_are_read() {
        let several = Env::from_map([("METRICS_URLS", "http://a:1, http://b:2/")]);
        assert_eq!(addresses(&several), ["http://a:1", "http://b:2/"]);
        let one = Env::from_map([("METRICS_ADDR", "127.0.0.1:9464")]);
        assert_eq!(addresses(&one), ["http://127.0.0.1:9464"]);
        assert!(addresses(&Env::from_map::<&str, &str>([])).is_empty());
    }
}
