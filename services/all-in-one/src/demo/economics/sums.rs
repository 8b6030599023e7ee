//! Whether figures agree: parts with the cost, own and share with the cost, leads with their site.

use anyhow::Context as _;
use contracts::lead::v1 as lead;

/// The site's table, its leads' and one of these are of one mind.
pub(super) fn agree(
    table: &lead::GetEconomicsResponse,
    leads: &lead::GetEconomicsResponse,
    of_lead: &lead::GetLeadEconomicsResponse,
) -> anyhow::Result<()> {
    let total = table.total.as_ref().context("the table has no total")?;
    adds_up(total)?;
    for part in [lead::CostPart::Did, lead::CostPart::Chain] {
        anyhow::ensure!(
            total.costs.iter().any(|one| one.part() == part),
            "the site's number costs nothing a month"
        );
    }
    let listed = usize::try_from(total.leads).unwrap_or_default();
    anyhow::ensure!(
        listed > 0 && leads.rows.len() == listed,
        "the site has {listed} leads, and {} are listed",
        leads.rows.len()
    );
    let of_leads = sum(leads.rows.iter().map(|row| row.cost));
    anyhow::ensure!(
        of_leads == pair(total.cost),
        "the site's leads cost {of_leads:?}, and the site {:?}",
        pair(total.cost)
    );
    let row = of_lead.row.as_ref().context("the lead has no figures")?;
    let listed = leads.rows.iter().find(|one| one.key == row.key);
    let listed = listed.context("the lead is not among its site's")?;
    anyhow::ensure!(
        pair(listed.own_cost) == pair(row.own_cost)
            && pair(listed.income_due) == pair(row.income_due),
        "the lead has other figures among its site's than alone"
    );
    Ok(())
}

/// Parts are the cost; own and share are the cost; due less credits less cost is the margin.
pub(super) fn adds_up(row: &lead::EconomicsRow) -> anyhow::Result<()> {
    let cost = pair(row.cost);
    let parts = sum(row.costs.iter().map(|part| part.sum));
    anyhow::ensure!(
        parts == cost,
        "the parts come to {parts:?}, the cost to {cost:?}"
    );
    let shares = sum([row.own_cost, row.share_cost]);
    anyhow::ensure!(
        shares == cost,
        "own and share come to {shares:?}, the cost to {cost:?}"
    );
    let (due, credited) = (pair(row.income_due), pair(row.income_credited));
    let left = due.0 - credited.0 - cost.0;
    let margin = pair(row.margin);
    anyhow::ensure!(
        margin.0 == left,
        "the margin is {}, and due less credits less cost {left}",
        margin.0
    );
    Ok(())
}

/// Known micros and unknown lines.
fn pair(sum: Option<lead::Sum>) -> (i128, i64) {
    let sum = sum.unwrap_or_default();
    (sum.known_micros.into(), sum.unknown_lines.into())
}

fn sum(sums: impl IntoIterator<Item = Option<lead::Sum>>) -> (i128, i64) {
    sums.into_iter()
        .map(pair)
        .fold((0, 0), |(known, unknown), one| {
            (known + one.0, unknown + one.1)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cost: i64, own: i64, margin: i64) -> lead::EconomicsRow {
        let sum = |known_micros| {
            Some(lead::Sum {
                known_micros,
                unknown_lines: 0,
            })
        };
        lead::EconomicsRow {
            costs: vec![lead::PartSum {
                part: lead::CostPart::Sms.into(),
                sum: sum(100),
            }],
            cost: sum(cost),
            own_cost: sum(own),
            share_cost: sum(40),
            income_due: sum(1_000),
            income_credited: sum(200),
            margin: sum(margin),
            ..Default::default()
        }
    }

    #[test]
    fn figures_that_do_not_add_up_are_noticed() {
        adds_up(&row(100, 60, 700)).unwrap();
        for (wrong, told) in [
            (row(101, 61, 699), "the parts"),
            (row(100, 61, 700), "own and share"),
            (row(100, 60, 701), "the margin"),
        ] {
            let error = adds_up(&wrong).unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
