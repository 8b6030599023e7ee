//! `bord economics`: what calls and leads cost and bring in, side by side (R81, B9): by site, city,
//! category, provider, agent, lead or month; with `--lead`, everything that stands for one lead.

use contracts::lead::v1 as wire;

use super::period::Period;
use super::{lead, rows, shape};
use crate::operator::named;
use crate::peers::{Peers, explain};
use crate::terminal;

const PAGE: i32 = 1_000;

#[derive(clap::Args)]
pub struct Args {
    /// By what rows are made.
    #[arg(long, value_enum, default_value_t = Group::Site)]
    group: Group,
    #[command(flatten)]
    period: Period,
    /// Only this site's.
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// Everything of one lead: its id, the first characters of it, or its reference.
    #[arg(long, value_name = "LEAD", conflicts_with_all = ["group", "month", "from", "until", "site"])]
    lead: Option<String>,
    /// JSON, for scripts; amounts are decimal text.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV, for spreadsheets.
    #[arg(long)]
    csv: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Group {
    Site,
    City,
    Category,
    Provider,
    Agent,
    Lead,
    Month,
}

impl Group {
    fn wire(self) -> wire::EconomicsGroup {
        match self {
            Self::Site => wire::EconomicsGroup::Site,
            Self::City => wire::EconomicsGroup::City,
            Self::Category => wire::EconomicsGroup::Category,
            Self::Provider => wire::EconomicsGroup::Provider,
            Self::Agent => wire::EconomicsGroup::Agent,
            Self::Lead => wire::EconomicsGroup::Lead,
            Self::Month => wire::EconomicsGroup::Month,
        }
    }

    /// "site".
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::City => "city",
            Self::Category => "category",
            Self::Provider => "provider",
            Self::Agent => "agent",
            Self::Lead => "lead",
            Self::Month => "month",
        }
    }
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    if let Some(name) = &args.lead {
        let found = one(&mut peers, name).await?;
        if args.csv {
            terminal::raw(lead::sheet(&found)?);
        } else if args.json {
            terminal::json(&lead::as_json(&found));
        } else {
            lead::lines(&found).iter().for_each(terminal::line);
        }
        return Ok(());
    }
    let (from_time, until_time) = args.period.bounds()?;
    let request = wire::GetEconomicsRequest {
        group: args.group.wire().into(),
        from_time,
        until_time,
        site_id: args.site.unwrap_or_default(),
        page_size: PAGE,
        ..Default::default()
    };
    let found = all(&mut peers, request).await?;
    if args.csv {
        terminal::raw(shape::sheet(args.group, &found)?);
    } else if args.json {
        terminal::json(&shape::as_json(args.group, &found));
    } else {
        let lines = rows::lines(args.group, &found, terminal::width());
        lines.iter().for_each(terminal::line);
    }
    Ok(())
}

/// All pages as one answer.
///
/// # Errors
/// lead-service refused or could not be asked.
pub async fn all(
    peers: &mut Peers,
    mut request: wire::GetEconomicsRequest,
) -> anyhow::Result<wire::GetEconomicsResponse> {
    let mut whole: Option<wire::GetEconomicsResponse> = None;
    loop {
        let page = peers.ledger.get_economics(request.clone()).await;
        let page = page.map_err(|s| explain("the economics cannot be read", &s))?;
        let page = page.into_inner();
        request.page_token = page.next_page_token.clone();
        // All pages are of one period, also where a month ends between them.
        request.from_time = page.from_time;
        request.until_time = page.until_time;
        match &mut whole {
            Some(whole) => whole.rows.extend(page.rows),
            None => whole = Some(page),
        }
        if request.page_token.is_empty() {
            return Ok(whole.unwrap_or_default());
        }
    }
}

/// The economics of the lead that a text names.
///
/// # Errors
/// No lead is named so, or lead-service could not be asked.
pub async fn one(peers: &mut Peers, name: &str) -> anyhow::Result<wire::GetLeadEconomicsResponse> {
    let lead_id = named::lead_id(peers, name).await?;
    let request = wire::GetLeadEconomicsRequest { lead_id };
    let found = peers.ledger.get_lead_economics(request).await;
    let found = found.map_err(|s| explain("what the lead cost cannot be read", &s))?;
    Ok(found.into_inner())
}
