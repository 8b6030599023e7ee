//! `bord call SITE`: a call through the vendor twin against what runs.

use anyhow::Context as _;
use chassis::config::Env;
use contracts::telephony::v1 as telephony;
use serde_json::{Value, json};

use crate::peers::{Peers, explain};
use crate::terminal;

#[derive(clap::Args)]
pub struct Args {
    /// The site: its id, or its address ("plombiersgeneve.ch").
    site: String,
    /// plumbing-french, dental-urgency, off-topic, spam-hangup, tennis-english, anonymous,
    /// two-needs, missing-location, voicemail, voicemail-silence.
    #[arg(long, default_value = "plumbing-french")]
    scenario: String,
    /// The caller's number, or "anonymous".
    #[arg(long, default_value = "+41791234567")]
    from: String,
    /// JSON: the whole outcome.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let twin = env.url_or("VENDOR_TWIN_URL", "http://127.0.0.1:8090");
    env.finish()?;
    chassis::telemetry::install_crypto();
    if vendor_twin::Scenario::from_name(&args.scenario).is_none() {
        anyhow::bail!(
            "--scenario {}: no such scenario; there are: {}",
            args.scenario,
            vendor_twin::SCENARIOS.join(", ")
        );
    }
    let number = number(&args.site).await?;
    let answer = chassis::http::client()
        .post(
            twin.join("/admin/calls")
                .context("the twin's address makes no URL")?,
        )
        .json(&json!({"from": args.from, "to": number, "scenario": args.scenario}))
        .timeout(std::time::Duration::from_secs(60))
        .send()
        .await
        .with_context(|| {
            format!("the vendor twin does not answer at {twin}: start everything with `bord up`")
        })?;
    anyhow::ensure!(
        answer.status().is_success(),
        "the vendor twin refused the call: {}",
        answer.status()
    );
    let outcome: Value = answer
        .json()
        .await
        .context("the vendor twin's answer cannot be read")?;
    if args.json {
        terminal::json(&outcome);
        return Ok(());
    }
    for step in outcome["steps"].as_array().into_iter().flatten() {
        terminal::line(format!(
            "{:>7} ms  {:<9} {}",
            step["at_ms"].as_u64().unwrap_or_default(),
            step["kind"].as_str().unwrap_or_default(),
            step["text"].as_str().unwrap_or_default().replace('\n', " "),
        ));
    }
    let reply = outcome["tool_calls"]
        .as_array()
        .and_then(|calls| calls.last())
        .map(|call| &call["response"]);
    let lead = reply
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    match lead
        .as_ref()
        .and_then(|lead| lead["lead_id"].as_str())
        .filter(|id| !id.is_empty())
    {
        Some(id) => terminal::line(format!("\nIt became a lead: bord lead {id}")),
        None => terminal::line("\nNo tool call made a lead; `bord leads` shows what there is."),
    }
    Ok(())
}

/// The number of a site given by id or by the host of its page.
async fn number(site: &str) -> anyhow::Result<String> {
    let mut peers = Peers::from_process()?;
    let sites = peers.sites().await?;
    let wanted = site.trim_start_matches("https://").trim_end_matches('/');
    let host = |url: &str| {
        url.trim_start_matches("https://")
            .trim_end_matches('/')
            .to_owned()
    };
    let Some(found) = sites
        .iter()
        .find(|s| s.site_id == wanted || host(&s.url) == wanted)
    else {
        let known: Vec<_> = sites.iter().map(|s| host(&s.url)).collect();
        anyhow::bail!("{site}: no such site; there are: {}", known.join(", "));
    };
    let numbers = peers
        .catalog
        .list_numbers(telephony::ListNumbersRequest {
            site_id: found.site_id.clone(),
            page_size: 1,
            ..Default::default()
        })
        .await
        .map_err(|s| explain("the numbers cannot be listed", &s))?
        .into_inner()
        .numbers;
    let first = numbers
        .into_iter()
        .next()
        .with_context(|| format!("{site} has no number yet"))?;
    Ok(first.number_e164)
}
