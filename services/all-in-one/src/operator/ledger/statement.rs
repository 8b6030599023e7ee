//! `bord statement PROVIDER`: what a provider owes and why, as a letter that can be sent: each lead, the
//! terms, the work closed, commission, credits, payments, and balances that add up.

use contracts::lead::v1 as lead;
use contracts::roster::v1 as roster;
use serde_json::{Value, json};

use super::lead::terms;
use super::period::{self, Period};
use super::shape;
use super::sheet::{Cell, Sheet};
use crate::operator::money::{exact, told};
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// The provider's id.
    provider: String,
    #[command(flatten)]
    period: Period,
    /// JSON, for scripts; amounts are decimal text.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV, for spreadsheets.
    #[arg(long)]
    csv: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let (from_time, until_time) = args.period.bounds()?;
    let mut peers = Peers::from_process()?;
    let provider = provider(&mut peers, &args.provider).await?;
    let request = lead::GetStatementRequest {
        provider_id: args.provider,
        from_time,
        until_time,
    };
    let found = peers.ledger.get_statement(request).await;
    let found = found.map_err(|s| explain("the statement cannot be made", &s))?;
    let found = found.into_inner();
    if args.csv {
        terminal::raw(sheet(&found)?);
    } else if args.json {
        terminal::json(&as_json(&found));
    } else {
        lines(&provider, &found).iter().for_each(terminal::line);
    }
    adds_up(&found)
}

async fn provider(peers: &mut Peers, id: &str) -> anyhow::Result<roster::Provider> {
    let request = roster::GetProviderRequest {
        provider_id: id.to_owned(),
    };
    let found = peers.roster.get_provider(request).await;
    let found = found.map_err(|s| explain(&format!("{id} cannot be looked up"), &s))?;
    Ok(found.into_inner().provider.unwrap_or_default())
}

/// The letter.
fn lines(provider: &roster::Provider, found: &lead::GetStatementResponse) -> Vec<String> {
    let period = period::told(found.from_time.as_ref(), found.until_time.as_ref());
    let mut out = vec![
        format!("{} ({})", words::said(&provider.name), found.provider_id),
        format!("Statement of account, {period}"),
        format!("Terms today: {}", agreed(provider)),
        String::new(),
    ];
    if found.lines.is_empty() {
        out.push("No lead, credit or payment was booked in this time.".to_owned());
    } else {
        out.extend(booked(&found.lines).lines());
    }
    for balance in &found.balances {
        out.push(String::new());
        out.extend(balanced(balance, found));
    }
    if found.balances.is_empty() {
        out.extend([String::new(), "Nothing is owed.".to_owned()]);
    }
    out
}

fn agreed(provider: &roster::Provider) -> String {
    use roster::payout_terms::Terms;
    match provider
        .terms
        .as_ref()
        .and_then(|terms| terms.terms.as_ref())
    {
        Some(Terms::Flat(flat)) => {
            let amount = crate::operator::money::shown(flat.amount_minor, &flat.currency);
            format!("{amount} for each lead that is confirmed")
        }
        Some(Terms::PercentHundredths(percent)) => {
            format!("{} of the work that is closed", terms(*percent))
        }
        None => "none are declared".to_owned(),
    }
}

fn booked(lines: &[lead::StatementLine]) -> Table {
    let mut table = Table::new(&["DAY", "WHAT", "LEAD", "AMOUNT"]).right(3..4);
    for line in lines {
        let day = words::instant(line.line_time.as_ref());
        let day = day.map_or_else(|| "-".to_owned(), |at| at.date_naive().to_string());
        let name = match line.reference.as_str() {
            "" => &line.lead_id,
            reference => reference,
        };
        let amount = match &line.amount {
            Some(amount) => told(amount.micros, &amount.currency),
            None if line.kind == "expected" => "unknown".to_owned(),
            None => "-".to_owned(),
        };
        table.row([day, what(line), words::or_dash(name), amount]);
    }
    table
}

/// "15 % of CHF 450.00", "credit: undeliverable".
fn what(line: &lead::StatementLine) -> String {
    let closed = line.work_closed.as_ref();
    let closed = closed.map(|one| told(one.micros, &one.currency));
    let share = terms(line.percent_hundredths);
    let text = match (line.kind.as_str(), closed) {
        ("flat", _) => "lead".to_owned(),
        ("commission", Some(closed)) => format!("{share} of {closed} of work closed"),
        ("commission", None) => format!("{share} of work closed"),
        ("expected", _) => format!("{share} of work that is not closed yet"),
        ("waived", _) => "repeat of an earlier lead, not charged again".to_owned(),
        (kind, _) => kind.to_owned(),
    };
    match words::said(&line.reason).as_str() {
        "" => text,
        reason => format!("{text}: {reason}"),
    }
}

fn balanced(balance: &lead::StatementBalance, found: &lead::GetStatementResponse) -> Vec<String> {
    let day =
        |stamp| words::instant(stamp).map_or_else(String::new, |at| at.date_naive().to_string());
    let opened = format!("Balance on {}", day(found.from_time.as_ref()));
    let closed = format!("Balance on {}", day(found.until_time.as_ref()));
    let mut table = Table::new(&["", &balance.currency]).right(1..2);
    let opening = balance.opening_micros;
    for (name, micros) in [
        (opened.as_str(), opening),
        ("+ leads and commission", balance.charged_micros),
        ("- credits", balance.credited_micros),
        ("- payments", balance.paid_micros),
        (closed.as_str(), balance.closing_micros),
    ] {
        table.row([
            name.to_owned(),
            crate::operator::money::figure(micros, &balance.currency),
        ]);
    }
    let mut out = table.lines();
    let owed = told(balance.closing_micros.saturating_abs(), &balance.currency);
    out.push(match balance.closing_micros {
        0 => "Nothing is owed.".to_owned(),
        1.. => format!("You owe us {owed}."),
        _ => format!("We owe you {owed}."),
    });
    out
}

/// Opening, charges, credits and payments are the closing balance.
fn adds_up(found: &lead::GetStatementResponse) -> anyhow::Result<()> {
    for one in &found.balances {
        let sum = i128::from(one.opening_micros) + i128::from(one.charged_micros)
            - i128::from(one.credited_micros)
            - i128::from(one.paid_micros);
        anyhow::ensure!(
            sum == i128::from(one.closing_micros),
            "the balance in {} does not add up: do not send this; `bord books` recounts",
            one.currency
        );
    }
    Ok(())
}

/// Its lines as a sheet.
///
/// # Errors
/// It cannot be written.
pub fn sheet(found: &lead::GetStatementResponse) -> anyhow::Result<String> {
    let mut sheet = Sheet::new(&[
        "provider",
        "time",
        "kind",
        "lead",
        "reference",
        "amount",
        "currency",
        "unknown",
        "work_closed",
        "work_closed_currency",
        "percent",
        "reason",
    ])?;
    let number = |amount: &Option<lead::Amount>| match amount {
        Some(one) => Cell::Number(exact(one.micros, &one.currency)),
        None => Cell::Nothing,
    };
    let code = |amount: &Option<lead::Amount>| {
        Cell::text(amount.as_ref().map_or("", |one| one.currency.as_str()))
    };
    for line in &found.lines {
        let is_unknown = line.kind == "expected" && line.amount.is_none();
        let percent = format!(
            "{}.{:02}",
            line.percent_hundredths / 100,
            line.percent_hundredths % 100
        );
        sheet.row([
            Cell::text(&found.provider_id),
            Cell::text(words::time(line.line_time.as_ref())),
            Cell::text(&line.kind),
            Cell::text(&line.lead_id),
            Cell::text(&line.reference),
            number(&line.amount),
            code(&line.amount),
            Cell::text(if is_unknown { "unknown" } else { "" }),
            number(&line.work_closed),
            code(&line.work_closed),
            match line.percent_hundredths {
                0 => Cell::Nothing,
                _ => Cell::Number(percent),
            },
            Cell::text(&line.reason),
        ])?;
    }
    sheet.text()
}

fn as_json(found: &lead::GetStatementResponse) -> Value {
    let lines = found.lines.iter().map(|line| {
        json!({
            "time": words::time(line.line_time.as_ref()), "kind": line.kind,
            "lead_id": line.lead_id, "reference": line.reference,
            "amount": shape::amount(line.amount.as_ref()),
            "work_closed": shape::amount(line.work_closed.as_ref()),
            "percent_hundredths": line.percent_hundredths, "reason": line.reason,
        })
    });
    let balances = found.balances.iter().map(|one| {
        let text = |micros| exact(micros, &one.currency);
        json!({
            "currency": one.currency, "opening": text(one.opening_micros),
            "charged": text(one.charged_micros), "credited": text(one.credited_micros),
            "paid": text(one.paid_micros), "closing": text(one.closing_micros),
        })
    });
    json!({
        "provider_id": found.provider_id,
        "from_time": words::time(found.from_time.as_ref()),
        "until_time": words::time(found.until_time.as_ref()),
        "lines": lines.collect::<Vec<_>>(), "balances": balances.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
