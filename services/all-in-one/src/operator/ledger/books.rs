//! `bord books`: recounts the books: all accounts together are zero in each currency, each lead and each
//! call has its lines exactly once. A finding makes exit code 1, and says what to do next.

use contracts::lead::v1 as lead;
use serde_json::{Value, json};

use crate::operator::money::{exact, figure};
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};

#[derive(clap::Args)]
pub struct Args {
    /// JSON, for scripts; amounts are decimal text.
    #[arg(long)]
    json: bool,
}

/// # Errors
/// When the books do not balance, after everything is shown.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let found = check(&mut Peers::from_process()?).await?;
    if args.json {
        terminal::json(&as_json(&found));
    } else {
        lines(&found).iter().for_each(terminal::line);
    }
    anyhow::ensure!(
        found.findings.is_empty(),
        "the books do not balance: {} findings",
        found.findings.len()
    );
    Ok(())
}

/// # Errors
/// lead-service refused or could not be asked.
pub async fn check(peers: &mut Peers) -> anyhow::Result<lead::CheckBooksResponse> {
    let found = peers.ledger.check_books(lead::CheckBooksRequest {}).await;
    let found = found.map_err(|s| explain("the books cannot be recounted", &s))?;
    Ok(found.into_inner())
}

/// "12 transfers, 9 cost lines, 1 income lines, 0 findings".
#[must_use]
pub fn summary(found: &lead::CheckBooksResponse) -> String {
    format!(
        "{} transfers, {} cost lines, {} income lines, {} findings",
        found.transfers,
        found.cost_lines,
        found.income_lines,
        found.findings.len()
    )
}

fn lines(found: &lead::CheckBooksResponse) -> Vec<String> {
    let mut out = vec![summary(found)];
    if !found.findings.is_empty() {
        let mut table = Table::new(&["FINDING", "ABOUT", "DETAIL"]);
        for one in &found.findings {
            table.row([&one.kind, &one.subject, &one.detail].map(String::as_str));
        }
        out.push(String::new());
        out.extend(table.lines());
        let mut kinds: Vec<&str> = found.findings.iter().map(|f| f.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        out.push(String::new());
        out.extend(kinds.iter().map(|kind| format!("{kind}: {}", next(kind))));
    }
    if !found.balances.is_empty() {
        let mut table = Table::new(&["ACCOUNT", "CURRENCY", "BALANCE"]).right(2..3);
        for one in &found.balances {
            let balance = figure(one.micros, &one.currency);
            table.row([&one.account, &one.currency, &balance].map(String::as_str));
        }
        out.push(String::new());
        out.extend(table.lines());
        out.push("Debit is above zero; all accounts of a currency together are zero.".to_owned());
    }
    out
}

/// What a person does about a finding.
fn next(kind: &str) -> &'static str {
    match kind {
        "OUT_OF_BALANCE" | "CHAIN_BROKEN" => {
            "entries refuse every change, so somebody wrote past the service: send no statement, and \
             follow BordBooksFindings in k8s/docs/runbooks.md"
        }
        "LINE_MISSING" | "LINE_DIFFERS" => {
            "while a new price list is reckoned with, the books lag behind it: run this again in a \
             minute; what is left was changed by hand: put it back, see BordBooksFindings in \
             k8s/docs/runbooks.md"
        }
        "INCOME_MISSING" | "INCOME_DIFFERS" => {
            "`bord economics --lead LEAD` shows what was booked and `bord lead LEAD` what happened; \
             send that provider no statement, and credit what was charged in excess with `bord credit`"
        }
        _ => "what runs there knows findings that this `bord` does not: update it",
    }
}

fn as_json(found: &lead::CheckBooksResponse) -> Value {
    let findings = found
        .findings
        .iter()
        .map(|one| json!({"kind": one.kind, "subject": one.subject, "detail": one.detail}));
    let balances = found.balances.iter().map(|one| {
        json!({
            "account": one.account, "currency": one.currency,
            "balance": exact(one.micros, &one.currency),
        })
    });
    json!({
        "findings": findings.collect::<Vec<_>>(), "balances": balances.collect::<Vec<_>>(),
        "transfers": found.transfers, "cost_lines": found.cost_lines,
        "income_lines": found.income_lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_finding_says_what_to_do_and_balances_have_their_sign() {
        let kinds = [
            "OUT_OF_BALANCE",
            "CHAIN_BROKEN",
            "LINE_MISSING",
            "LINE_DIFFERS",
            "INCOME_MISSING",
            "INCOME_DIFFERS",
        ];
        let found = lead::CheckBooksResponse {
            findings: kinds
                .map(|kind| lead::BooksFinding {
                    kind: kind.into(),
                    subject: "EUR".into(),
                    detail: "-5".into(),
                })
                .into(),
            balances: vec![lead::AccountBalance {
                account: "payable:twilio".into(),
                currency: "USD".into(),
                micros: -8_500,
            }],
            transfers: 12,
            cost_lines: 9,
            income_lines: 1,
        };
        let shown = lines(&found).join("\n");
        assert!(
            shown.starts_with("12 transfers, 9 cost lines, 1 income lines, 6 findings"),
            "{shown}"
        );
        assert!(
            shown.contains("payable:twilio  USD       -0.0085"),
            "{shown}"
        );
        for kind in kinds {
            assert!(
                shown.contains(&format!("\n{kind}: ")),
                "{kind} in:\n{shown}"
            );
            assert!(!next(kind).contains("update it"), "{kind}");
        }
        assert_eq!(as_json(&found)["balances"][0]["balance"], "-0.0085");
    }
}
