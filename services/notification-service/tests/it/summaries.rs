//! The summary mail of a call (R52, R53): told once, without the words of a call about health unless
//! a setting says so (D10), and found by whoever erases a caller (B10).

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use contracts::notification::v1::notify_request::Notice;
use test_support::on_both;
use tonic::Code;

use crate::harness::*;

const KEY: &str = "summary:conv_0001";

fn duration(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

fn of_lead(lead_id: &str) -> wire::SummaryLead {
    wire::SummaryLead {
        lead_id: lead_id.to_owned(),
        state: "notified".to_owned(),
        category: "plumbing".to_owned(),
        provider_id: "plomberie-du-rhone".to_owned(),
        ..Default::default()
    }
}

fn call() -> wire::CallSummary {
    wire::CallSummary {
        conversation_id: "conv_0001".to_owned(),
        call_sid: "CA0001".to_owned(),
        site_url: "https://plombiersgeneve.ch".to_owned(),
        time_zone: "Europe/Zurich".to_owned(),
        start_time: Some(prost_types::Timestamp {
            seconds: 1_795_250_000,
            nanos: 0,
        }),
        duration: duration(180),
        agent_name: "geneva-plumbing".to_owned(),
        turns: vec![
            wire::SummaryTurn {
                by_agent: false,
                text: "J'ai <b>mal</b> aux dents".to_owned(),
                offset: duration(4),
                tools: Vec::new(),
            },
            wire::SummaryTurn {
                by_agent: true,
                text: String::new(),
                offset: duration(61),
                tools: vec!["dispatch_lead".to_owned()],
            },
        ],
        sentiment: "worried".to_owned(),
        next_step: "Ring back about the teeth".to_owned(),
        leads: vec![of_lead(LEAD)],
        caller_e164: CUSTOMER_PHONE.to_owned(),
        ..Default::default()
    }
}

fn summary(call: wire::CallSummary) -> wire::NotifyRequest {
    request(KEY, Notice::CallSummary(call))
}

async fn full_copies(world: &World) -> i64 {
    let mut tx = world.db.read().await.unwrap();
    let count = async {
        Ok::<i64, chassis::db::StoreError>(chassis::on!(tx, c =>
            sqlx::query_scalar("SELECT COUNT(*) FROM full_health_copies").fetch_one(c).await?))
    };
    count.await.unwrap()
}

/// What is left to read of the summary, its caller included.
async fn left(world: &World) -> String {
    let mut tx = world.db.read().await.unwrap();
    let rows = async {
        Ok::<Vec<(String, String, String)>, chassis::db::StoreError>(chassis::on!(tx, c =>
            sqlx::query_as("SELECT subject, body || html, caller FROM messages m
                 JOIN deliveries d ON d.id = m.delivery_id WHERE d.message_key = 'summary:conv_0001'")
                .fetch_all(c).await?))
    };
    rows.await
        .unwrap()
        .into_iter()
        .map(|(a, b, c)| format!("{a}{b}{c}"))
        .collect()
}

on_both! {
    /// R52, R53: one mail to the operator, whole; a repeat writes nothing, whatever it says.
    async fn a_summary_reaches_the_operator_once(db: TestDb) {
        let mut world = World::start(&db).await;
        let first = world.notify(summary(call())).await;
        assert!(first.created);
        assert_eq!(first.deliveries.len(), 1);
        let told = &first.deliveries[0];
        assert_eq!((told.channel(), told.recipient()), (Email, Operator));
        assert_eq!(told.template, "call_summary");
        assert_eq!(told.reference, "GZ-ZCVEX", "the lead's own");
        world.until_all(KEY, &[State::Delivered]).await;
        let other = wire::CallSummary { next_step: "Another".to_owned(), ..call() };
        let repeat = world.notify(summary(other)).await;
        assert!(!repeat.created);
        assert_eq!(repeat.deliveries[0].delivery_id, told.delivery_id);
        let mails = world.twin.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, [OPERATOR]);
        assert_eq!(mails[0].subject, "Call to plombiersgeneve.ch, 3 min: lead GZ-ZCVEX (notified)");
        assert!(mails[0].text.contains("00:04 Caller: J'ai <b>mal</b> aux dents"), "{}", mails[0].text);
        assert!(mails[0].text.contains("01:01 Agent [dispatch_lead]"), "{}", mails[0].text);
        assert!(!mails[0].html.contains("<b>mal"), "{}", mails[0].html);
        // The lead's messages name it.
        let of_lead = wire::ListDeliveriesRequest { lead_id: LEAD.to_owned(), ..Default::default() };
        let listed = world.client.list_deliveries(of_lead).await.unwrap().into_inner().deliveries;
        assert_eq!(listed.len(), 1);
    }

    /// D10: said to be about health, or of a lead that is known to be.
    async fn a_summary_about_health_is_redacted_by_default(db: TestDb) {
        let mut world = World::start(&db).await;
        let dental = wire::LeadFacts { health: true, ..lead() };
        world.notify(assigned_with(dental, provider())).await;
        for (key, health) in [("summary:conv_said", true), ("summary:conv_known", false)] {
            let leads = if health { Vec::new() } else { vec![of_lead(LEAD)] };
            let told = wire::CallSummary { health, leads, ..call() };
            world.notify(request(key, Notice::CallSummary(told))).await;
            let texts = world.texts(key).await;
            let said = texts.values().next().unwrap();
            for private in ["mal", "teeth", "worried"] {
                assert!(!said.text.contains(private) && !said.subject.contains(private), "{}", said.text);
            }
            assert!(said.text.contains("OPERATOR_FULL_HEALTH_COPY"), "{}", said.text);
        }
        assert_eq!(full_copies(&world).await, 0);
    }

    /// D10: the setting gives the whole, and each use is recorded.
    async fn a_full_summary_about_health_is_recorded(db: TestDb) {
        let mut world = World::with(&db, Options { full_health_copy: true, ..Options::default() }).await;
        let told = wire::CallSummary { health: true, ..call() };
        world.notify(summary(told.clone())).await;
        world.notify(summary(told)).await;
        world.until_all(KEY, &[State::Delivered]).await;
        let mail = world.twin.mails().pop().unwrap();
        assert!(mail.text.contains("aux dents") && mail.text.contains("about the teeth"), "{}", mail.text);
        assert_eq!(full_copies(&world).await, 1);
    }

    /// B10: by the caller's number, also where the call made no lead.
    async fn b10_a_caller_without_a_lead_is_erased_from_summaries(db: TestDb) {
        let mut world = World::start(&db).await;
        let told = wire::CallSummary { leads: Vec::new(), ..call() };
        world.notify(summary(told)).await;
        world.until_all(KEY, &[State::Delivered]).await;
        let tried = world.erase(CUSTOMER_PHONE, &[], true).await;
        assert_eq!((tried[0].count, tried[2].count), (1, 0));
        assert!(tried[2].kept.contains("1 mails"), "{tried:?}");
        assert!(left(&world).await.contains("dents"));
        world.erase(CUSTOMER_PHONE, &[], false).await;
        assert_eq!(left(&world).await, "");
        assert!(!world.notify(summary(call())).await.created, "the key stays");
    }

    /// B10: by each of its leads, the second one too, and by a number that withheld itself.
    async fn b10_a_summary_is_erased_by_any_of_its_leads(db: TestDb) {
        let mut world = World::start(&db).await;
        let told = wire::CallSummary {
            leads: vec![of_lead(LEAD), of_lead(OTHER_LEAD)],
            caller_e164: "anonymous".to_owned(),
            ..call()
        };
        world.notify(summary(told)).await;
        world.until_all(KEY, &[State::Delivered]).await;
        assert_eq!(world.erase("+41791112233", &[], false).await[0].count, 0);
        assert_eq!(world.erase("+41791112233", &[OTHER_LEAD], false).await[0].count, 1);
        assert_eq!(left(&world).await, "");
    }

    async fn every_fault_of_a_summary_is_named(db: TestDb) {
        let mut world = World::start(&db).await;
        let mut bad = wire::CallSummary { duration: duration(-3), ..Default::default() };
        bad.turns.push(wire::SummaryTurn { offset: duration(-1), ..Default::default() });
        bad.leads.push(wire::SummaryLead { reference: "k7".to_owned(), ..of_lead("nobody") });
        let refused = world.client.notify(summary(bad)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let mut fields: Vec<String> =
            chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        fields.sort();
        assert_eq!(fields, [
            "call_summary.conversation_id", "call_summary.duration", "call_summary.leads[0].lead_id",
            "call_summary.leads[0].reference", "call_summary.start_time", "call_summary.time_zone",
            "call_summary.turns[0].offset",
        ]);
        assert!(world.twin.ledger().is_empty());
    }
}
