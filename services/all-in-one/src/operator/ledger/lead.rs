//! One lead's economics: every line that it cost with where its figure comes from, its share of what
//! its site cost, its income, and the margin (D4, R81).

use contracts::lead::v1 as lead;
use serde_json::{Value, json};

use super::shape;
use super::sheet::{Cell, Sheet};
use crate::operator::money::{exact, sum, told};
use crate::terminal::Table;
use crate::words;

#[must_use]
pub fn lines(found: &lead::GetLeadEconomicsResponse) -> Vec<String> {
    let row = found.row.clone().unwrap_or_default();
    let currency = &found.currency;
    let mut out = vec![format!("Lead {}", row.key), String::new()];
    out.extend(costs(found, &row));
    out.push(String::new());
    out.extend(incomes(found, &row));
    let mut summed = Table::new(&["", currency.as_str()]).right(1..2);
    let share = format!(
        "share of what its site cost in {} without a lead",
        found.month
    );
    for (name, one) in [
        ("its own calls and messages", row.own_cost),
        (share.as_str(), row.share_cost),
        ("cost", row.cost),
        ("income due", row.income_due),
        ("credited", row.income_credited),
        ("margin", row.margin),
    ] {
        summed.row([name.to_owned(), sum(one.as_ref(), currency)]);
    }
    out.push(String::new());
    out.extend(summed.lines());
    if row.income_expected > 0 {
        out.push("What is only expected is not in the margin.".to_owned());
    }
    out
}

/// Its lines, and what they come to by part.
fn costs(found: &lead::GetLeadEconomicsResponse, row: &lead::EconomicsRow) -> Vec<String> {
    if found.cost_lines.is_empty() {
        return vec!["Nothing that it cost was told yet.".to_owned()];
    }
    let mut table = Table::new(&["TIME", "PART", "COST", "QUANTITY", "BY", "FOR"]);
    for line in &found.cost_lines {
        table.row([
            words::time(line.cost_time.as_ref()),
            words::cost_part(line.part),
            cost(line),
            quantity(line),
            source(line).to_owned(),
            words::or_dash(&line.subject),
        ]);
    }
    let mut out = table.lines();
    let parts = row.costs.iter().map(|part| {
        let name = words::cost_part(part.part);
        format!("{name} {}", sum(part.sum.as_ref(), &found.currency))
    });
    let parts: Vec<_> = parts.collect();
    if !parts.is_empty() {
        out.push(format!(
            "In {}, with its share: {}",
            found.currency,
            parts.join(", ")
        ));
    }
    out
}

/// "USD 0.0085", or "unknown".
fn cost(line: &lead::CostLine) -> String {
    match &line.amount {
        Some(amount) => told(amount.micros, &amount.currency),
        None => "unknown".to_owned(),
    }
}

/// "75 s", "2 segments".
fn quantity(line: &lead::CostLine) -> String {
    let plural = |many| if many == 1 { "" } else { "s" };
    line.quantity.map_or_else(
        || "-".to_owned(),
        |many| format!("{many} {}{}", line.quantity_unit, plural(many)),
    )
}

/// Where the figure comes from, or why there is none.
#[must_use]
pub fn source(line: &lead::CostLine) -> &'static str {
    match (line.amount.is_some(), line.actual) {
        (true, true) => "the vendor's own figure",
        (true, false) => "the price list",
        (false, _) => why(&line.unknown_reason),
    }
}

fn why(reason: &str) -> &'static str {
    match reason {
        "NO_PRICE" => "the catalogue has no price",
        "NO_QUANTITY" => "the vendor told no quantity",
        "NO_WORD_YET" => "the vendor has not told yet",
        "NO_RATE" => "the catalogue has no exchange rate",
        "TOO_LARGE" => "it is too large to be kept",
        _ => "no reason was told",
    }
}

fn incomes(found: &lead::GetLeadEconomicsResponse, row: &lead::EconomicsRow) -> Vec<String> {
    if found.incomes.is_empty() {
        return vec!["Nobody owes anything for it.".to_owned()];
    }
    let mut table = Table::new(&[
        "ATTEMPT",
        "PROVIDER",
        "TERMS",
        "STATE",
        "CHARGED",
        "CREDITED",
        "WORK CLOSED",
        "DUE",
        "WHY",
    ]);
    for one in &found.incomes {
        let amount = |amount: &Option<lead::Amount>| match amount {
            Some(amount) => told(amount.micros, &amount.currency),
            None => "-".to_owned(),
        };
        let charged = match (one.state(), &one.charged) {
            (lead::IncomeState::Expected, None) => "unknown".to_owned(),
            (_, charged) => amount(charged),
        };
        table.row([
            one.attempt.to_string(),
            one.provider_id.clone(),
            terms(one.percent_hundredths),
            words::income_state(one.state),
            charged,
            amount(&one.credited),
            amount(&one.work_closed),
            words::time(one.due_time.as_ref()),
            words::or_dash(&words::said(&one.reason)),
        ]);
    }
    let mut out = table.lines();
    if row.income_waived > 0 {
        out.push("A repeat of an earlier lead is charged once, with that one.".to_owned());
    }
    out
}

/// 1250 → "12.5 %"; 0 → "flat".
#[must_use]
pub fn terms(percent_hundredths: i32) -> String {
    if percent_hundredths == 0 {
        return "flat".to_owned();
    }
    let (whole, part) = (percent_hundredths / 100, percent_hundredths % 100);
    let part = format!("{part:02}");
    match part.trim_end_matches('0') {
        "" => format!("{whole} %"),
        part => format!("{whole}.{part} %"),
    }
}

/// Its cost lines as a sheet.
///
/// # Errors
/// It cannot be written.
pub fn sheet(found: &lead::GetLeadEconomicsResponse) -> anyhow::Result<String> {
    let mut sheet = Sheet::new(&[
        "lead",
        "time",
        "part",
        "amount",
        "currency",
        "unknown",
        "unknown_reason",
        "actual",
        "quantity",
        "quantity_unit",
        "subject",
    ])?;
    let lead_id = found.row.as_ref().map_or("", |row| row.key.as_str());
    for line in &found.cost_lines {
        let amount = line.amount.as_ref();
        sheet.row([
            Cell::text(lead_id),
            Cell::text(words::time(line.cost_time.as_ref())),
            Cell::text(words::cost_part(line.part)),
            amount.map_or(Cell::Nothing, |one| {
                Cell::Number(exact(one.micros, &one.currency))
            }),
            Cell::text(amount.map_or("", |one| one.currency.as_str())),
            Cell::text(if amount.is_none() { "unknown" } else { "" }),
            Cell::text(&line.unknown_reason),
            Cell::text(if line.actual { "yes" } else { "no" }),
            line.quantity.map_or(Cell::Nothing, Cell::number),
            Cell::text(&line.quantity_unit),
            Cell::text(&line.subject),
        ])?;
    }
    sheet.text()
}

#[must_use]
pub fn as_json(found: &lead::GetLeadEconomicsResponse) -> Value {
    let lines = found.cost_lines.iter().map(|line| {
        json!({
            "part": words::cost_part(line.part), "time": words::time(line.cost_time.as_ref()),
            "amount": shape::amount(line.amount.as_ref()), "actual": line.actual,
            "unknown_reason": line.unknown_reason, "quantity": line.quantity,
            "quantity_unit": line.quantity_unit, "subject": line.subject,
        })
    });
    json!({
        "currency": found.currency, "month": found.month,
        "cost_lines": lines.collect::<Vec<_>>(),
        "incomes": found.incomes.iter().map(income).collect::<Vec<_>>(),
        "row": found.row.as_ref().map(|row| shape::row(row, &found.currency)),
    })
}

/// What one provider owes for a lead.
#[must_use]
pub fn income(one: &lead::IncomeLine) -> Value {
    json!({
        "lead_id": one.lead_id, "attempt": one.attempt, "provider_id": one.provider_id,
        "state": words::income_state(one.state), "percent_hundredths": one.percent_hundredths,
        "charged": shape::amount(one.charged.as_ref()),
        "credited": shape::amount(one.credited.as_ref()),
        "work_closed": shape::amount(one.work_closed.as_ref()),
        "due_time": one.due_time.as_ref().map(|time| words::time(Some(time))),
        "reason": one.reason,
    })
}

#[cfg(test)]
mod tests;
