//! Credits, payments and statements on the wire.

use std::sync::Arc;

use chassis::fault::{self, Violations};
use contracts::lead::v1 as wire;
use tonic::Status;
use uuid::Uuid;

use super::{money, reading};
use crate::app::Leads;
use crate::app::ledger::credit::Credit;
use crate::app::ledger::payment::Payment;
use crate::app::ledger::statement::{Balance, Told, percent, repeats};
use crate::domain::ledger::income::{IncomeLine, State};
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::reference;
use crate::grpc::encode::timestamp;

const LONGEST_REASON: usize = 200;
const LONGEST_NAME: usize = 100;

pub(super) async fn get_statement(
    leads: &Arc<Leads>,
    request: wire::GetStatementRequest,
) -> Result<wire::GetStatementResponse, Status> {
    let wire::GetStatementRequest {
        provider_id,
        from_time,
        until_time,
    } = request;
    let mut v = Violations::new();
    reading::text(&mut v, "provider_id", &provider_id, LONGEST_NAME);
    let period = reading::period(&mut v, from_time, until_time);
    v.finish()?;
    let found = leads.get_statement(&provider_id, &period).await;
    let found = found.map_err(|e| fault::status(&e))?;
    Ok(wire::GetStatementResponse {
        provider_id,
        from_time: Some(timestamp(period.from)),
        until_time: Some(timestamp(period.until)),
        lines: found.lines.into_iter().map(line).collect(),
        balances: found.balances.into_iter().map(balance).collect(),
    })
}

fn line(told: Told) -> wire::StatementLine {
    wire::StatementLine {
        line_time: Some(timestamp(told.at)),
        kind: told.kind.to_owned(),
        lead_id: told.lead.map(|id| id.to_string()).unwrap_or_default(),
        reference: told.lead.map(reference::of).unwrap_or_default(),
        amount: told.amount.map(|(micros, currency)| wire::Amount {
            micros: money::micros(micros),
            currency: currency.code().to_owned(),
        }),
        work_closed: told.billed.map(money::amount),
        percent_hundredths: told.percent_hundredths,
        reason: told.reason,
    }
}

fn balance((currency, balance): (Currency, Balance)) -> wire::StatementBalance {
    let Balance {
        opening,
        charged,
        credited,
        paid,
        closing,
    } = balance;
    wire::StatementBalance {
        currency: currency.code().to_owned(),
        opening_micros: money::micros(opening),
        charged_micros: money::micros(charged),
        credited_micros: money::micros(credited),
        paid_micros: money::micros(paid),
        closing_micros: money::micros(closing),
    }
}

pub(super) async fn credit_lead(
    leads: &Arc<Leads>,
    request: wire::CreditLeadRequest,
) -> Result<wire::CreditLeadResponse, Status> {
    let wire::CreditLeadRequest {
        lead_id,
        amount,
        reason,
        request_id,
        actor,
    } = request;
    let mut v = Violations::new();
    let mut uuid = |field: &'static str, text: &str| {
        let read = Uuid::try_parse(text);
        if read.is_err() {
            v.add(field, "must be a UUID");
        }
        read.unwrap_or_default()
    };
    let lead = uuid("lead_id", &lead_id);
    let request = uuid("request_id", &request_id);
    let amount = amount.and_then(|told| reading::amount(&mut v, &told));
    reading::text(&mut v, "reason", &reason, LONGEST_REASON);
    reading::operator(&mut v, &actor);
    v.finish()?;
    let credit = Credit {
        lead,
        amount,
        reason,
        request,
        actor,
    };
    let credited = leads.credit_lead(credit).await;
    let credited = credited.map_err(|e| fault::status(&e))?;
    Ok(wire::CreditLeadResponse {
        income: Some(income(&credited)),
    })
}

pub(super) fn income(line: &IncomeLine) -> wire::IncomeLine {
    use wire::IncomeState::{Credited, Due, Expected, Unspecified, Waived};
    let (state, charged, due_time) = match line.state {
        State::Due { at, amount } if line.credits.is_empty() => (Due, Some(amount), Some(at)),
        State::Due { at, amount } => (Credited, Some(amount), Some(at)),
        State::Expected { .. } => (Expected, None, None),
        State::Waived { at, .. } => (Waived, None, Some(at)),
        State::Open | State::Nothing => (Unspecified, None, None),
    };
    let credited = line.credits.iter().map(|credit| credit.amount);
    let credited = credited.reduce(|sum, credit| Amount {
        micros: sum.micros + credit.micros,
        ..sum
    });
    let mut reasons: Vec<_> = line.credits.iter().map(|c| c.reason.clone()).collect();
    if let State::Waived { repeat_of, .. } = line.state {
        reasons.push(repeats(repeat_of));
    }
    wire::IncomeLine {
        lead_id: line.lead.to_string(),
        attempt: line.attempt,
        provider_id: line.provider.clone(),
        state: state.into(),
        charged: charged.map(money::amount),
        credited: credited.map(money::amount),
        percent_hundredths: percent(line),
        work_closed: line.billed.map(money::amount),
        due_time: due_time.map(timestamp),
        reason: reasons.join("; "),
    }
}

pub(super) async fn record_payment(
    leads: &Arc<Leads>,
    request: wire::RecordPaymentRequest,
) -> Result<wire::RecordPaymentResponse, Status> {
    let wire::RecordPaymentRequest {
        provider_id,
        amount,
        reference,
        payment_time,
        actor,
    } = request;
    let mut v = Violations::new();
    reading::text(&mut v, "provider_id", &provider_id, LONGEST_NAME);
    reading::text(&mut v, "reference", &reference, LONGEST_NAME);
    reading::operator(&mut v, &actor);
    let told = amount.unwrap_or_default();
    let amount = reading::amount(&mut v, &told);
    if amount.is_some_and(|amount| amount.micros == 0 || amount.minor().is_none()) {
        v.add(
            "amount.micros",
            "must be a whole number of the currency's minor unit, and not 0: 100000000 is EUR 100",
        );
    }
    let at = reading::past(&mut v, "payment_time", payment_time);
    v.finish()?;
    let amount = amount.unwrap_or(Amount {
        micros: 0,
        currency: Currency::EUR,
    });
    let payment = Payment {
        provider: provider_id,
        amount,
        reference: reference.trim().to_owned(),
        at,
        actor,
    };
    let booked = leads.record_payment(payment).await;
    let changed = booked.map_err(|e| fault::status(&e))?;
    Ok(wire::RecordPaymentResponse { changed })
}
