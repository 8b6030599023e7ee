//! Economics and the check of the books on the wire.

use std::sync::Arc;

use chassis::fault::{self, Violations};
use contracts::lead::v1 as wire;
use prost_types::Duration;
use tonic::Status;

use super::{incomes, money, reading};
use crate::app::Leads;
use crate::app::ledger::check_books::Checked;
use crate::app::ledger::economics::{Economics, Wanted};
use crate::domain::ledger::cost::{CostLine, Part, Quantity, Source, Worth};
use crate::domain::ledger::divergence::{Divergence, Expected};
use crate::domain::ledger::economics::{Group, Row};
use crate::domain::ledger::money::Currency;
use crate::domain::ledger::month::Month;
use crate::grpc::decode;
use crate::grpc::encode::timestamp;

/// Before the last row's name in a page token, so that the row without a name has one as well.
const AFTER: &str = "after:";

pub(super) async fn get_economics(
    leads: &Arc<Leads>,
    request: wire::GetEconomicsRequest,
) -> Result<wire::GetEconomicsResponse, Status> {
    use wire::EconomicsGroup as By;
    let group = match request.group() {
        By::Site => Some(Group::Site),
        By::City => Some(Group::City),
        By::Category => Some(Group::Category),
        By::Provider => Some(Group::Provider),
        By::Agent => Some(Group::Agent),
        By::Lead => Some(Group::Lead),
        By::Month => Some(Group::Month),
        By::Unspecified => None,
    };
    let mut v = Violations::new();
    if group.is_none() {
        v.add("group", "is required: by what the rows are grouped");
    }
    let period = reading::period(&mut v, request.from_time, request.until_time);
    decode::short(&mut v, "site_id", &request.site_id);
    let limit = reading::page_size(&mut v, request.page_size);
    let after = request.page_token.strip_prefix(AFTER).map(str::to_owned);
    if after.is_none() && !request.page_token.is_empty() {
        v.add("page_token", "must come from next_page_token");
    }
    v.finish()?;
    let wanted = Wanted {
        group: group.unwrap_or(Group::All),
        period,
        site: request.site_id,
        after,
        limit,
    };
    let found = leads.get_economics(wanted).await;
    let found = found.map_err(|e| fault::status(&e))?;
    let Economics {
        rows,
        total,
        currency,
        expected,
        divergences,
        more,
    } = found;
    let last = rows.last().filter(|_| more);
    Ok(wire::GetEconomicsResponse {
        next_page_token: last
            .map(|(name, _)| format!("{AFTER}{name}"))
            .unwrap_or_default(),
        rows: rows.iter().map(|(name, shown)| row(name, shown)).collect(),
        total: Some(row("", &total)),
        currency: currency.code().to_owned(),
        from_time: Some(timestamp(period.from)),
        until_time: Some(timestamp(period.until)),
        expected: Some(planned(&expected, currency)),
        divergences: divergences.into_iter().map(divergence).collect(),
    })
}

fn row(key: &str, row: &Row) -> wire::EconomicsRow {
    let seconds = |seconds: i128| Duration {
        seconds: money::micros(seconds),
        nanos: 0,
    };
    let costs = row.parts.iter().map(|(of, sum)| wire::PartSum {
        part: part(*of).into(),
        sum: Some(money::sum(*sum)),
    });
    wire::EconomicsRow {
        key: key.to_owned(),
        calls: count(row.calls),
        real_calls: count(row.real_calls),
        average_call_duration: row.average_seconds().map(seconds),
        leads: count(row.leads),
        costs: costs.collect(),
        cost: Some(money::sum(row.cost())),
        cost_per_lead_micros: row.cost_per_lead().map(money::micros),
        own_cost: Some(money::sum(row.own)),
        share_cost: Some(money::sum(row.share)),
        income_due: Some(money::sum(row.due)),
        income_credited: Some(money::sum(row.credited)),
        income_expected: count(row.expected),
        income_waived: count(row.waived),
        margin: Some(money::sum(row.margin())),
        agent_cost_per_real_call_micros: row.agent_cost_per_real_call().map(money::micros),
    }
}

fn count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn part(part: Part) -> wire::CostPart {
    match part {
        Part::Did => wire::CostPart::Did,
        Part::Chain => wire::CostPart::Chain,
        Part::Carrier => wire::CostPart::Carrier,
        Part::Agent => wire::CostPart::Agent,
        Part::Sms => wire::CostPart::Sms,
        Part::Whatsapp => wire::CostPart::Whatsapp,
        Part::Email => wire::CostPart::Email,
    }
}

fn planned(expected: &Expected, currency: Currency) -> wire::Expected {
    let amount = |micros: i64| wire::Amount {
        micros,
        currency: currency.code().to_owned(),
    };
    wire::Expected {
        call_duration: expected
            .call_seconds
            .map(|seconds| Duration { seconds, nanos: 0 }),
        cost_per_lead: expected.cost_per_lead.map(amount),
        agent_per_call: expected.cost_per_real_call.map(amount),
    }
}

fn divergence((site_id, month, found): (String, Month, Divergence)) -> wire::Divergence {
    wire::Divergence {
        site_id,
        month: month.to_string(),
        figure: found.figure.name().to_owned(),
        expected: found.expected,
        actual: money::micros(found.actual),
        unknown_lines: count(found.unknown),
    }
}

pub(super) async fn get_lead_economics(
    leads: &Arc<Leads>,
    request: wire::GetLeadEconomicsRequest,
) -> Result<wire::GetLeadEconomicsResponse, Status> {
    let id = decode::lead_id(&request.lead_id)?;
    let found = leads.get_lead_economics(id).await;
    let found = found.map_err(|e| fault::status(&e))?;
    let lines = found.costs.iter();
    Ok(wire::GetLeadEconomicsResponse {
        cost_lines: lines.map(|(line, rated)| cost_line(line, *rated)).collect(),
        incomes: found.incomes.iter().map(incomes::income).collect(),
        row: Some(row(&found.lead.to_string(), &found.row)),
        currency: found.currency.code().to_owned(),
        month: found.month.to_string(),
    })
}

fn cost_line(line: &CostLine, rated: bool) -> wire::CostLine {
    let unknown = match line.worth {
        Worth::Unknown(unknown) => unknown.reason(),
        Worth::Known { .. } if !rated => "NO_RATE",
        Worth::Known { .. } => "",
    };
    let quantity = line.quantity.map(|quantity| match quantity {
        Quantity::Month => (1, "month"),
        Quantity::Message => (1, "message"),
        Quantity::Seconds(count) => (count, "second"),
        Quantity::Credits(count) => (count, "credit"),
        Quantity::Segments(count) => (count, "segment"),
    });
    let (quantity, unit) = quantity.unzip();
    // Keys are "kind:id", where they are not a call's.
    let id = line.key.split_once(':').map_or("", |(_, id)| id);
    let subject = match &line.belongs.call {
        _ if line.part.is_monthly() => "",
        Some(call) => call,
        None => id,
    };
    wire::CostLine {
        part: part(line.part).into(),
        cost_time: Some(timestamp(line.at)),
        amount: line.amount().map(money::amount),
        unknown_reason: unknown.to_owned(),
        actual: matches!(
            line.worth,
            Worth::Known {
                source: Source::Actual,
                ..
            }
        ),
        quantity: quantity.map(i64::from),
        quantity_unit: unit.unwrap_or_default().to_owned(),
        subject: subject.to_owned(),
    }
}

pub(super) async fn check_books(
    leads: &Arc<Leads>,
    _request: wire::CheckBooksRequest,
) -> Result<wire::CheckBooksResponse, Status> {
    let checked = leads.check_books().await;
    let checked = checked.map_err(|e| fault::status(&e))?;
    let Checked {
        findings,
        balances,
        counts,
    } = checked;
    let findings = findings.into_iter().map(|found| wire::BooksFinding {
        kind: found.kind.to_owned(),
        subject: found.subject,
        detail: found.detail,
    });
    let balances = balances
        .into_iter()
        .map(|(account, currency, micros)| wire::AccountBalance {
            account,
            currency,
            micros,
        });
    Ok(wire::CheckBooksResponse {
        findings: findings.collect(),
        balances: balances.collect(),
        transfers: counts.transfers,
        cost_lines: counts.cost_lines,
        income_lines: counts.income_lines,
    })
}
