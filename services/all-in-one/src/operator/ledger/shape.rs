//! Economics as programs read them: JSON, and CSV with stable columns. Amounts are exact decimal text;
//! beside each stands how many lines it lacks, and what nothing is known of is empty, never 0 (D4).

use contracts::lead::v1 as lead;
use serde_json::{Value, json};

use super::economics::Group;
use super::period;
use super::sheet::{Cell, Sheet};
use crate::operator::money::exact;
use crate::words;

/// The sums of a row, in the order of their columns.
const SUMS: [&str; 6] = [
    "cost",
    "own_cost",
    "share_cost",
    "income_due",
    "income_credited",
    "margin",
];

fn sums(row: &lead::EconomicsRow) -> [Option<lead::Sum>; 6] {
    [
        row.cost,
        row.own_cost,
        row.share_cost,
        row.income_due,
        row.income_credited,
        row.margin,
    ]
}

/// All that costs can be for, as columns.
const PARTS: [lead::CostPart; 7] = [
    lead::CostPart::Did,
    lead::CostPart::Chain,
    lead::CostPart::Carrier,
    lead::CostPart::Agent,
    lead::CostPart::Sms,
    lead::CostPart::Whatsapp,
    lead::CostPart::Email,
];

fn part(row: &lead::EconomicsRow, wanted: lead::CostPart) -> lead::Sum {
    let found = row.costs.iter().find(|one| one.part() == wanted);
    // What has no line cost nothing.
    found.and_then(|one| one.sum).unwrap_or_default()
}

/// A sheet of all rows; the total is left to the spreadsheet.
///
/// # Errors
/// It cannot be written.
pub fn sheet(group: Group, found: &lead::GetEconomicsResponse) -> anyhow::Result<String> {
    let mut header: Vec<String> = [
        group.noun(),
        "from_time",
        "until_time",
        "currency",
        "calls",
        "real_calls",
        "average_call_seconds",
        "leads",
        "unknown",
        "cost_per_lead",
        "agent_cost_per_real_call",
        "income_expected",
        "income_waived",
    ]
    .map(ToOwned::to_owned)
    .into();
    let with_unknown = |name: &str| [name.to_owned(), format!("{name}_unknown_lines")];
    header.extend(SUMS.iter().flat_map(|name| with_unknown(name)));
    header.extend(
        PARTS
            .iter()
            .flat_map(|part| with_unknown(&part_name(*part))),
    );
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&header)?;
    for row in &found.rows {
        sheet.row(cells(row, found))?;
    }
    sheet.text()
}

fn part_name(part: lead::CostPart) -> String {
    format!("cost_{}", words::cost_part(part.into()))
}

fn cells(row: &lead::EconomicsRow, found: &lead::GetEconomicsResponse) -> Vec<Cell> {
    let currency = &found.currency;
    let amount = |micros: Option<i64>| match micros {
        Some(micros) => Cell::Number(exact(micros, currency)),
        None => Cell::Nothing,
    };
    let whole = |sum: &Option<lead::Sum>| sum.is_some_and(|sum| sum.unknown_lines == 0);
    let is_unknown = !sums(row).iter().all(whole);
    let length = row.average_call_duration.as_ref();
    let mut cells = vec![
        Cell::text(&row.key),
        Cell::text(words::time(found.from_time.as_ref())),
        Cell::text(words::time(found.until_time.as_ref())),
        Cell::text(currency),
        Cell::number(row.calls),
        Cell::number(row.real_calls),
        length.map_or(Cell::Nothing, |length| Cell::number(length.seconds)),
        Cell::number(row.leads),
        Cell::text(if is_unknown { "unknown" } else { "" }),
        amount(row.cost_per_lead_micros),
        amount(row.agent_cost_per_real_call_micros),
        Cell::number(row.income_expected),
        Cell::number(row.income_waived),
    ];
    let of_parts = PARTS.map(|wanted| Some(part(row, wanted)));
    for sum in sums(row).into_iter().chain(of_parts) {
        cells.extend(known_and_unknown(sum, currency));
    }
    cells
}

/// The known part, empty where nothing is known, and the lines that it lacks.
fn known_and_unknown(sum: Option<lead::Sum>, currency: &str) -> [Cell; 2] {
    let Some(sum) = sum else {
        return [Cell::Nothing, Cell::text("unknown")];
    };
    let known = match (sum.known_micros, sum.unknown_lines) {
        (0, 1..) => Cell::Nothing,
        (micros, _) => Cell::Number(exact(micros, currency)),
    };
    [known, Cell::number(sum.unknown_lines)]
}

/// The answer as JSON.
#[must_use]
pub fn as_json(group: Group, found: &lead::GetEconomicsResponse) -> Value {
    let currency = &found.currency;
    let rows = found.rows.iter().map(|one| row(one, currency));
    let divergences = found.divergences.iter().map(|one| {
        let figure = |value: i64| match one.figure.as_str() {
            "call_seconds" => json!(value),
            _ => json!(exact(value, currency)),
        };
        json!({
            "site_id": one.site_id, "month": one.month, "figure": one.figure,
            "expected": figure(one.expected), "actual": figure(one.actual),
            "unknown_lines": one.unknown_lines,
        })
    });
    let expected = found.expected.as_ref();
    json!({
        "group": group.noun(), "currency": currency,
        "from_time": words::time(found.from_time.as_ref()),
        "until_time": words::time(found.until_time.as_ref()),
        "monthly_numbers_of": period::months_begun(found.from_time.as_ref(), found.until_time.as_ref()),
        "rows": rows.collect::<Vec<_>>(),
        "total": found.total.as_ref().map(|total| row(total, currency)),
        "expected": expected.map(|one| json!({
            "call_seconds": one.call_duration.map(|length| length.seconds),
            "cost_per_lead": amount(one.cost_per_lead.as_ref()),
            "agent_per_call": amount(one.agent_per_call.as_ref()),
        })),
        "divergences": divergences.collect::<Vec<_>>(),
    })
}

/// A row as JSON, in the report's currency.
#[must_use]
pub fn row(row: &lead::EconomicsRow, currency: &str) -> Value {
    let micros = |micros: Option<i64>| micros.map(|micros| exact(micros, currency));
    let parts = row.costs.iter().map(|part| {
        let name = words::cost_part(part.part);
        (name, sum(part.sum, currency))
    });
    let mut value = json!({
        "key": row.key, "calls": row.calls, "real_calls": row.real_calls,
        "average_call_seconds": row.average_call_duration.map(|length| length.seconds),
        "leads": row.leads, "costs": parts.collect::<serde_json::Map<_, _>>(),
        "cost_per_lead": micros(row.cost_per_lead_micros),
        "agent_cost_per_real_call": micros(row.agent_cost_per_real_call_micros),
        "income_expected": row.income_expected, "income_waived": row.income_waived,
    });
    for (name, one) in SUMS.into_iter().zip(sums(row)) {
        value[name] = sum(one, currency);
    }
    value
}

/// `{"known": "0.04", "unknown_lines": 0}`; null where nothing was told.
#[must_use]
pub fn sum(sum: Option<lead::Sum>, currency: &str) -> Value {
    sum.map_or(Value::Null, |sum| {
        let known = (sum.known_micros != 0 || sum.unknown_lines == 0)
            .then(|| exact(sum.known_micros, currency));
        json!({"known": known, "unknown_lines": sum.unknown_lines})
    })
}

/// `{"amount": "0.04", "currency": "EUR"}`; null for unknown.
#[must_use]
pub fn amount(amount: Option<&lead::Amount>) -> Value {
    amount.map_or(
        Value::Null,
        |one| json!({"amount": exact(one.micros, &one.currency), "currency": one.currency}),
    )
}

#[cfg(test)]
mod tests;
