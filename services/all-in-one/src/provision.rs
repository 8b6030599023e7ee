//! `bord provision`: each number of the catalogue gets its webhooks at Twilio, so that it rings here. One
//! that the account does not own yet is bought. Where the vendor twin stands in for the vendors, the
//! sites' made-up pages are given their numbers as well.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chassis::config::Env;
use contracts::telephony::v1 as telephony;
use serde_json::json;
use url::Url;

use crate::peers::{Peers, explain};
use crate::terminal;

#[derive(clap::Args)]
pub struct Args {
    /// The sites' ids; leave them out with --all.
    #[arg(
        value_name = "SITE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    sites: Vec<String>,
    /// The numbers of every site.
    #[arg(long)]
    all: bool,
}

/// # Errors
/// The first number that cannot be had; a site without a number, or no number at all.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let twin = env.url_optional("VENDOR_TWIN_URL");
    env.finish()?;
    let mut peers = Peers::from_process()?;
    let mut numbers = Vec::new();
    for site in &args.sites {
        let found = listed(&mut peers, site).await?;
        anyhow::ensure!(
            !found.is_empty(),
            "{site} has no number: declare one in the catalogue, then `bord catalog apply`"
        );
        numbers.extend(found);
    }
    if args.all {
        numbers = listed(&mut peers, "").await?;
    }
    anyhow::ensure!(
        !numbers.is_empty(),
        "there is no number yet: `bord catalog apply` first"
    );
    for number in numbers {
        let (number, bought) = provisioned(&mut peers, &number).await?;
        let how = if bought { "bought, and " } else { "" };
        terminal::line(format!(
            "{}  {}  {how}rings here",
            number.number_e164, number.site_id
        ));
    }
    if let Some(twin) = twin {
        let pages = publish(&mut peers, &twin).await?;
        terminal::line(format!("{pages} pages at the vendor twin show them"));
    }
    Ok(())
}

/// Gives every number the webhooks at Twilio that ring here.
///
/// # Errors
/// The first number that cannot be had.
pub async fn everything(peers: &mut Peers) -> anyhow::Result<Vec<telephony::Number>> {
    let mut done = Vec::new();
    for number in listed(peers, "").await? {
        done.push(provisioned(peers, &number).await?.0);
    }
    Ok(done)
}

/// The numbers of a site, or all.
async fn listed(peers: &mut Peers, site: &str) -> anyhow::Result<Vec<telephony::Number>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = peers
            .catalog
            .list_numbers(telephony::ListNumbersRequest {
                site_id: site.to_owned(),
                page_size: 200,
                page_token: token,
            })
            .await
            .map_err(|s| explain("the numbers cannot be listed", &s))?
            .into_inner();
        found.extend(page.numbers);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

async fn provisioned(
    peers: &mut Peers,
    number: &telephony::Number,
) -> anyhow::Result<(telephony::Number, bool)> {
    let asked = telephony::ProvisionNumberRequest {
        site_id: number.site_id.clone(),
        number_e164: number.number_e164.clone(),
        ..Default::default()
    };
    let answer = peers.catalog.provision_number(asked).await;
    let answer = answer
        .map_err(|s| explain(&format!("{} cannot be provisioned", number.number_e164), &s))?
        .into_inner();
    Ok((answer.number.unwrap_or_default(), answer.bought))
}

/// Puts each site's first number on its made-up page, which the twin serves (R8); how many.
async fn publish(peers: &mut Peers, twin: &Url) -> anyhow::Result<usize> {
    let url = twin
        .join("/admin/pages")
        .context("VENDOR_TWIN_URL makes no URL")?;
    let sites = peers.sites().await?;
    let mut first = BTreeMap::new();
    for number in listed(peers, "").await? {
        first.entry(number.site_id).or_insert(number.number_e164);
    }
    let http = chassis::http::client();
    let mut pages = 0;
    for site in sites {
        let host = Url::parse(&site.url).ok();
        let host = host.as_ref().and_then(Url::host_str);
        let (Some(host), Some(number)) = (host, first.get(&site.site_id)) else {
            continue;
        };
        let answer = http
            .post(url.clone())
            .json(&json!({"host": host, "number": number}))
            .send()
            .await
            .with_context(|| format!("the vendor twin does not answer at {twin}"))?;
        anyhow::ensure!(
            answer.status().is_success(),
            "the vendor twin refused the page of {host}: {}",
            answer.status()
        );
        pages += 1;
    }
    Ok(pages)
}
