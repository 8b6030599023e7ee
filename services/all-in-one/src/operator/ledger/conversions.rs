//! `bord conversions`: leads that came by an advertisement (R35), with their value; as CSV in the columns
//! of Google Ads' offline import, for those that exactly one click explains.

use contracts::lead::v1 as lead;
use serde_json::{Value, json};

use super::period::Span;
use super::shape;
use super::sheet::{Cell, Sheet};
use crate::operator::money::{exact, told};
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

const PAGE: i32 = 1_000;

#[derive(clap::Args)]
pub struct Args {
    /// Only this site's.
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    #[command(flatten)]
    days: Span,
    /// What the conversion is called where it is imported.
    #[arg(long, value_name = "TEXT", default_value = "Lead")]
    name: String,
    /// JSON, for scripts; amounts are decimal text.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV, as Google Ads takes it.
    #[arg(long)]
    csv: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let (from_time, until_time) = args.days.bounds()?;
    let mut peers = Peers::from_process()?;
    let request = lead::ListConversionsRequest {
        site_id: args.site.unwrap_or_default(),
        from_time,
        until_time,
        page_size: PAGE,
        page_token: String::new(),
    };
    let found = all(&mut peers, request).await?;
    if args.csv {
        terminal::raw(sheet(&args.name, &found)?);
    } else if args.json {
        terminal::json(&found.iter().map(as_json).collect());
    } else {
        lines(&found).iter().for_each(terminal::line);
    }
    Ok(())
}

async fn all(
    peers: &mut Peers,
    mut request: lead::ListConversionsRequest,
) -> anyhow::Result<Vec<lead::Conversion>> {
    let mut found = Vec::new();
    loop {
        let page = peers.ledger.list_conversions(request.clone()).await;
        let page = page.map_err(|s| explain("the conversions cannot be listed", &s))?;
        let page = page.into_inner();
        found.extend(page.conversions);
        if page.next_page_token.is_empty() {
            return Ok(found);
        }
        request.page_token = page.next_page_token;
    }
}

/// Its header is Google's; a value that is not known yet is left empty, for it is not zero.
///
/// # Errors
/// It cannot be written.
pub fn sheet(name: &str, found: &[lead::Conversion]) -> anyhow::Result<String> {
    let mut sheet = Sheet::new(&[
        "Google Click ID",
        "Conversion Name",
        "Conversion Time",
        "Conversion Value",
        "Conversion Currency",
    ])?;
    for one in found.iter().filter(|one| !one.click_id.is_empty()) {
        let value = one.value.as_ref();
        sheet.row([
            Cell::text(&one.click_id),
            Cell::text(name),
            Cell::text(zoned(one)),
            value.map_or(Cell::Nothing, |v| {
                Cell::Number(exact(v.micros, &v.currency))
            }),
            Cell::text(value.map_or("", |v| v.currency.as_str())),
        ])?;
    }
    sheet.text()
}

/// "2026-11-21 09:30:36+00:00": the zone belongs to it.
fn zoned(one: &lead::Conversion) -> String {
    let at = words::instant(one.conversion_time.as_ref());
    at.map_or_else(String::new, |at| {
        at.format("%Y-%m-%d %H:%M:%S%:z").to_string()
    })
}

fn lines(found: &[lead::Conversion]) -> Vec<String> {
    if found.is_empty() {
        return vec!["No lead was made then.".to_owned()];
    }
    let mut table = Table::new(&["TIME", "SITE", "CLICK", "VALUE", "LEAD"]);
    for one in found {
        let value = one.value.as_ref();
        table.row([
            words::time(one.conversion_time.as_ref()),
            words::or_dash(&one.site_id),
            match (one.click_id.as_str(), one.ambiguous) {
                ("", true) => "ambiguous".to_owned(),
                (click, _) => words::or_dash(&words::said(click)),
            },
            value.map_or_else(|| "unknown".to_owned(), |v| told(v.micros, &v.currency)),
            one.lead_id.clone(),
        ]);
    }
    let mut out = table.lines();
    let linked = found.iter().filter(|one| !one.click_id.is_empty()).count();
    out.extend([
        String::new(),
        format!(
            "{linked} of {} came by one click that stood in the ten minutes before the call; --csv \
             writes those.",
            found.len()
        ),
    ]);
    out
}

fn as_json(one: &lead::Conversion) -> Value {
    json!({
        "lead_id": one.lead_id, "site_id": one.site_id, "click_id": one.click_id,
        "ambiguous": one.ambiguous, "conversion_time": words::time(one.conversion_time.as_ref()),
        "value": shape::amount(one.value.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversion(click_id: &str, value: Option<(i64, &str)>) -> lead::Conversion {
        lead::Conversion {
            lead_id: "0b5f".into(),
            site_id: "geneva-dental".into(),
            click_id: click_id.into(),
            ambiguous: click_id.is_empty(),
            conversion_time: Some(prost_types::Timestamp {
                seconds: 1_795_253_436,
                nanos: 500_000_000,
            }),
            value: value.map(|(micros, currency)| lead::Amount {
                micros,
                currency: currency.into(),
            }),
        }
    }

    /// R35.
    #[test]
    fn google_gets_click_name_time_with_zone_value_and_currency() {
        let found = [
            conversion("Cj0KCQ", Some((100_000_000, "EUR"))),
            conversion("", Some((67_500_000, "CHF"))),
            conversion("=HYPERLINK(1)", None),
            conversion("yen", Some((450_000_000, "JPY"))),
        ];
        assert_eq!(
            sheet("Lead, paid", &found).unwrap(),
            "Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency\r\n\
             \"Cj0KCQ\",\"Lead, paid\",\"2026-11-21 09:30:36+00:00\",100.00,\"EUR\"\r\n\
             \"'=HYPERLINK(1)\",\"Lead, paid\",\"2026-11-21 09:30:36+00:00\",\"\",\"\"\r\n\
             \"yen\",\"Lead, paid\",\"2026-11-21 09:30:36+00:00\",450,\"JPY\"\r\n"
        );
    }

    #[test]
    fn a_value_that_is_not_known_yet_is_unknown_and_a_click_among_several_ambiguous() {
        let found = [
            conversion("Cj0KCQ", None),
            conversion("", Some((100_000_000, "EUR"))),
        ];
        let shown = lines(&found).join("\n");
        for part in ["Cj0KCQ     unknown", "ambiguous  EUR 100.00", "1 of 2 came"] {
            assert!(shown.contains(part), "« {part} » is missing in:\n{shown}");
        }
        assert_eq!(as_json(&found[0])["value"], Value::Null);
        assert_eq!(as_json(&found[1])["value"]["amount"], "100.00");
    }
}
