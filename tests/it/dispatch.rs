//! One need, one lead, one owner: through the gateway, on the real services, on both databases.

use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::roster::v1 as roster;
use serde_json::{Value, json};
use test_support::{eventually, on_both};

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

on_both! {
    /// I2, I3: sent once, twice, a hundred times at once, after a restart, with another phone.
    async fn the_same_tool_call_however_often_is_one_lead_with_one_answer(db: TestDb) {
        let mut world = World::start(&db).await;
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
        other["another_need"] = json!("true");
        other["location"] = json!("Vernier");
        other["service"] = json!("déboucher une canalisation");
        let second = tool::dispatch(&world, &other).await;
        assert_eq!(second["ok"], true, "{second}");
        // Same category and the same city: it is the first need in other words.
        let meant_the_same = second["lead_id"] == first["lead_id"];
        let many = leads(&world, "conv_two").await.len();
        assert_eq!(many, if meant_the_same { 1 } else { 2 });
    }

    /// Forged, expired, missing, of another site: stored, never dispatched, nothing lost.
    async fn without_a_valid_call_token_nothing_is_dispatched_and_nothing_is_lost(db: TestDb) {
        let world = World::start(&db).await;
        let cases = [
            ("conv_missing", None),
            ("conv_expired", Some((GENEVA_SITE, "CH", -5))),
            ("conv_other_site", Some((tool::BALI_SITE, "ID", 600))),
            ("conv_forged", Some((GENEVA_SITE, "CH", 600))),
        ];
        for (conversation, claims) in cases {
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
        assert!(world.twin.messages().is_empty(), "nobody was told");
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

    /// I1: a database that is gone is told as such, with a sentence that makes the agent try again.
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
