//! Cost and income side by side, from the click on an advertisement to the provider's payment: two calls,
//! two leads on two kinds of terms, and what the operator's commands show and book of them.

use std::collections::BTreeMap;

use bord::catalog::apply::{self, Options, Outcome};
use bord::catalog::{Catalog, Folder};
use bord::operator::ledger::economics::{Group, all, one};
use bord::operator::ledger::{books, conversions, lead as one_lead, rows, shape, statement};
use bord::operator::money;
use contracts::lead::v1 as lead;
use serde_json::json;
use test_support::{eventually, on_both};
use vendor_twin::{PlaceCall, Scenario};

use crate::judged::{scan, world};
use crate::people::{SOON, in_state};
use crate::tool::{GENEVA, GENEVA_SITE};
use crate::world::World;

const DENTAL: &str = "+41225394618";
const DENTAL_SITE: &str = "geneva-dental";
const CLINIC: &str = "clinique-mont-blanc";
const CLICK: &str = "Cj0KCQ-of-the-test";

/// A caller who is understood; the lead's id.
async fn rings(world: &World, from: &str, to: &str, scenario: Scenario) -> String {
    let outcome = world
        .twin
        .place_call(PlaceCall::new(from, to, scenario))
        .await;
    let reply = outcome.tool_reply().unwrap_or_default();
    assert_eq!(reply["ok"], true, "{:?}", outcome.steps);
    reply["lead_id"].as_str().expect("a lead").to_owned()
}

/// The site's page tells of the click (R35).
async fn clicks(world: &World, site: &str) -> u16 {
    let url = world.gateway.join(&format!("/t/{site}")).expect("a path");
    let told = chassis::http::client()
        .post(url)
        .json(&json!({"click_id": CLICK}));
    told.send()
        .await
        .expect("the gateway answers")
        .status()
        .as_u16()
}

async fn confirm(world: &World, id: &str) {
    in_state(world, id, lead::LeadState::Notified).await;
    let asked = lead::ConfirmLeadRequest {
        lead_id: id.to_owned(),
        actor: "operator:ana".to_owned(),
        cause: "he called".to_owned(),
        ..Default::default()
    };
    world
        .peers
        .leads
        .clone()
        .confirm_lead(asked)
        .await
        .expect("it is confirmed");
}

async fn won(world: &World, id: &str) {
    let won = lead::Won {
        amount_minor: 45_000,
        currency: "CHF".to_owned(),
    };
    let asked = lead::CloseLeadRequest {
        lead_id: id.to_owned(),
        actor: "operator:ana".to_owned(),
        result: Some(lead::Result {
            result: Some(lead::result::Result::Won(won)),
        }),
        ..Default::default()
    };
    world
        .peers
        .leads
        .clone()
        .close_lead(asked)
        .await
        .expect("it is closed");
}

/// The lead's figures, once its call is closed and its cost told.
async fn costed(world: &World, id: &str) -> lead::GetLeadEconomicsResponse {
    use lead::CostPart as P;
    eventually(SOON * 3, async || {
        let mut peers = world.peers.clone();
        let found = one(&mut peers, id).await.expect("the lead's economics");
        let many = |part: P| found.cost_lines.iter().filter(|l| l.part() == part).count();
        let whole = many(P::Carrier) == 1 && many(P::Agent) == 1 && many(P::Sms) >= 2;
        if !whole {
            scan(&world.peers.quality).await;
        }
        whole.then_some(found)
    })
    .await
}

async fn economics(world: &World, group: lead::EconomicsGroup) -> lead::GetEconomicsResponse {
    let asked = lead::GetEconomicsRequest {
        group: group.into(),
        page_size: 2,
        ..Default::default()
    };
    let mut peers = world.peers.clone();
    all(&mut peers, asked).await.expect("the economics")
}

async fn stated(world: &World) -> lead::GetStatementResponse {
    let asked = lead::GetStatementRequest {
        provider_id: CLINIC.to_owned(),
        ..Default::default()
    };
    let found = world.peers.ledger.clone().get_statement(asked).await;
    found.expect("a statement").into_inner()
}

fn euros(units: i64) -> Option<lead::Amount> {
    money::signed(&format!("EUR {units}")).ok()
}

async fn credit(
    world: &World,
    id: &str,
    request_id: &str,
    units: i64,
) -> Result<lead::IncomeLine, tonic::Status> {
    let asked = lead::CreditLeadRequest {
        lead_id: id.to_owned(),
        amount: euros(units),
        reason: "undeliverable".to_owned(),
        request_id: request_id.to_owned(),
        actor: "operator:ana".to_owned(),
    };
    let credited = world.peers.ledger.clone().credit_lead(asked).await?;
    Ok(credited.into_inner().income.expect("its income"))
}

async fn pay(world: &World, units: i64) -> Result<bool, tonic::Status> {
    let asked = lead::RecordPaymentRequest {
        provider_id: CLINIC.to_owned(),
        amount: euros(units),
        reference: "bank 17".to_owned(),
        payment_time: Some(prost_types::Timestamp {
            seconds: chassis::clock::now().timestamp() / 86_400 * 86_400,
            nanos: 0,
        }),
        actor: "operator:ana".to_owned(),
    };
    let booked = world.peers.ledger.clone().record_payment(asked).await?;
    Ok(booked.into_inner().changed)
}

/// Twice the same, then all that is known of it.
fn balance(found: &lead::GetStatementResponse) -> [i64; 5] {
    let one = found.balances.iter().find(|one| one.currency == "EUR");
    let one = one.expect("a balance in euros");
    let micros = [
        one.opening_micros,
        one.charged_micros,
        one.credited_micros,
        one.paid_micros,
        one.closing_micros,
    ];
    micros.map(|micros| micros / 1_000_000)
}

fn row<'f>(found: &'f lead::GetEconomicsResponse, key: &str) -> &'f lead::EconomicsRow {
    let row = found.rows.iter().find(|row| row.key == key);
    row.unwrap_or_else(|| panic!("{key} is missing: {found:?}"))
}

fn known(sum: Option<lead::Sum>) -> i64 {
    let sum = sum.expect("a sum");
    assert_eq!(sum.unknown_lines, 0, "{sum:?}");
    sum.known_micros
}

/// What a spreadsheet reads: cells by heading, for each line. No cell of it holds a comma.
fn read(sheet: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = sheet.split("\r\n").filter(|line| !line.is_empty());
    let cells = |line: &str| {
        line.split(',')
            .map(|cell| cell.trim_matches('"').to_owned())
            .collect::<Vec<_>>()
    };
    let header = cells(lines.next().expect("a header"));
    let each = lines.map(|line| {
        let cells = cells(line);
        assert_eq!(cells.len(), header.len(), "{line}");
        header.iter().cloned().zip(cells).collect()
    });
    each.collect()
}

on_both! {
    // R35, R74, R75, R79, R80, R81, B9, D4: a flat lead and one on a share of closed work.
    async fn two_leads_cost_and_bring_in_what_the_price_list_and_their_terms_say(db: TestDb) {
        let world = world(&db).await;
        assert_eq!(clicks(&world, DENTAL_SITE).await, 204);
        let tooth = rings(&world, "+41791234561", DENTAL, Scenario::DentalUrgency).await;
        let leak = rings(&world, "+41791234562", GENEVA, Scenario::PlumbingFrench).await;
        confirm(&world, &tooth).await;
        confirm(&world, &leak).await;
        won(&world, &leak).await;
        let of_tooth = costed(&world, &tooth).await;
        let of_leak = costed(&world, &leak).await;

        // One lead: every line is known, its income is its terms'.
        for found in [&of_tooth, &of_leak] {
            assert!(found.cost_lines.iter().all(|l| l.amount.is_some() == l.unknown_reason.is_empty()));
            let text = one_lead::lines(found).join("\n");
            assert!(text.contains("the price list") && text.contains("margin"), "{text}");
        }
        let charged = |found: &lead::GetLeadEconomicsResponse| {
            let line = found.incomes.first().expect("an income").clone();
            let charged = line.charged.expect("an amount");
            (line.provider_id, money::told(charged.micros, &charged.currency))
        };
        assert_eq!(charged(&of_tooth), (CLINIC.to_owned(), "EUR 100.00".to_owned()));
        assert_eq!(charged(&of_leak), ("plomberie-du-rhone".to_owned(), "CHF 67.50".to_owned()));

        // `bord economics`: CHF 67.50 at 1.0741 are EUR 72.50175.
        let sites = economics(&world, lead::EconomicsGroup::Site).await;
        assert_eq!(sites.rows.len(), 9, "each site's number stands, over all pages");
        let dental = row(&sites, DENTAL_SITE);
        assert_eq!((dental.calls, dental.real_calls, dental.leads), (1, 1, 1));
        assert_eq!(known(dental.income_due), 100_000_000);
        assert_eq!(known(row(&sites, GENEVA_SITE).income_due), 72_501_750);
        let total = sites.total.clone().expect("a total");
        assert_eq!((total.calls, total.leads), (2, 2));
        assert_eq!(known(total.income_due), 172_501_750);
        let shown = rows::lines(Group::Site, &sites, 160).join("\n");
        for part in [DENTAL_SITE, "100.00", "72.50", "172.50", "expected", "chain", "█"] {
            assert!(shown.contains(part), "« {part} » is missing in:\n{shown}");
        }
        // D4: own and share over a site's leads are what the site cost, to the micro.
        let leads = economics(&world, lead::EconomicsGroup::Lead).await;
        assert_eq!(known(row(&leads, &tooth).cost), known(dental.cost));

        let sheet = read(&shape::sheet(Group::Site, &sites).expect("a sheet"));
        let line = sheet.iter().find(|line| line["site"] == DENTAL_SITE).expect("the site");
        assert_eq!((line["income_due"].as_str(), line["currency"].as_str()), ("100.00", "EUR"));
        assert_eq!((line["unknown"].as_str(), line["cost_chain_unknown_lines"].as_str()), ("", "0"));
        assert_eq!(line["cost"], money::exact(known(dental.cost), "EUR"));

        // `bord statement`, `bord credit`, `bord payment`: each is booked once.
        assert_eq!(balance(&stated(&world).await), [0, 100, 0, 0, 100]);
        let request = "6e4f6a58-0c6e-4f0e-8d0b-6c2f3a1d9e77";
        for _ in 0..2 {
            let line = credit(&world, &tooth, request, 40).await.expect("it is credited");
            assert_eq!(line.credited, euros(40));
        }
        let refused = credit(&world, &tooth, "6e4f6a58-0c6e-4f0e-8d0b-6c2f3a1d9e78", 61).await;
        let refused = bord::peers::explain("refused", &refused.unwrap_err()).to_string();
        assert!(refused.contains("CREDIT_EXCEEDS") && refused.contains("`bord economics"), "{refused}");
        assert!(pay(&world, 60).await.expect("it is booked"));
        assert!(!pay(&world, 60).await.expect("it was booked before"));
        assert!(pay(&world, 61).await.unwrap_err().message().len() > 10);
        let letter = stated(&world).await;
        assert_eq!(balance(&letter), [0, 100, 40, 60, 0]);
        let kinds: Vec<&str> = letter.lines.iter().map(|line| line.kind.as_str()).collect();
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        assert!(["flat", "credit", "payment"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
        let sheet = read(&statement::sheet(&letter).expect("a sheet"));
        let credited = sheet.iter().find(|line| line["kind"] == "credit").expect("the credit");
        assert_eq!((credited["amount"].as_str(), credited["reason"].as_str()), ("-40.00", "undeliverable"));

        // `bord conversions`: the click's lead with what it brought, credits taken off.
        let asked = lead::ListConversionsRequest::default();
        let listed = world.peers.ledger.clone().list_conversions(asked).await;
        let found = listed.expect("conversions").into_inner().conversions;
        assert_eq!(found.len(), 2, "{found:?}");
        let sheet = read(&conversions::sheet("Lead", &found).expect("a sheet"));
        assert_eq!(sheet.len(), 1, "only what one click explains: {sheet:?}");
        assert_eq!(sheet[0]["Google Click ID"], CLICK);
        assert_eq!(sheet[0]["Conversion Value"], "60.00");
        assert_eq!(sheet[0]["Conversion Currency"], "EUR");
        assert!(sheet[0]["Conversion Time"].ends_with("+00:00"), "{sheet:?}");
        assert_eq!(clicks(&world, "nowhere").await, 404);

        balanced(&world).await;
    }

    // D4: a dry run compares and writes nothing; what a price list prices otherwise is priced anew.
    async fn a_price_list_is_compared_by_a_dry_run_and_another_one_reprices_by_reversal(db: TestDb) {
        let world = world(&db).await;
        let leak = rings(&world, "+41791234562", GENEVA, Scenario::PlumbingFrench).await;
        let before = costed(&world, &leak).await;
        let carrier = |found: &lead::GetLeadEconomicsResponse| {
            let line = found.cost_lines.iter().find(|l| l.part() == lead::CostPart::Carrier);
            line.and_then(|line| line.amount.clone()).expect("an amount").micros
        };
        assert_eq!(carrier(&before), 10_000, "one minute that began, at USD 0.01");
        let folder = Folder::sample();
        let old = "item = \"carrier_minute\"\ncountry = \"CH\"\namount = \"0.0100\"";
        let text = folder.get("prices.toml").expect("prices").to_owned();
        assert!(text.contains(old));
        let dearer = text.replace(old, &old.replace("0.0100", "0.0135"));
        let catalog = Catalog::from_folder(&folder.with("prices.toml", &dearer)).expect("sound");
        let applied = async |dry_run| {
            let options = Options { dry_run, overwrite: false };
            let done = Box::pin(apply::apply(&catalog, &world.peers.owners, options)).await;
            let found = done.changes.into_iter().find(|change| change.kind == "prices");
            found.expect("the prices").outcome
        };
        for dry_run in [true, true, false] {
            assert_eq!(applied(dry_run).await, Outcome::Updated, "a dry run wrote nothing");
        }
        assert_eq!(applied(false).await, Outcome::Unchanged);
        let after = eventually(SOON, async || {
            let found = one(&mut world.peers.clone(), &leak).await.expect("the lead's economics");
            (carrier(&found) != 10_000).then_some(found)
        }).await;
        assert_eq!(carrier(&after), 13_500);
        balanced(&world).await;
    }
}

/// `bord books`, once nothing is on its way.
async fn balanced(world: &World) {
    let found = eventually(SOON, async || {
        let found = books::check(&mut world.peers.clone())
            .await
            .expect("the books");
        found.findings.is_empty().then_some(found)
    })
    .await;
    assert!(found.transfers > 5, "{found:?}");
    let mut together: BTreeMap<&str, i64> = BTreeMap::new();
    for one in &found.balances {
        *together.entry(&one.currency).or_default() += one.micros;
    }
    assert!(together.values().all(|micros| *micros == 0), "{together:?}");
}
