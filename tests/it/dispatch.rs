//! One need, one lead, one owner: through the gateway, on the real services, on both databases.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::roster::v1 as roster;
use serde_json::{Value, json};
use test_support::{eventually, on_both};

use crate::calls::delivered;
use crate::tool::{self, GENEVA_SITE};
use crate::world::World;

const SOON: Duration = Duration::from_secs(20);

async fn leads(world: &World, conversation: &str) -> Vec<lead::Lead> {
    let asked = lead::ListLeadsRequest {
        conversation_id: conversation.into(),
        page_size: 200,
        ..Default::default()
    };
    world
        .peers
        .leads
        .clone()
        .list_leads(asked)
        .await
        .expect("leads are listed")
        .into_inner()
        .leads
}

pub(crate) async fn notified(world: &World, conversation: &str) -> lead::Lead {
    eventually(SOON, async || {
        leads(world, conversation)
            .await
            .into_iter()
            .find(|l| l.state() == lead::LeadState::Notified)
    })
    .await
}

pub(crate) async fn owners(world: &World, lead_id: &str) -> Vec<roster::Assignment> {
    let asked = roster::ListAssignmentsRequest {
        lead_id: lead_id.into(),
        page_size: 200,
        ..Default::default()
    };
    let listed = world
        .peers
        .roster
        .clone()
        .list_assignments(asked)
        .await
        .expect("assignments are listed");
    let all = listed.into_inner().assignments.into_iter();
    all.filter(|a| a.state() != roster::AssignmentState::Released)
        .collect()
}

/// Site, country and seconds that a token claims; the forged one is good but for one letter.
type Claims = Option<(&'static str, &'static str, i64)>;

const CASES: [(&str, Claims); 4] = [
    ("conv_missing", None),
    ("conv_expired", Some((GENEVA_SITE, "CH", -5))),
    ("conv_other_site", Some((tool::BALI_SITE, "ID", 600))),
    ("conv_forged", Some((GENEVA_SITE, "CH", 600))),
];

/// One provider has it, the one that the lead names.
pub(crate) async fn one_owner(world: &World, found: &lead::Lead) {
    let owners = owners(world, &found.lead_id).await;
    assert_eq!(owners.len(), 1, "{owners:?}");
    assert_eq!(owners[0].provider_id, found.provider_id);
}

on_both! {
    /// I2, I3: sent once, twice, a hundred times at once, after a restart, with another phone.
    async fn the_same_tool_call_however_often_is_one_lead_with_one_answer(db: TestDb) {
        let mut world = World::start(&db).await;
        let body = tool::leak("conv_at_once");
        let all = futures::future::join_all((0..100).map(|_| tool::dispatch(&world, &body))).await;
        let lead = notified(&world, "conv_at_once").await;
        for answer in &all {
            assert_eq!((&answer["ok"], &answer["lead_id"]), (&Value::Bool(true), &json!(lead.lead_id)), "{answer}");
        }
        // Those that did not wait for the saga's end heard that the need is noted.
        let said: BTreeSet<_> = all.iter().map(|answer| (answer["status"].to_string(), answer["say"].to_string())).collect();
        let statuses: BTreeSet<_> = said.iter().map(|(status, _)| status).collect();
        assert_eq!(said.len(), statuses.len(), "one sentence for each state: {said:?}");
        assert_eq!(leads(&world, "conv_at_once").await.len(), 1);

        let body = tool::leak("conv_often");
        let first = tool::dispatch(&world, &body).await;
        assert_eq!(first["ok"], true, "{first}");
        let second = tool::dispatch(&world, &body).await;
        assert_eq!(first["lead_id"], second["lead_id"]);

        let all = futures::future::join_all((0..100).map(|_| tool::dispatch(&world, &body))).await;
        for answer in &all {
            assert_eq!((&answer["ok"], &answer["lead_id"]), (&Value::Bool(true), &first["lead_id"]), "{answer}");
        }

        world.stop("lead-service").await;
        world.start_again("lead-service", &[]).await;
        assert_eq!(tool::dispatch(&world, &body).await["lead_id"], first["lead_id"]);

        let mut other_phone = body.clone();
        other_phone["phone"] = json!("+41797654321");
        assert_eq!(tool::dispatch(&world, &other_phone).await["lead_id"], first["lead_id"]);
        let mut other_word = body.clone();
        other_word["service"] = json!("un robinet qui goutte");
        assert_eq!(tool::dispatch(&world, &other_word).await["lead_id"], first["lead_id"]);

        let lead = notified(&world, "conv_often").await;
        assert_eq!(leads(&world, "conv_often").await.len(), 1);
        assert_eq!(owners(&world, &lead.lead_id).await.len(), 1);
        let events = world.peers.leads.clone()
            .list_lead_events(lead::ListLeadEventsRequest { lead_id: lead.lead_id, page_size: 200, ..Default::default() })
            .await.expect("events").into_inner().events;
        assert!(events.iter().any(|e| e.kind == "amended"), "the change is kept: {:?}", events.iter().map(|e| &e.kind).collect::<Vec<_>>());
    }

    /// D12: only a need that the agent names as another makes a second lead.
    async fn another_need_makes_a_second_lead(db: TestDb) {
        let world = World::start(&db).await;
        let first = tool::dispatch(&world, &tool::leak("conv_two")).await;
        let mut other = tool::leak("conv_two");
        other["service"] = json!("la porte est claquée, il me faut un serrurier");
        let same = tool::dispatch(&world, &other).await;
        assert_eq!(same["lead_id"], first["lead_id"], "not named as another, it amends");
        let mut other = tool::leak("conv_three");
        let first = tool::dispatch(&world, &other).await;
        other["service"] = json!("la porte est claquée, il me faut un serrurier");
        other["another_need"] = json!("true");
        let second = tool::dispatch(&world, &other).await;
        assert_eq!(second["ok"], true, "{second}");
        assert_ne!(second["lead_id"], first["lead_id"]);
        let again = tool::dispatch(&world, &other).await;
        assert_eq!(again["lead_id"], second["lead_id"], "a repeat is no third");
        assert_eq!(leads(&world, "conv_two").await.len(), 1);
        assert_eq!(leads(&world, "conv_three").await.len(), 2);
    }

    /// Forged, expired, missing, of another site: stored, never dispatched, nothing lost.
    async fn without_a_valid_call_token_nothing_is_dispatched_and_nothing_is_lost(db: TestDb) {
        let world = World::start(&db).await;
        for (conversation, claims) in CASES {
            let body = tool::leak(conversation);
            let mut token = claims.map_or_else(String::new, |(site, country, s)| tool::token(&world, &body, site, country, s));
            if conversation == "conv_forged" {
                token.push('x');
            }
            let (status, answer) = tool::call(&world, &body, &token).await;
            assert_eq!((status, &answer["ok"]), (200, &Value::Bool(true)), "{conversation}: {answer}");
            let stored = leads(&world, conversation).await;
            assert_eq!(stored.len(), 1, "{conversation} is stored");
            assert_eq!(stored[0].verification(), lead::Verification::Unverified, "{conversation}");
            assert_eq!(owners(&world, &stored[0].lead_id).await.len(), 0, "{conversation} is given to nobody");
        }
        // What a worker would have sent by mistake leaves before what comes after it.
        assert_eq!(tool::dispatch(&world, &tool::leak("conv_good")).await["ok"], true);
        let good = notified(&world, "conv_good").await;
        eventually(SOON, async || (world.twin.messages().len() >= 3).then_some(())).await;
        for (conversation, _) in &CASES {
            let stored = leads(&world, conversation).await;
            assert_eq!(owners(&world, &stored[0].lead_id).await.len(), 0, "{conversation} is given to nobody");
        }
        assert_eq!(world.twin.messages().len(), 3, "the provider's two and the customer's one");
        one_owner(&world, &good).await;
    }

    /// R43, D5: a French mobile that calls Geneva keeps its lead, which stays Swiss.
    async fn a_french_mobile_calling_geneva_keeps_its_lead(db: TestDb) {
        let world = World::start(&db).await;
        let mut body = tool::leak("conv_french");
        body["phone"] = json!("+33612345678");
        body["caller_id"] = json!("+33612345678");
        assert_eq!(tool::dispatch(&world, &body).await["ok"], true);
        let lead = notified(&world, "conv_french").await;
        assert_eq!((lead.phone_e164.as_str(), lead.source_country.as_str()), ("+33612345678", "CH"));
        let owner = owners(&world, &lead.lead_id).await.pop().expect("an owner");
        let provider = world.peers.roster.clone()
            .get_provider(roster::GetProviderRequest { provider_id: owner.provider_id })
            .await.expect("the provider").into_inner().provider.expect("the provider");
        assert_eq!(provider.country, "CH");
    }

    /// What a caller says is text everywhere: in TwiML, in mails, in messages.
    async fn markup_in_a_name_is_a_name_in_every_message(db: TestDb) {
        const NAME: &str = "</Say><Dial>+41900123456</Dial><script>alert(1)</script>";
        let world = World::start(&db).await;
        let mut body = tool::leak("conv_markup");
        body["customer_name"] = json!(NAME);
        body["location"] = json!("Carouge \u{202e}<b>");
        let answer = tool::dispatch(&world, &body).await;
        assert_eq!(answer["ok"], true, "{answer}");
        let say = answer["say"].as_str().expect("a sentence");
        assert!(!say.contains('<'), "{say}");
        let found = notified(&world, "conv_markup").await;
        delivered(&world, &found).await;
        let mails = world.twin.mails();
        assert_eq!(mails.len(), 2);
        for mail in mails {
            assert!(!mail.html.contains("<Dial>") && !mail.html.contains("<script>"), "{}", mail.html);
            assert!(mail.html.contains("Dial&#62;"), "the name itself is shown: {}", mail.html);
        }
        assert_eq!(world.twin.messages().len(), 3);
    }

    /// A stranger without the secret reaches nothing.
    async fn a_wrong_tool_secret_is_refused_and_leaves_no_row(db: TestDb) {
        let world = World::start(&db).await;
        let url = world.gateway.join("/elevenlabs/tools/dispatch_lead").expect("a path");
        for secret in [Some("wrong"), Some(""), None] {
            let mut request = chassis::http::client().post(url.clone()).json(&tool::leak("conv_secret"));
            if let Some(secret) = secret {
                request = request.header("X-Bord-Tool-Secret", secret);
            }
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 401);
            let problem: Value = answer.json().await.expect("a problem document");
            assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        }
        assert!(leads(&world, "conv_secret").await.is_empty());
    }
}
