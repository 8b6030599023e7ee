//! prices.toml: what we expect to pay, with dates (D4).

use crate::catalog::breach::Report;
use crate::catalog::model::{Expected, Price};
use crate::catalog::reader::Reader;

use super::{amount_fault, micros, money, money_table};

pub(super) fn read(mut root: Reader<'_>, report: &Report) -> (Option<Expected>, Vec<Price>) {
    let expected = root
        .table("expected", "expectation")
        .map(|reader| expected(reader, report));
    let prices = root
        .tables("price", "price")
        .into_iter()
        .map(|r| price(r, report))
        .collect();
    root.finish();
    (expected, prices)
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
