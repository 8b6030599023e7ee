//! One call becomes one lead at one provider.

use chassis::crash::Action;
use chrono::{DateTime, Utc};
use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use test_support::on_both;
use tonic::Code;

use crate::calls::{CALLER, GENEVA_MOBILE, ZURICH_DID, call_token, refusal, tool_call};
use crate::fake_roster::PROVIDER;
use crate::harness::World;
use crate::saga::run_into;

fn moment(at: Option<prost_types::Timestamp>) -> DateTime<Utc> {
    let at = at.unwrap();
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).unwrap()).unwrap()
}

on_both! {
    async fn a_tool_call_becomes_one_lead_at_one_provider_r31_r36_r39(db: TestDb) {
        let mut world = World::start(db).await;
        let answer = world.dispatch(tool_call(1)).await;
        assert!(answer.ok);
        assert_eq!(answer.status, "notified");
        assert!(answer.say.contains("Plomberie"), "{}", answer.say);
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!(lead.state(), wire::LeadState::Notified);
        assert_eq!(lead.verification(), wire::Verification::Verified);
        assert_eq!((lead.category.as_str(), lead.city.as_str()), ("plumbing", "geneva"));
        assert_eq!(lead.site_url, "https://plombiersgeneve.ch");
        assert_eq!((lead.source_country.as_str(), lead.phone_e164.as_str()), ("CH", CALLER));
        assert_eq!((lead.provider_id.as_str(), lead.attempt), (PROVIDER, 1));
        assert_eq!(lead.match_reason, "priority 1, 0 of 3 held");
        assert!(lead.create_time.is_some() && lead.due_time.is_some());
        assert_eq!(world.events(&answer.lead_id).await, ["stored", "assigned", "notified"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM conversion").await, 1);
    }

    /// R30, R32, R33, R34: looked at before anything else is done with it.
    async fn a_new_row_is_pending_and_has_a_utc_time_the_sites_url_and_the_five_fields(db: TestDb) {
        let mut world = World::start(db).await;
        let before = chassis::clock::now();
        let lead_id = run_into(&mut world, 1, "lead.after_insert", Action::Hang).await;
        let after = chassis::clock::now();
        let lead = world.lead(&lead_id).await;
        assert_eq!(lead.state(), wire::LeadState::Pending);
        assert!((before..=after).contains(&moment(lead.create_time)), "{:?}", lead.create_time);
        assert_eq!(lead.site_url, "https://plombiersgeneve.ch");
        let said = [&lead.customer_name, &lead.language, &lead.service, &lead.location];
        assert_eq!(said, ["Léa Rochat", "fr", "plombier", "à Carouge près de l'église"]);
        assert_eq!(lead.phone_e164, CALLER);
        let row = "SELECT COUNT(*) FROM lead
            WHERE state = 'pending' AND site_url = 'https://plombiersgeneve.ch'";
        assert_eq!(world.count(row).await, 1);
        let in_utc = if world.store.read().await.unwrap().is_postgres() {
            // Kept as a moment, whatever zone the server is in.
            "SELECT COUNT(*) FROM information_schema.columns WHERE table_name = 'lead'
                AND column_name = 'create_time' AND data_type = 'timestamp with time zone'"
        } else {
            "SELECT COUNT(*) FROM lead WHERE create_time LIKE '____-__-__T%+00:00'"
        };
        assert_eq!(world.count(in_utc).await, 1);
        let first = world.log(&lead_id).await.remove(0);
        assert_eq!((first.kind.as_str(), first.to_state()), ("stored", wire::LeadState::Pending));
        assert!((before..=after).contains(&moment(first.event_time)));
    }

    /// R3, R13, R73: the call's proof is telephony's, the need the agent's, the rest the
    /// dispatcher's; each step says why, and none is a person's.
    async fn each_hop_from_the_call_to_the_messages_is_visible_with_its_reason(db: TestDb) {
        let mut world = World::start(db).await;
        let call = tool_call(1);
        let answer = world.dispatch(call.clone()).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.call_sid, lead.conversation_id), (call.call_sid, call.conversation_id));
        let log = world.log(&answer.lead_id).await;
        let steps: Vec<_> = log.iter().map(|e| (e.kind.as_str(), e.actor.as_str())).collect();
        assert_eq!(steps, [("stored", "agent"), ("assigned", "dispatcher"), ("notified", "dispatcher")]);
        assert!(log.iter().all(|event| !event.cause.is_empty()), "{log:?}");
        assert!(log.is_sorted_by_key(|event| moment(event.event_time)));
        assert!(log.windows(2).all(|pair| pair[0].to_state == pair[1].from_state));
    }

    async fn the_provider_is_told_everything_and_by_working_channels_only_r49(db: TestDb) {
        let mut world = World::start(db).await;
        let answer = world.dispatch(tool_call(1)).await;
        let messages = world.notification.messages();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].message_key, format!("lead:{}:1", answer.lead_id));
        assert!(messages[0].not_after.is_some());
        let Some(Notice::LeadAssigned(told)) = &messages[0].notice else { panic!("not an offer") };
        let (lead, provider) = (told.lead.clone().unwrap(), told.provider.clone().unwrap());
        assert_eq!(lead.customer_phone_e164, CALLER);
        assert_eq!((lead.urgency.as_str(), lead.language.as_str()), ("emergency", "fr"));
        assert_eq!(lead.category_names["de"], "Sanitär");
        assert_eq!(lead.city_names["de"], "Genf");
        assert_eq!(lead.allowed_countries, ["CH", "FR"]);
        assert_eq!(lead.time_zone, "Europe/Zurich");
        assert!(!lead.health && lead.recording_url.is_empty());
        assert_eq!(provider.whatsapp_e164, "+41791112233");
        assert_eq!(provider.sms_e164, "", "a quarantined channel");
        assert_eq!(provider.email, "lead@fontaine.example");
    }

    async fn get_lead_explains_the_match_b6(db: TestDb) {
        let mut world = World::start(db).await;
        let answer = world.dispatch(tool_call(1)).await;
        let request = wire::GetLeadRequest { lead_id: answer.lead_id };
        let candidates = world.client.get_lead(request).await.unwrap().into_inner().candidates;
        assert_eq!(candidates.len(), 1);
        assert_eq!((candidates[0].rank, candidates[0].provider_id.as_str()), (1, PROVIDER));
    }

    async fn a_french_mobile_calling_geneva_keeps_its_lead_d5(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.caller_id = "+33612345678".to_owned();
        call.phone = "06 12 34 56 78".to_owned();
        let answer = world.dispatch(call).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!(lead.state(), wire::LeadState::Notified);
        assert_eq!((lead.phone_e164.as_str(), lead.source_country.as_str()), ("+33612345678", "CH"));
        assert_eq!(world.roster.asked()[0].country, "CH");
    }

    async fn a_chains_mobile_is_never_the_customers_number_r11(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.caller_id = GENEVA_MOBILE.to_owned();
        call.phone = "077 950 34 12".to_owned();
        let answer = world.dispatch(call.clone()).await;
        assert_eq!(answer.status, "needs_field");
        assert_eq!(world.lead(&answer.lead_id).await.missing_fields, ["phone"]);
        call.phone = "079 123 45 67".to_owned();
        assert_eq!(world.dispatch(call).await.status, "notified");
    }

    async fn an_unknown_service_is_unsorted_and_goes_to_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.service = "un avocat".to_owned();
        let answer = world.dispatch(call).await;
        assert!(answer.ok);
        assert_eq!(answer.status, "unmatched");
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.category.as_str(), lead.provider_id.as_str()), ("unsorted", ""));
        assert_eq!(lead.due_time, None, "a person must");
        assert_eq!(world.roster.asked().len(), 0);
        assert_eq!(world.notification.keys(), [format!("lead:{}:unmatched:1", answer.lead_id)]);
        // A change of the roster gives it to nobody.
        world.roster.publish("coverage", "CH");
        world.pass_time(std::time::Duration::from_secs(7200)).await;
        assert_eq!(world.dispatch(tool_call(2)).await.status, "notified");
        assert_eq!(world.lead(&answer.lead_id).await.state(), wire::LeadState::Unmatched);
    }

    async fn an_unknown_place_goes_to_the_operator_where_a_site_serves_several(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = zurich_call(1);
        call.location = "Bahnhofstrasse 3".to_owned();
        let answer = world.dispatch(call).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.state(), lead.city.as_str()), (wire::LeadState::Unmatched, ""));
        assert_eq!(lead.location, "Bahnhofstrasse 3");
        assert!(answer.say.contains("notiert"), "{}", answer.say);
    }

    async fn a_health_lead_is_marked_so_that_copies_are_redacted_d10(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = zurich_call(1);
        call.service = "Zahnarzttermin".to_owned();
        world.dispatch(call).await;
        let Some(Notice::LeadAssigned(told)) = world.notification.messages().remove(0).notice else {
            panic!("not an offer")
        };
        assert!(told.lead.unwrap().health);
    }

    async fn hostile_arguments_harm_nothing(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.customer_name = "</Say><Dial>\0\u{1b}[2J".repeat(200);
        call.location = "'; DROP TABLE lead; --".to_owned();
        call.urgency = "\u{202e}now".to_owned();
        let answer = world.dispatch(call).await;
        assert_eq!(answer.status, "notified");
        let lead = world.lead(&answer.lead_id).await;
        assert!(lead.customer_name.chars().count() <= 500 && !lead.customer_name.contains('\0'));
    }

    async fn a_lead_that_nobody_knows_is_not_found(db: TestDb) {
        let mut world = World::start(db).await;
        let unknown = |id: &str| wire::GetLeadRequest { lead_id: id.to_owned() };
        let id = "0192d4c0-0000-7000-8000-000000000000";
        let refused = world.client.get_lead(unknown(id)).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::NotFound, "UNKNOWN_LEAD".to_owned()));
        let refused = world.client.get_lead(unknown("7")).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

pub(crate) fn zurich_call(n: u32) -> wire::DispatchLeadRequest {
    let call = tool_call(n);
    wire::DispatchLeadRequest {
        language: "German".to_owned(),
        service: "Rohrbruch".to_owned(),
        location: "Oerlikon".to_owned(),
        called_number: ZURICH_DID.to_owned(),
        call_token: call_token(
            "call-token-secret",
            &call.call_sid,
            "zurich-hilfe",
            ZURICH_DID,
            25,
        ),
        ..call
    }
}
