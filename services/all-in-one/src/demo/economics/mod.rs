//! The last chapter: the work is billed, what the lead cost stands beside what it brings in, the site's
//! table adds up, and the books balance. Every figure that is shown is checked against another.

mod sums;

use std::collections::BTreeMap;

use anyhow::Context as _;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::roster::v1 as roster;

use self::sums::{adds_up, agree};
use super::aftermath::SOON;
use super::teller::Teller;
use crate::fault::DemoFault;
use crate::operator::ledger::economics::Group;
use crate::operator::ledger::{books, economics, lead as one_lead, rows};
use crate::operator::money;
use crate::peers::explain;
use crate::running::Running;
use crate::terminal;

/// What the provider of the story bills, in minor units.
const BILLED: i64 = 45_000;
const FRANCS: &str = "CHF";

/// The provider tells the result; the operator books it.
pub(super) async fn billed(
    teller: &mut Teller,
    up: &mut Running,
    given: &lead::Lead,
    fault: Option<DemoFault>,
) -> anyhow::Result<()> {
    use lead::result::Result as Kind;
    let result = match fault {
        Some(DemoFault::Income) => Kind::Lost(lead::Lost {
            reason: "too dear".to_owned(),
        }),
        _ => Kind::Won(lead::Won {
            amount_minor: BILLED,
            currency: FRANCS.to_owned(),
        }),
    };
    let request = lead::CloseLeadRequest {
        lead_id: given.lead_id.clone(),
        attempt: 0,
        actor: "operator:demo".to_owned(),
        result: Some(lead::Result {
            result: Some(result),
        }),
    };
    let closed = up.peers.leads.close_lead(request).await;
    let closed = closed.map_err(|s| explain("the lead cannot be closed", &s))?;
    let closed = closed.into_inner().lead.unwrap_or_default();
    let state = crate::words::lead_state(closed.state);
    teller.say(format!(
        "{} tells what came of it: {state}",
        given.provider_id
    ));
    Ok(())
}

/// Cost by part and line, income, margin.
pub(super) async fn of_lead(
    teller: &mut Teller,
    up: &mut Running,
    given: &lead::Lead,
) -> anyhow::Result<lead::GetLeadEconomicsResponse> {
    let found = told(up, &given.lead_id).await?;
    for line in one_lead::lines(&found) {
        terminal::line(format!("   {line}").trim_end());
    }
    for line in &found.cost_lines {
        anyhow::ensure!(
            line.amount.is_some() == line.unknown_reason.is_empty(),
            "a cost line of {} is neither known nor said to be unknown with a reason",
            crate::words::cost_part(line.part)
        );
    }
    let row = found.row.as_ref().context("the lead has no figures")?;
    adds_up(row)?;
    let unknown = found
        .cost_lines
        .iter()
        .filter(|l| l.amount.is_none())
        .count();
    teller.say(match unknown {
        0 => "each of its cost lines is known".to_owned(),
        many => format!("{many} of its cost lines are unknown, with the reason beside each"),
    });
    income(teller, up, given, &found).await?;
    Ok(found)
}

/// The lead's figures once the call's and every message's cost is told.
async fn told(up: &mut Running, id: &str) -> anyhow::Result<lead::GetLeadEconomicsResponse> {
    use lead::CostPart as P;
    let until = tokio::time::Instant::now() + SOON;
    loop {
        let taken = taken(up, id).await?;
        let found = economics::one(&mut up.peers, id).await?;
        let many = |parts: &[P]| {
            let lines = found.cost_lines.iter();
            lines.filter(|line| parts.contains(&line.part())).count()
        };
        let (carrier, agent) = (many(&[P::Carrier]), many(&[P::Agent]));
        // The call's summary is mailed as well.
        let messages = many(&[P::Sms, P::Whatsapp, P::Email]);
        if carrier == 1 && agent == 1 && messages == taken + 1 {
            return Ok(found);
        }
        anyhow::ensure!(
            tokio::time::Instant::now() < until,
            "the lead has {carrier} cost lines of the carrier, {agent} of the agent and {messages} of \
             messages, not one, one and {}",
            taken + 1
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// How many messages about the lead a carrier took.
async fn taken(up: &mut Running, id: &str) -> anyhow::Result<usize> {
    let request = notification::ListDeliveriesRequest {
        lead_id: id.to_owned(),
        page_size: 200,
        ..Default::default()
    };
    let listed = up.peers.notification.list_deliveries(request).await;
    let listed = listed.map_err(|s| explain("the messages cannot be listed", &s))?;
    let deliveries = listed.into_inner().deliveries;
    // The call's summary is a line of the call, whether or not it names the lead.
    let of_lead = deliveries.iter();
    let of_lead = of_lead.filter(|d| !d.message_key.starts_with("summary:"));
    Ok(of_lead.filter(|d| d.accept_time.is_some()).count())
}

/// What the provider owes is what its terms say, to the minor unit.
async fn income(
    teller: &mut Teller,
    up: &mut Running,
    given: &lead::Lead,
    found: &lead::GetLeadEconomicsResponse,
) -> anyhow::Result<()> {
    let line = found
        .incomes
        .iter()
        .find(|one| one.provider_id == given.provider_id);
    let line = line.filter(|one| one.state() == lead::IncomeState::Due);
    let line = line.context("the lead brought in nothing")?;
    let request = roster::GetProviderRequest {
        provider_id: given.provider_id.clone(),
    };
    let provider = up.peers.roster.get_provider(request).await;
    let provider = provider.map_err(|s| explain("the provider cannot be read", &s))?;
    let terms = provider.into_inner().provider.and_then(|one| one.terms);
    let terms = terms.and_then(|terms| terms.terms);
    use roster::payout_terms::Terms;
    let (minor, currency) = match terms.context("the provider has no terms")? {
        Terms::Flat(flat) => (flat.amount_minor, flat.currency),
        // The story's amounts leave nothing to round.
        Terms::PercentHundredths(percent) => {
            (BILLED * i64::from(percent) / 10_000, FRANCS.to_owned())
        }
    };
    let wanted = money::shown(minor, &currency);
    let charged = line.charged.clone().unwrap_or_default();
    let charged = format!(
        "{} {}",
        money::exact(charged.micros, &charged.currency),
        charged.currency
    );
    anyhow::ensure!(
        charged == wanted,
        "{} is charged {charged}, and owes {wanted} by its terms",
        given.provider_id
    );
    teller.say(format!(
        "{} owes {charged}, as its terms say",
        given.provider_id
    ));
    Ok(())
}

/// The table of the site, and that its leads bear exactly what it cost.
pub(super) async fn of_site(
    teller: &mut Teller,
    up: &mut Running,
    site: &str,
    of_lead: &lead::GetLeadEconomicsResponse,
) -> anyhow::Result<()> {
    let asked = |group: lead::EconomicsGroup| lead::GetEconomicsRequest {
        group: group.into(),
        site_id: site.to_owned(),
        page_size: 1_000,
        ..Default::default()
    };
    let until = tokio::time::Instant::now() + SOON;
    loop {
        let table = economics::all(&mut up.peers, asked(lead::EconomicsGroup::Site)).await?;
        let leads = economics::all(&mut up.peers, asked(lead::EconomicsGroup::Lead)).await?;
        let judged = agree(&table, &leads, of_lead);
        // What other callers' messages cost may be told between the two questions.
        if judged.is_err() && tokio::time::Instant::now() < until {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        }
        for line in rows::lines(Group::Site, &table, terminal::width()) {
            terminal::line(format!("   {line}").trim_end());
        }
        judged?;
        teller.say("its leads together bear exactly what it cost");
        return Ok(());
    }
}

/// The books, recounted.
pub(super) async fn balance(teller: &mut Teller, up: &mut Running) -> anyhow::Result<()> {
    let found = books::check(&mut up.peers).await?;
    let first = found.findings.first();
    anyhow::ensure!(
        found.findings.is_empty() && found.transfers > 0,
        "the books do not balance: {}",
        first.map_or("they are empty".to_owned(), |f| format!(
            "{} {}: {}",
            f.kind, f.subject, f.detail
        ))
    );
    let mut together: BTreeMap<&str, i128> = BTreeMap::new();
    for one in &found.balances {
        *together.entry(&one.currency).or_default() += i128::from(one.micros);
    }
    anyhow::ensure!(
        together.values().all(|sum| *sum == 0),
        "the accounts together are not zero: {together:?}"
    );
    let currencies: Vec<&str> = together.keys().copied().collect();
    teller.say(format!(
        "the books balance in {}: {}",
        currencies.join(" and "),
        books::summary(&found)
    ));
    Ok(())
}
