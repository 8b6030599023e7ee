//! prices.toml: what we expect to pay, with dates (D4), and how currencies compare.

use crate::catalog::breach::Report;
use crate::catalog::model::{Expected, LedgerRules, Price, Prices, Rate};
use crate::catalog::reader::Reader;

use super::{amount_fault, micros, money, money_table};

/// Most digits of a rate that the ledger reckons with.
const RATE_DIGITS: usize = 9;

pub(super) fn read(mut root: Reader<'_>, report: &Report) -> Prices {
    let rules = root.maybe_table("ledger", "ledger").map(rules);
    let expected = root
        .table("expected", "expectation")
        .map(|reader| expected(reader, report));
    let rates = root.maybe_tables("rate", "rate");
    let prices = root.tables("price", "price");
    root.finish();
    Prices {
        rules: rules.unwrap_or_default(),
        expected,
        prices: prices.into_iter().map(|r| price(r, report)).collect(),
        rates: rates.into_iter().map(|r| rate(r, report)).collect(),
    }
}

fn rules(mut reader: Reader<'_>) -> LedgerRules {
    let defaults = LedgerRules::default();
    let report_currency = reader.maybe_text("report_currency");
    let credit_days = reader.maybe_integer("credit_days");
    LedgerRules {
        report_currency: report_currency.unwrap_or(defaults.report_currency),
        credit_days: credit_days.unwrap_or(defaults.credit_days),
        at: reader.finish(),
    }
}

fn expected(mut reader: Reader<'_>, report: &Report) -> Expected {
    let from = reader.date("from");
    let minutes = reader.text("call_minutes");
    let cost_per_lead = money_table(reader.table("cost_per_lead", "price"), report);
    let at = reader.finish();
    let milliminutes = micros(&minutes).map(|micros| micros / 1000);
    if milliminutes.is_none() {
        let message =
            format!("`call_minutes` is \"{minutes}\": write a decimal, such as \"3\" or \"2.5\"");
        report.error(at.field("call_minutes"), "format", message);
    }
    Expected {
        from,
        call_milliminutes: milliminutes.unwrap_or_default(),
        cost_per_lead,
        at,
    }
}

fn price(mut reader: Reader<'_>, report: &Report) -> Price {
    let item = reader.text("item");
    let country = reader.maybe_text("country");
    let (price, amount) = money(&mut reader);
    let from = reader.date("from");
    let at = reader.finish();
    if price.is_none() {
        report.error(at.field("amount"), "format", amount_fault(&amount));
    }
    Price {
        item,
        country,
        price,
        from,
        at,
    }
}

fn rate(mut reader: Reader<'_>, report: &Report) -> Rate {
    let from_currency = reader.text("from_currency");
    let to_currency = reader.text("to_currency");
    let rate = reader.text("rate");
    let from = reader.date("from");
    let at = reader.finish();
    if !is_rate(&rate) {
        let message = format!(
            "`rate` is \"{rate}\": write a decimal above 0 of at most {RATE_DIGITS} digits, such as \"0.9312\""
        );
        report.error(at.field("rate"), "format", message);
    }
    Rate {
        from_currency,
        to_currency,
        rate,
        from,
        at,
    }
}

/// A decimal above zero; never a float.
fn is_rate(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !whole.is_empty()
        && !text.ends_with('.')
        && digits(whole)
        && digits(part)
        && text.bytes().any(|b| (b'1'..=b'9').contains(&b))
        && part.len() <= RATE_DIGITS
        && whole.trim_start_matches('0').len() + part.len() <= RATE_DIGITS
}

#[cfg(test)]
mod tests {
    use super::is_rate;

    #[test]
    fn a_rate_is_a_decimal_above_zero_of_at_most_nine_digits() {
        for right in ["0.8539", "1", "12.5", "0.000061", "0.123456789"] {
            assert!(is_rate(right), "{right}");
        }
        for wrong in [
            "",
            "0",
            "0.00",
            "-1",
            "1.",
            ".5",
            "1,5",
            "1e3",
            "0.1234567891",
            "1234567890",
            "12345.67891",
        ] {
            assert!(!is_rate(wrong), "{wrong}");
        }
    }
}
