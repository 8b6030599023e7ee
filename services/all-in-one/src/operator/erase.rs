//! `bord erase PHONE`: a caller's data leave every store and the vendors, with a receipt for each
//! (B10). What is asked back on a terminal shows first what would go.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::Context as _;
use chassis::{client, mask};
use contracts::quality::v1 as quality;
use serde_json::json;

use super::hand::Who;
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

/// Vendors are asked one by one.
const LIMIT: Duration = Duration::from_secs(120);

#[derive(clap::Args)]
pub struct Args {
    /// The caller's number, E.164: +41791234567.
    #[arg(value_parser = e164)]
    phone: String,
    #[command(flatten)]
    who: Who,
    /// Shows what would be erased and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Does not ask back.
    #[arg(long)]
    yes: bool,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// Blanks may stand between the digits, as people write them.
fn e164(text: &str) -> Result<String, String> {
    let plain: String = text.chars().filter(|c| !" -()".contains(*c)).collect();
    let digits = plain.strip_prefix('+').unwrap_or_default();
    let sound = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if sound {
        Ok(plain)
    } else {
        Err("write the number with + and the country: +41791234567".to_owned())
    }
}

/// # Errors
/// When nobody said yes, a service refused, or something is still to be erased.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let actor = args.who.actor()?;
    let mut peers = Peers::from_process()?;
    if !args.dry_run && !args.yes {
        anyhow::ensure!(
            std::io::stdin().is_terminal(),
            "what is erased is gone: look with --dry-run, then say --yes"
        );
        let found = ask(&mut peers, &args.phone, &actor, true).await?;
        table(&found.receipts).print();
        terminal::note(format!(
            "\nThis erases {} for good, here and at the vendors. Type yes to go on:",
            mask::phone(&args.phone)
        ));
        let mut said = String::new();
        std::io::stdin()
            .read_line(&mut said)
            .context("no answer can be read")?;
        anyhow::ensure!(said.trim() == "yes", "nothing was erased");
    }
    let done = ask(&mut peers, &args.phone, &actor, args.dry_run).await?;
    if args.json {
        terminal::json(&as_json(&done));
    } else {
        if done.receipts.is_empty() {
            terminal::line("No store holds anything of this number.");
        } else {
            table(&done.receipts).print();
        }
        if args.dry_run {
            terminal::line("dry run: nothing was erased");
        }
    }
    complete(&done, args.dry_run)
}

async fn ask(
    peers: &mut Peers,
    phone: &str,
    actor: &str,
    dry_run: bool,
) -> anyhow::Result<quality::EraseCallerResponse> {
    let request = quality::EraseCallerRequest {
        phone_e164: phone.to_owned(),
        actor: actor.to_owned(),
        dry_run,
    };
    let asked = client::with_timeout(LIMIT, peers.quality.erase_caller(request)).await;
    let answer = asked.map_err(|s| explain("the caller cannot be erased", &s))?;
    Ok(answer.into_inner())
}

/// A dry run is complete when every store answered.
fn complete(done: &quality::EraseCallerResponse, dry_run: bool) -> anyhow::Result<()> {
    let silent: Vec<_> = done
        .receipts
        .iter()
        .filter(|receipt| !receipt.failure.is_empty())
        .map(|receipt| receipt.store.as_str())
        .collect();
    if !silent.is_empty() {
        anyhow::bail!(
            "not complete: {} did not answer. Run it again: a repeat goes on with what is left",
            silent.join(", ")
        );
    }
    anyhow::ensure!(
        dry_run || done.complete,
        "not complete: something is kept for now (see KEPT). Run it again when the reasons there \
         are over"
    );
    Ok(())
}

fn table(receipts: &[quality::ErasureReceipt]) -> Table {
    let mut table = Table::new(&["STORE", "RECORDS", "WHEN", "FAILURE", "KEPT"]);
    for receipt in receipts {
        table.row([
            receipt.store.clone(),
            receipt.count.to_string(),
            words::time(receipt.erase_time.as_ref()),
            words::or_dash(&receipt.failure),
            words::or_dash(&kept(receipt)),
        ]);
    }
    table
}

/// What stays, and whether a repeat would change that.
fn kept(receipt: &quality::ErasureReceipt) -> String {
    if receipt.kept.is_empty() {
        return String::new();
    }
    let until = if receipt.due { "for now" } else { "for good" };
    format!("{until}: {}", receipt.kept)
}

fn as_json(done: &quality::EraseCallerResponse) -> serde_json::Value {
    let receipts: Vec<_> = done
        .receipts
        .iter()
        .map(|r| {
            json!({
                "store": r.store, "count": r.count, "kept": r.kept, "due": r.due,
                "failure": r.failure, "erase_time": words::time(r.erase_time.as_ref()),
            })
        })
        .collect();
    json!({"receipts": receipts, "complete": done.complete})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_as_people_write_it_and_only_with_its_country() {
        assert_eq!(e164("+41 79 123 45 67").unwrap(), "+41791234567");
        assert_eq!(e164("+41(79)123-45-67").unwrap(), "+41791234567");
        for wrong in ["", "0791234567", "+0791234567", "+41", "+4179x234567"] {
            assert!(e164(wrong).is_err(), "{wrong}");
        }
    }

    /// B10: a receipt for each store, and what is not complete is an error.
    #[test]
    fn what_is_due_or_silent_makes_the_erasure_incomplete() {
        let receipt = |store: &str, kept: &str, failure: &str| quality::ErasureReceipt {
            store: store.into(),
            count: 2,
            kept: kept.into(),
            due: kept.contains("run again"),
            failure: failure.into(),
            erase_time: None,
        };
        let mut done = quality::EraseCallerResponse {
            receipts: vec![receipt("lead.lead", "", "")],
            complete: true,
        };
        assert!(complete(&done, false).is_ok());
        assert_eq!(
            table(&done.receipts).lines()[1],
            "lead.lead  2        -     -        -"
        );
        // What stays for good is told, and asks for nothing.
        done.receipts = vec![receipt("mailgun.messages", "Mailgun deletes none", "")];
        assert!(complete(&done, false).is_ok());
        let shown = table(&done.receipts).lines()[1].clone();
        assert!(
            shown.ends_with("  for good: Mailgun deletes none"),
            "{shown}"
        );
        done.receipts = vec![receipt("twilio.calls", "1 still there; run again", "")];
        done.complete = false;
        let shown = table(&done.receipts).lines()[1].clone();
        assert!(
            shown.ends_with("  for now: 1 still there; run again"),
            "{shown}"
        );
        assert!(complete(&done, true).is_ok(), "a dry run leaves everything");
        let told = complete(&done, false).unwrap_err().to_string();
        assert!(told.contains("KEPT"), "{told}");
        done.receipts
            .push(receipt("twilio.messages", "", "UNAVAILABLE"));
        let told = complete(&done, true).unwrap_err().to_string();
        assert!(
            told.contains("twilio.messages") && told.contains("again"),
            "{told}"
        );
        let json = as_json(&done);
        assert_eq!(json["receipts"][1]["failure"], "UNAVAILABLE");
        assert_eq!(json["receipts"][0]["due"], true);
        assert_eq!(json["receipts"][1]["due"], false);
    }
}
