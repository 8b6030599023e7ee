//! Economics as a person reads them: a row for each group, a total, what was expected, cost by part,
//! and in words what left its expectation. Unknown is written "unknown", never 0 (D4).

use contracts::lead::v1 as lead;

use super::economics::Group;
use super::{bar, period};
use crate::operator::money::{figure, sum, told};
use crate::terminal::Table;
use crate::words;

/// The columns of figures, which are set to the right.
const FIGURES: std::ops::Range<usize> = 1..9;

#[must_use]
pub fn lines(group: Group, found: &lead::GetEconomicsResponse, width: usize) -> Vec<String> {
    let period = period::told(found.from_time.as_ref(), found.until_time.as_ref());
    let noun = group.noun();
    let mut out = vec![
        format!("Economics by {noun}, {period}, in {}", found.currency),
        String::new(),
    ];
    if found.rows.is_empty() {
        out.push("Nothing cost or brought in anything then.".to_owned());
        return out;
    }
    out.extend(groups(group, found, width));
    out.extend(
        monthly(found)
            .map(|text| [String::new(), text])
            .into_iter()
            .flatten(),
    );
    if let Some(total) = &found.total {
        out.extend([String::new(), "Cost by part".to_owned()]);
        out.extend(parts(total, &found.currency, width));
    }
    if !found.divergences.is_empty() {
        out.extend([String::new(), "Not as expected".to_owned()]);
        let each = found.divergences.iter();
        out.extend(each.map(|one| divergence(one, &found.currency)));
    }
    out.extend([
        String::new(),
        "The bar is the margin: what is due, less credits, less cost; grey is a loss. What is only \
         expected is not in it. `bord economics --lead LEAD` shows one lead."
            .to_owned(),
    ]);
    out
}

/// What of the numbers' monthly cost is in a period that does not begin with a month.
fn monthly(found: &lead::GetEconomicsResponse) -> Option<String> {
    let (from, until) = (found.from_time.as_ref(), found.until_time.as_ref());
    let months = period::months_begun(from, until).join(", ");
    let told = if months.is_empty() {
        "none of it is in these figures".to_owned()
    } else {
        format!("in these figures is that of {months}")
    };
    (!period::begins_a_month(from)).then(|| {
        format!("What numbers cost by the month is dated on the first of each month, UTC: {told}.")
    })
}

fn groups(group: Group, found: &lead::GetEconomicsResponse, width: usize) -> Vec<String> {
    let mut table = Table::new(&[
        heading(group),
        "CALLS",
        "REAL",
        "LENGTH",
        "LEADS",
        "COST",
        "PER LEAD",
        "INCOME",
        "MARGIN",
    ])
    .right(FIGURES);
    let margin = |row: &lead::EconomicsRow| row.margin.map(|sum| sum.known_micros);
    let mut bars = vec![None];
    for row in &found.rows {
        table.row(cells(&words::or_dash(&row.key), row, &found.currency));
        bars.push(margin(row));
    }
    if let Some(total) = &found.total {
        table.row(cells("total", total, &found.currency));
        bars.push(None);
    }
    let expected = found.expected.clone().unwrap_or_default();
    let length = expected.call_duration.map(|length| minutes(length.seconds));
    let cost = expected.cost_per_lead.as_ref();
    let cost = cost.map(|one| figure(one.micros, &one.currency));
    if length.is_some() || cost.is_some() {
        let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let (length, cost) = (dash(length), dash(cost));
        table.row(["expected", "", "", &length, "", "", &cost, "", ""]);
    }
    bar::beside(table.lines(), &bars, width)
}

fn heading(group: Group) -> &'static str {
    match group {
        Group::Site => "SITE",
        Group::City => "CITY",
        Group::Category => "CATEGORY",
        Group::Provider => "PROVIDER",
        Group::Agent => "AGENT",
        Group::Lead => "LEAD",
        Group::Month => "MONTH",
    }
}

fn cells(name: &str, row: &lead::EconomicsRow, currency: &str) -> [String; 9] {
    let length = row.average_call_duration.as_ref();
    [
        name.to_owned(),
        row.calls.to_string(),
        row.real_calls.to_string(),
        match (length, row.real_calls) {
            (Some(length), _) => minutes(length.seconds),
            (None, 0) => "-".to_owned(),
            (None, _) => "unknown".to_owned(),
        },
        row.leads.to_string(),
        sum(row.cost.as_ref(), currency),
        per_lead(row, currency),
        income(row, currency),
        sum(row.margin.as_ref(), currency),
    ]
}

/// What is known through the leads is the least that one cost, while lines are unknown.
pub(super) fn per_lead(row: &lead::EconomicsRow, currency: &str) -> String {
    let unknown = row.cost.is_none_or(|cost| cost.unknown_lines > 0);
    match row.cost_per_lead_micros {
        None => "-".to_owned(),
        Some(0) if unknown => "unknown".to_owned(),
        Some(micros) if unknown => format!("≥{}", figure(micros, currency)),
        Some(micros) => figure(micros, currency),
    }
}

/// "100.00, 50.00 credited, 1 expected".
pub(super) fn income(row: &lead::EconomicsRow, currency: &str) -> String {
    let mut told = sum(row.income_due.as_ref(), currency);
    if let Some(credited) = row
        .income_credited
        .filter(|sum| sum.known_micros != 0 || sum.unknown_lines > 0)
    {
        told.push_str(&format!(", {} credited", sum(Some(&credited), currency)));
    }
    for (many, what) in [
        (row.income_expected, "expected"),
        (row.income_waived, "waived"),
    ] {
        if many > 0 {
            told.push_str(&format!(", {many} {what}"));
        }
    }
    told
}

/// "3:05".
pub(super) fn minutes(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Each part with a bar of what is known of it.
pub(super) fn parts(row: &lead::EconomicsRow, currency: &str, width: usize) -> Vec<String> {
    let mut table = Table::new(&["PART", "COST"]).right(1..2);
    let mut bars = vec![None];
    for part in &row.costs {
        table.row([
            words::cost_part(part.part),
            sum(part.sum.as_ref(), currency),
        ]);
        bars.push(part.sum.map(|sum| sum.known_micros));
    }
    if table.is_empty() {
        return vec!["nothing".to_owned()];
    }
    bar::beside(table.lines(), &bars, width)
}

/// "geneva-plumbing in 2026-11: a lead costs EUR 0.12 instead of EUR 0.04 (300 %)".
fn divergence(one: &lead::Divergence, currency: &str) -> String {
    let (actual, expected) = (one.actual, one.expected);
    let shown = |figure: i64| match one.figure.as_str() {
        "call_seconds" => minutes(figure),
        _ => told(figure, currency),
    };
    let what = match one.figure.as_str() {
        "call_seconds" => "a real call lasts",
        "cost_per_lead" => "a lead costs",
        "cost_per_real_call" => "the agent costs, for a real call,",
        other => other,
    };
    let percent = i128::from(actual) * 100 / i128::from(expected.max(1));
    let mut text = format!(
        "{} in {}: {what} {} instead of {} ({percent} % of it)",
        one.site_id,
        one.month,
        shown(actual),
        shown(expected),
    );
    match (one.figure.as_str(), one.unknown_lines) {
        (_, 0) => {}
        ("call_seconds", many) => text.push_str(&format!("; {many} calls have no known length")),
        (_, many) => text.push_str(&format!(
            "; {many} lines are unknown, so it is higher still"
        )),
    }
    text
}

#[cfg(test)]
mod tests;
