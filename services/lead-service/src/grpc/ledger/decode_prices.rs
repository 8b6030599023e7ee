//! From the wire to a price list: every fault at once, each with its field, rule and remedy.

use std::collections::BTreeMap;

use chassis::fault::{InvalidRequest, Violations};
use chrono::NaiveDate;
use contracts::lead::v1 as wire;

use super::money;
use crate::domain::ledger::divergence::Planned;
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::ledger::price::{Item, Price};
use crate::domain::ledger::price_list::{DEFAULT_CREDIT_DAYS, ListedRate, PriceList};
use crate::domain::ledger::rate::Rate;

const LONGEST_LIST: usize = 5000;
const CURRENCY: &str = "must be an ISO 4217 code, such as CHF";
const DATE: &str = "must be a day as 2026-01-31";

/// The list, and whether it is only compared.
pub(super) fn price_list(
    request: wire::PutPriceListRequest,
) -> Result<(PriceList, bool), InvalidRequest> {
    let wire::PutPriceListRequest {
        prices,
        rates,
        expected,
        report_currency,
        credit_days,
        dry_run,
    } = request;
    let mut v = Violations::new();
    if prices.is_empty() {
        v.add("prices", "must hold at least one price");
    }
    for (field, length) in [("prices", prices.len()), ("rates", rates.len())] {
        if length > LONGEST_LIST {
            v.add(
                field,
                "must hold at most 5000; drop those that lie in the past",
            );
        }
    }
    let mut places = BTreeMap::new();
    let mut decoded = Vec::new();
    for (i, said) in prices.into_iter().enumerate() {
        let Some(price) = price(&mut v, &format!("prices[{i}]"), said) else {
            continue;
        };
        let key = (price.item, price.country.clone(), price.from);
        if let Some(first) = places.insert(key, i) {
            let rule =
                format!("must not have item, country and day of prices[{first}]; keep one of them");
            v.add(format!("prices[{i}]"), rule);
        }
        decoded.push(price);
    }
    let rates = self::rates(&mut v, rates);
    let report = match report_currency.as_str() {
        "" => Some(Currency::EUR),
        code => currency(&mut v, "report_currency", code),
    };
    let credit_days = credit_days.unwrap_or(DEFAULT_CREDIT_DAYS);
    if !(1..=3650).contains(&credit_days) {
        v.add("credit_days", "must be from 1 to 3650; leave it out for 14");
    }
    let expected = self::expected(&mut v, expected.unwrap_or_default());
    v.finish()?;
    let list = PriceList {
        prices: decoded,
        rates,
        report: report.unwrap_or(Currency::EUR),
        credit_days,
        expected,
    };
    Ok((list, dry_run))
}

fn price(v: &mut Violations, at: &str, said: wire::Price) -> Option<Price> {
    let field = |name: &str| format!("{at}.{name}");
    let item = said.item.parse::<Item>().ok();
    if item.is_none() {
        let known = Item::ALL.map(Item::name).join(", ");
        v.add(field("item"), format!("must be one of {known}"));
    }
    let letters = said.country.bytes().all(|b| b.is_ascii_uppercase());
    let known = letters && matches!(said.country.len(), 0 | 2);
    if !known {
        let rule = "must be a country by ISO 3166-1 alpha-2, such as CH, or empty for every country \
                    without a price of its own";
        v.add(field("country"), rule);
    }
    let amount = amount(v, &field("amount"), said.amount.as_ref(), true);
    let from = date(v, &field("from_date"), &said.from_date);
    Some(Price {
        item: item?,
        country: known.then_some((!said.country.is_empty()).then_some(said.country))?,
        amount: amount?,
        from: from?,
    })
}

fn rates(v: &mut Violations, said: Vec<wire::ExchangeRate>) -> Vec<ListedRate> {
    let mut places = BTreeMap::new();
    let mut decoded = Vec::new();
    for (i, said) in said.into_iter().enumerate() {
        let at = format!("rates[{i}]");
        let Some(rate) = rate(v, &at, said) else {
            continue;
        };
        let key = (rate.from, rate.to, rate.since);
        if let Some(first) = places.insert(key, i) {
            let rule =
                format!("must not have currencies and day of rates[{first}]; keep one of them");
            v.add(at, rule);
        }
        decoded.push(rate);
    }
    decoded
}

fn rate(v: &mut Violations, at: &str, said: wire::ExchangeRate) -> Option<ListedRate> {
    let field = |name: &str| format!("{at}.{name}");
    let from = currency(v, &field("from_currency"), &said.from_currency);
    let to = currency(v, &field("to_currency"), &said.to_currency);
    let since = date(v, &field("from_date"), &said.from_date);
    // The number is checked whatever the rest is.
    let (a, b) = (Currency::EUR, "XXX".parse::<Currency>().ok()?);
    if Rate::new(a, b, &said.rate, NaiveDate::default()).is_err() {
        let rule = "must be a decimal number above 0 with at most nine digits, such as 0.93485";
        v.add(field("rate"), rule);
        return None;
    }
    let (from, to, since) = (from?, to?, since?);
    if from == to {
        v.add(field("to_currency"), "must be another than from_currency");
        return None;
    }
    Some(ListedRate {
        from,
        to,
        since,
        rate: said.rate,
    })
}

fn expected(v: &mut Violations, said: wire::Expected) -> Planned {
    let seconds = said.call_duration.map(|length| length.seconds);
    if seconds.is_some_and(|seconds| !(1..=86_400).contains(&seconds)) {
        v.add("expected.call_duration", "must be from 1 second to a day");
    }
    let mut figure = |name: &str, said: Option<wire::Amount>| {
        said.and_then(|said| amount(v, &format!("expected.{name}"), Some(&said), true))
    };
    Planned {
        call_seconds: seconds,
        cost_per_lead: figure("cost_per_lead", said.cost_per_lead),
        agent_per_call: figure("agent_per_call", said.agent_per_call),
    }
}

/// Zero or above; left out where it need not be there.
pub(super) fn amount(
    v: &mut Violations,
    field: &str,
    said: Option<&wire::Amount>,
    required: bool,
) -> Option<Amount> {
    let Some(said) = said else {
        if required {
            v.add(field, "is required");
        }
        return None;
    };
    if said.micros < 0 {
        v.add(format!("{field}.micros"), "must be zero or above");
    }
    let read = money::read(said).ok();
    if read.is_none() {
        v.add(format!("{field}.currency"), CURRENCY);
    }
    read.filter(|amount| amount.micros >= 0)
}

fn currency(v: &mut Violations, field: &str, code: &str) -> Option<Currency> {
    let parsed = code.parse().ok();
    if parsed.is_none() {
        v.add(field, CURRENCY);
    }
    parsed
}

fn date(v: &mut Violations, field: &str, text: &str) -> Option<NaiveDate> {
    let parsed = text.parse::<NaiveDate>().ok();
    // A year of four digits, so that days stand in the same order as their texts.
    let day = parsed.filter(|day| day.to_string() == text && text.len() == 10);
    if day.is_none() {
        v.add(field, DATE);
    }
    day
}
