//! GetStatement: what one provider owes and why. Opening, lines and closing add up in each currency.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::account::Account;
use crate::domain::ledger::income::{IncomeLine, State};
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::ledger::month::Period;
use crate::domain::ledger::statement::{Kind, Line, statements, without_entry};
use crate::domain::ledger::terms::Terms;
use crate::store::ledger::{income_events, transfers};

/// A line as the provider reads it.
#[derive(Debug, Clone)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub kind: &'static str,
    pub lead: Option<Uuid>,
    /// In micros with the currency; none where nothing is booked.
    pub amount: Option<(i128, Currency)>,
    pub billed: Option<Amount>,
    pub percent_hundredths: i32,
    pub reason: String,
}

/// In micros: opening + charged - credited - paid = closing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    pub opening: i128,
    pub charged: i128,
    pub credited: i128,
    pub paid: i128,
    pub closing: i128,
}

#[derive(Debug, Clone)]
pub struct ProviderStatement {
    pub lines: Vec<Told>,
    pub balances: BTreeMap<Currency, Balance>,
}

impl Leads {
    pub async fn get_statement(
        self: &Arc<Self>,
        provider: &str,
        period: &Period,
    ) -> Result<ProviderStatement, Failure> {
        let account = Account::Receivable(provider.to_owned()).to_string();
        let most = self.settings.most_statement_lines;
        let mut tx = self.db.read().await?;
        if transfers::count(&mut tx, &account, period, most + 1).await? > most {
            return Err(too_long(most));
        }
        let booked = transfers::of_account(&mut tx, &account, period.until).await?;
        let incomes = income_events::of_provider(&mut tx, provider).await?;
        drop(tx);
        if booked.is_empty() && incomes.is_empty() {
            self.must_know(provider).await?;
        }
        let by_base: BTreeMap<_, _> = incomes.iter().flat_map(bases).collect();
        let mut told = Vec::new();
        let mut balances = BTreeMap::new();
        for (currency, statement) in statements(provider, &booked, period) {
            let mut balance = Balance {
                opening: statement.opening,
                closing: statement.closing,
                ..Balance::default()
            };
            for line in statement.lines {
                match line.kind {
                    Kind::Flat | Kind::Commission => balance.charged += line.micros,
                    Kind::Credit => balance.credited -= line.micros,
                    Kind::Payment => balance.paid -= line.micros,
                }
                told.push(booked_line(&line, currency, &by_base));
            }
            balances.insert(currency, balance);
        }
        told.extend(without_entry(provider, &incomes, period).map(unbooked));
        if i64::try_from(told.len()).is_ok_and(|lines| lines > most) {
            return Err(too_long(most));
        }
        told.sort_by_key(|line| line.at);
        Ok(ProviderStatement {
            lines: told,
            balances,
        })
    }
}

fn too_long(most: i64) -> Failure {
    let rule = format!(
        "must lie closer to from_time: the statement has more than {most} lines; ask for a shorter \
         period"
    );
    Failure::of_field("until_time", rule)
}

/// The names under which a line and its credits stand in the books.
fn bases(line: &IncomeLine) -> Vec<(String, (&IncomeLine, String))> {
    let name = format!("{}:{}", line.lead, line.attempt);
    let mut bases = vec![(format!("income:{name}"), (line, String::new()))];
    bases.extend(line.credits.iter().map(|credit| {
        let base = format!("credit:{name}:{}", credit.id);
        (base, (line, credit.reason.clone()))
    }));
    bases
}

fn booked_line(
    line: &Line,
    currency: Currency,
    by_base: &BTreeMap<String, (&IncomeLine, String)>,
) -> Told {
    let income = by_base.get(&line.base);
    let kind = match line.kind {
        _ if line.reverses => "correction",
        Kind::Flat => "flat",
        Kind::Commission => "commission",
        Kind::Credit => "credit",
        Kind::Payment => "payment",
    };
    // The reference by which it was booked is the provider's own.
    let reference = || {
        line.base
            .splitn(3, ':')
            .nth(2)
            .unwrap_or_default()
            .to_owned()
    };
    let commission = income.filter(|_| line.kind == Kind::Commission);
    Told {
        at: line.at,
        kind,
        lead: income.map(|(income, _)| income.lead),
        amount: Some((line.micros, currency)),
        billed: commission.and_then(|(income, _)| income.billed),
        percent_hundredths: commission.map_or(0, |(income, _)| percent(income)),
        reason: match line.kind {
            Kind::Payment => reference(),
            _ => income.map(|(_, reason)| reason.clone()).unwrap_or_default(),
        },
    }
}

fn unbooked(line: &IncomeLine) -> Told {
    let (at, kind, reason) = match line.state {
        State::Waived { at, repeat_of } => (at, "waived", repeats(repeat_of)),
        State::Expected { since } => (since, "expected", String::new()),
        State::Due { at, .. } => (at, "", String::new()),
        State::Open | State::Nothing => (DateTime::UNIX_EPOCH, "", String::new()),
    };
    Told {
        at,
        kind,
        lead: Some(line.lead),
        amount: None,
        billed: line.billed,
        percent_hundredths: percent(line),
        reason,
    }
}

/// Why a lead is not charged (D13).
#[must_use]
pub fn repeats(earlier: Uuid) -> String {
    let reference = crate::domain::reference::of(earlier);
    format!("the same customer and need as {reference}, charged once")
}

#[must_use]
pub fn percent(line: &IncomeLine) -> i32 {
    match line.terms {
        Terms::Flat(_) => 0,
        Terms::Percent(percent) => percent.hundredths().into(),
    }
}
