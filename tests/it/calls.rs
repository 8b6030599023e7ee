//! Whole calls, played by the twin: what the caller hears, what becomes of the need.

use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::telephony::v1 as telephony;
use test_support::{eventually, on_both};
use vendor_twin::{CallOutcome, Fault, FaultKind, PlaceCall, Scenario, Vendor};

use crate::tool::GENEVA;
use crate::world::World;

const CALLER: &str = "+41791234567";
const SOON: Duration = Duration::from_secs(20);

async fn call(world: &World, scenario: Scenario) -> CallOutcome {
    world
        .twin
        .place_call(PlaceCall::new(CALLER, GENEVA, scenario))
        .await
}

async fn lead_of(world: &World, call_sid: &str) -> lead::Lead {
    eventually(SOON, async || {
        let asked = lead::ListLeadsRequest {
            call_sid: call_sid.into(),
            page_size: 10,
            ..Default::default()
        };
        let leads = world
            .peers
            .leads
            .clone()
            .list_leads(asked)
            .await
            .ok()?
            .into_inner()
            .leads;
        leads
            .into_iter()
            .find(|l| l.state() == lead::LeadState::Notified)
    })
    .await
}

pub(crate) async fn delivered(world: &World, lead: &lead::Lead) -> Vec<notification::Delivery> {
    let key = format!("lead:{}:{}", lead.lead_id, lead.attempt);
    eventually(SOON, async || {
        let asked = notification::GetMessageRequest {
            message_key: key.clone(),
        };
        let found = world
            .peers
            .notification
            .clone()
            .get_message(asked)
            .await
            .ok()?
            .into_inner();
        let done = |d: &notification::Delivery| d.state() == notification::DeliveryState::Delivered;
        (found.deliveries.len() == 5 && found.deliveries.iter().all(done))
            .then_some(found.deliveries)
    })
    .await
}

/// Mails that the operator got, by subject.
fn operator_mails(world: &World) -> Vec<String> {
    let operator = world.setting("OPERATOR_EMAIL");
    world
        .twin
        .mails()
        .into_iter()
        .filter(|m| m.to.iter().any(|to| to.contains(&operator)))
        .map(|m| m.subject)
        .collect()
}

on_both! {
    /// The main job (R2, R14, R15, R31, R44, R50, R51): one call, one lead, one owner, five messages,
    /// and nobody acts in between (R73).
    async fn one_call_becomes_one_lead_at_one_provider_with_five_messages(db: TestDb) {
        let world = World::start(&db).await;
        let outcome = call(&world, Scenario::PlumbingFrench).await;
        assert!(outcome.agent_spoke(), "{:?}", outcome.steps);
        assert!(outcome.answer_ms.expect("answered") < 3_000);
        assert!(outcome.heard.iter().any(|said| said.ends_with('?')), "the disclosure asks: {:?}", outcome.heard);
        assert_eq!(outcome.tool_reply().expect("an answer")["ok"], true);
        let lead = lead_of(&world, &outcome.call_sid).await;
        assert_eq!(lead.site_url, "https://plombiersgeneve.ch");
        assert_eq!((lead.category.as_str(), lead.city.as_str()), ("plumbing", "geneve"));
        assert_eq!(lead.provider_id, "plomberie-du-rhone");
        delivered(&world, &lead).await;
        // The summary of the call comes besides (R52).
        let mails = world.twin.mails().into_iter().filter(|mail| !mail.subject.starts_with("Call to"));
        assert_eq!(world.twin.messages().len() + mails.count(), 5);
        assert_eq!(outcome.post_call.expect("the post-call webhook was sent").status, Some(200));
    }

    /// R9, R11: through the chain's mobile, which is never taken for the customer's number.
    async fn a_call_through_the_chain_is_counted_so_and_keeps_the_callers_number(db: TestDb) {
        let world = World::start(&db).await;
        let chain = "+41779503412";
        let through = PlaceCall::new(CALLER, GENEVA, Scenario::PlumbingFrench).forwarded_from(chain);
        let outcome = world.twin.place_call(through).await;
        let lead = lead_of(&world, &outcome.call_sid).await;
        assert_eq!(lead.phone_e164, CALLER);
        let read = world.peers.calls.clone().get_call(telephony::GetCallRequest { call_sid: outcome.call_sid }).await;
        assert_eq!(read.expect("the call").into_inner().call.expect("the call").origin(), telephony::CallOrigin::Chain);
    }

    /// R15, B12: whatever the vendor does, the caller hears the agent or the voicemail within 3 s,
    /// the voicemail becomes a lead, and the operator is told.
    async fn when_the_vendor_fails_the_caller_gets_the_voicemail_which_becomes_a_lead(db: TestDb) {
        let world = World::start(&db).await;
        let kinds = [
            FaultKind::Delay { ms: 9_000 },
            FaultKind::Hang,
            FaultKind::Unprocessable,
            FaultKind::Html { status: 200 },
            FaultKind::ServerError { status: 500 },
            FaultKind::Reset,
        ];
        for kind in kinds {
            world.twin.fault(Fault::once(Vendor::Elevenlabs, "register_call", kind.clone()));
            let outcome = call(&world, Scenario::PlumbingFrench).await;
            assert!(!outcome.agent_spoke(), "{kind:?}");
            assert!(outcome.answer_ms.expect("answered") < 3_000, "{kind:?}: {:?}", outcome.answer_ms);
            assert!(outcome.recording_sid.is_some(), "{kind:?}: the caller left a message: {:?}", outcome.steps);
            let lead = lead_of(&world, &outcome.call_sid).await;
            assert_eq!(lead.origin(), lead::LeadOrigin::Voicemail, "{kind:?}");
            assert_eq!(lead.phone_e164, CALLER);
        }
        // B12: the operator is told by an alarm of its own, beside the leads' copies.
        eventually(SOON, async || {
            let mails = operator_mails(&world);
            mails.iter().any(|subject| subject.contains("CALLER_SERVED_BY_FALLBACK")).then_some(())
        })
        .await;
    }

    /// The vendor's own variations of a good answer are good answers.
    async fn twiml_in_a_json_string_and_twiml_without_a_conversation_id_reach_the_agent(db: TestDb) {
        let world = World::start(&db).await;
        for kind in [FaultKind::JsonString, FaultKind::NoConversationId] {
            world.twin.fault(Fault::once(Vendor::Elevenlabs, "register_call", kind.clone()));
            let outcome = call(&world, Scenario::PlumbingFrench).await;
            assert!(outcome.agent_spoke(), "{kind:?}: {:?}", outcome.steps);
            lead_of(&world, &outcome.call_sid).await;
        }
    }

    /// A registration that expired before the stream opened: the caller is not left in silence.
    async fn an_agent_that_never_joined_is_followed_by_the_voicemail(db: TestDb) {
        let world = World::start(&db).await;
        let outcome = call(&world, Scenario::Voicemail).await;
        assert!(!outcome.agent_spoke());
        assert!(outcome.voicemail.is_some(), "{:?}", outcome.steps);
        let lead = lead_of(&world, &outcome.call_sid).await;
        assert_eq!(lead.origin(), lead::LeadOrigin::Voicemail);
    }

    /// Silence is a hang-up, no lead (B12); off-topic and spam calls give nobody anything (R65).
    async fn silence_spam_and_off_topic_callers_make_no_lead(db: TestDb) {
        let world = World::start(&db).await;
        for scenario in [Scenario::VoicemailSilence, Scenario::SpamHangup, Scenario::OffTopic] {
            let name = scenario.name();
            let outcome = call(&world, scenario).await;
            assert_eq!(outcome.status, "completed", "{name}");
            assert!(outcome.tool_calls.is_empty(), "{name}");
        }
        // What is carried on is carried on before a later call's lead.
        let outcome = call(&world, Scenario::PlumbingFrench).await;
        lead_of(&world, &outcome.call_sid).await;
        let all = world.peers.leads.clone()
            .list_leads(lead::ListLeadsRequest { page_size: 50, ..Default::default() })
            .await.expect("leads").into_inner().leads;
        assert_eq!(all.len(), 1, "one lead, of the real call: {all:?}");
    }

    /// A repeated and a concurrent CallSid get the same bytes and are registered once.
    async fn a_repeated_call_sid_is_registered_once_and_gets_the_same_bytes(db: TestDb) {
        let world = World::start(&db).await;
        let asked = |at| telephony::AnswerCallRequest {
            call_sid: "CA00000000000000000000000000000077".into(),
            to: GENEVA.into(),
            from: CALLER.into(),
            receive_time: Some(at),
            ..Default::default()
        };
        let before = world.twin.requests("register_call");
        let now = chassis::clock::now();
        let stamp = prost_types::Timestamp { seconds: now.timestamp(), nanos: 0 };
        let answers = futures::future::join_all((0..30).map(|_| {
            let mut calls = world.peers.calls.clone();
            async move { calls.answer_call(asked(stamp)).await.expect("answered").into_inner().twiml }
        })).await;
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "everybody gets the same bytes");
        assert_eq!(world.twin.requests("register_call") - before, 1);
    }

    /// telephony is down: the gateway answers by itself, within 3 s, never with an error tone; the
    /// voicemail is found when telephony is back, and the operator was told (R15, B12).
    async fn while_telephony_is_down_the_gateway_still_answers_the_caller(db: TestDb) {
        let mut world = World::with(&db, &[("RECORDING_POLL_MS", "500")]).await;
        world.equip(&bord::catalog::Catalog::sample().expect("the sample")).await;
        world.stop("telephony-gateway").await;
        let outcome = call(&world, Scenario::PlumbingFrench).await;
        assert!(outcome.answer_ms.expect("answered") < 3_000);
        assert!(!outcome.heard.is_empty(), "the caller hears something: {:?}", outcome.twiml);
        assert!(outcome.recording_sid.is_some(), "and can leave a message: {:?}", outcome.steps);
        eventually(SOON, async || {
            let mails = operator_mails(&world);
            mails.iter().any(|subject| subject.contains("TELEPHONY_UNAVAILABLE")).then_some(())
        })
        .await;
        world.start_again("telephony-gateway", &[]).await;
        let lead = lead_of(&world, &outcome.call_sid).await;
        assert_eq!((lead.origin(), lead.phone_e164.as_str()), (lead::LeadOrigin::Voicemail, CALLER));
    }

    /// The caller who does not say where is asked for just that, and the lead is completed.
    async fn a_missing_place_is_asked_for_and_completes_the_same_lead(db: TestDb) {
        let world = World::start(&db).await;
        let outcome = call(&world, Scenario::MissingLocation).await;
        assert!(outcome.tool_calls.len() >= 2, "{:?}", outcome.tool_calls);
        let first: serde_json::Value = serde_json::from_str(&outcome.tool_calls[0].response).expect("JSON");
        let last = outcome.tool_reply().expect("JSON");
        assert_eq!(first["lead_id"], last["lead_id"]);
        let lead = lead_of(&world, &outcome.call_sid).await;
        assert!(!lead.city.is_empty());
    }

    /// An anonymous caller who says a number is called back on it.
    async fn an_anonymous_caller_who_says_a_number_gets_a_lead(db: TestDb) {
        let world = World::start(&db).await;
        let outcome = world.twin.place_call(PlaceCall::new("anonymous", GENEVA, Scenario::Anonymous)).await;
        let lead = lead_of(&world, &outcome.call_sid).await;
        assert!(lead.phone_e164.starts_with('+'), "{}", lead.phone_e164);
    }

    /// R1, R6, R7, R21: every site of the sample answers a call of its own trade with a lead in its
    /// own country.
    async fn every_site_of_the_sample_catalogue_turns_a_call_into_a_lead(db: TestDb) {
        let world = World::start(&db).await;
        let catalog = bord::catalog::Catalog::sample().expect("the sample");
        for site in &catalog.sites {
            let number = &site.numbers[0].did;
            let caller = match site.country.as_str() {
                "CH" => "+41791234567",
                "ID" => "+6281234567890",
                "ES" => "+34612345678",
                "IT" => "+393331234567",
                "DE" => "+4915112345678",
                other => panic!("no caller for {other}"),
            };
            let category = &site.categories[0];
            let words = catalog.category(category).expect("a category");
            let language = &site.language;
            let service = words.names.get(language).cloned().expect("a name in the site's language");
            let city = catalog.city(&site.cities[0]).expect("a city");
            let place = city.names.get(language).cloned().expect("a name in the site's language");
            let need = vendor_twin::Need { service, location: Some(place), ..Default::default() };
            let outcome = world.twin.place_call(PlaceCall::new(caller, number, Scenario::Need(need))).await;
            assert!(!outcome.tool_calls.is_empty(), "{}: {:?}", site.id, outcome.steps);
            let asked = lead::ListLeadsRequest { call_sid: outcome.call_sid.clone(), page_size: 10, ..Default::default() };
            let found = world.peers.leads.clone().list_leads(asked).await.expect("leads").into_inner().leads;
            let lead = found.first().unwrap_or_else(|| panic!("{}: no lead", site.id));
            assert_eq!((&lead.site_id, &lead.category, &lead.source_country), (&site.id, category, &site.country), "{}", site.id);
        }
    }
}
