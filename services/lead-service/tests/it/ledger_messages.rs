//! What messages cost, from notification's outcomes: one line for each that a carrier took, whoever
//! got it; its lead's, its call's or nobody's.

use std::time::Duration;

use contracts::notification::v1 as notice;
use notice::{ChannelKind, DeliveryState};
use test_support::on_both;

use crate::calls::tool_call;
use crate::fake_roster::PROVIDER;
use crate::harness::World;
use crate::ledger_words::{at, call, list, spoken};
use crate::schema::execute;
use crate::verbs::TAKEN;

fn message(n: u32, key: &str, channel: ChannelKind, state: DeliveryState) -> notice::Delivery {
    notice::Delivery {
        delivery_id: chassis::ids::derive("message", &[&n.to_string()]).to_string(),
        message_key: key.to_owned(),
        recipient: notice::RecipientKind::Customer.into(),
        channel: channel.into(),
        state: state.into(),
        create_time: Some(at("2026-01-15T12:00:00Z")),
        ..Default::default()
    }
}

/// An SMS of two segments to Switzerland, taken.
fn sms(n: u32, key: &str) -> notice::Delivery {
    notice::Delivery {
        country: "CH".to_owned(),
        segments: 2,
        accept_time: Some(at("2026-01-15T12:00:05Z")),
        ..message(n, key, ChannelKind::Sms, DeliveryState::Accepted)
    }
}

/// All that was published before was taken up: so is this one, whose amount nobody knows.
async fn heard(world: &World) {
    let end = notice::Delivery {
        country: "ZZ".to_owned(),
        ..message(999, "end", ChannelKind::Whatsapp, DeliveryState::Unknown)
    };
    world.notification.publish(end);
    world
        .comes("SELECT COUNT(*) FROM cost_line WHERE country = 'ZZ'")
        .await;
    let end = "DELETE FROM cost_line WHERE country = 'ZZ'";
    execute(&world.store, end).await.unwrap();
}

async fn start(db: test_support::TestDb) -> World {
    let mut world = World::start(db).await;
    world.put_prices(list()).await.unwrap();
    world
}

on_both! {
    async fn a_message_that_two_outcomes_tell_of_is_one_line_of_its_lead(db: TestDb) {
        let mut world = start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let taken = sms(1, &format!("lead:{id}:1"));
        world.notification.publish(taken.clone());
        let delivered = notice::Delivery { state: DeliveryState::Delivered.into(), ..taken.clone() };
        world.notification.publish(delivered);
        world.notification.publish(taken);
        let named = notice::Delivery {
            lead_id: id.clone(),
            recipient: notice::RecipientKind::Provider.into(),
            recipient_id: PROVIDER.to_owned(),
            ..message(2, "offer", ChannelKind::Email, DeliveryState::Delivered)
        };
        world.notification.publish(named);
        heard(&world).await;
        let mut lines = world.message_lines().await;
        lines.sort();
        assert_eq!(lines, ["email 800", "sms 145000"]);
        assert_eq!(world.entries().await.iter().filter(|entry| entry.contains("cost:sms")).count(), 1);
        let of_lead = "SELECT COUNT(*) FROM cost_line c JOIN lead l ON l.id = c.lead_id
            WHERE c.site_id = 'plombiersgeneve' AND c.country = 'CH'";
        assert_eq!(world.count(of_lead).await, 2, "an email's country is its lead's");
        assert_eq!(world.texts("SELECT provider_id FROM cost_line WHERE part = 'email'").await, [PROVIDER]);
    }

    async fn an_unknown_outcome_may_have_cost_something_until_the_carrier_s_word_b7(db: TestDb) {
        let world = start(db).await;
        let unknown = |n| notice::Delivery {
            state: DeliveryState::Unknown.into(),
            accept_time: None,
            ..sms(n, "answer:SM1")
        };
        for n in [1, 2, 3] {
            world.notification.publish(unknown(n));
        }
        heard(&world).await;
        assert_eq!(world.message_lines().await, ["sms NO_WORD_YET"; 3]);
        assert_eq!(world.count("SELECT COUNT(*) FROM transfer WHERE debit = 'cost:sms'").await, 0);
        world.notification.publish(sms(1, "answer:SM1"));
        let refused = notice::Delivery { state: DeliveryState::Failed.into(), ..unknown(2) };
        world.notification.publish(refused);
        heard(&world).await;
        let mut lines = world.message_lines().await;
        lines.sort();
        assert_eq!(lines, ["sms 145000", "sms NO_WORD_YET"]);
        // An older word changes nothing any more.
        world.notification.publish(unknown(1));
        heard(&world).await;
        assert!(world.message_lines().await.contains(&"sms 145000".to_owned()));
        assert_eq!(world.count("SELECT COUNT(*) FROM transfer WHERE debit = 'cost:sms'").await, 1);
    }

    async fn what_never_left_costs_nothing_and_segments_that_nobody_counted_are_not_known_d4(db: TestDb) {
        let world = start(db).await;
        let states = [
            DeliveryState::Queued, DeliveryState::Withheld, DeliveryState::NotPossible,
            DeliveryState::Expired, DeliveryState::Dead, DeliveryState::Cancelled, DeliveryState::Failed,
        ];
        for (n, state) in (10..).zip(states) {
            world.notification.publish(message(n, "lead:x:1", ChannelKind::Sms, state));
        }
        world.notification.publish(notice::Delivery { segments: 0, ..sms(1, "proof:p1") });
        let lost = notice::Delivery { state: DeliveryState::Failed.into(), ..sms(2, "proof:p2") };
        world.notification.publish(lost);
        heard(&world).await;
        let mut lines = world.message_lines().await;
        lines.sort();
        assert_eq!(lines, ["sms 145000", "sms NO_QUANTITY"], "taken and lost costs all the same");
        world.notification.publish(sms(1, "proof:p1"));
        heard(&world).await;
        assert_eq!(world.message_lines().await, ["sms 145000"; 2], "counted later");
    }

    async fn a_summary_belongs_to_its_call_whichever_is_told_first(db: TestDb) {
        let mut world = start(db).await;
        let summary = |n: u32| message(n, &format!("summary:conv_{n}"), ChannelKind::Email, DeliveryState::Accepted);
        let calls = "SELECT message.call_sid FROM cost_line message
            WHERE part = 'email' AND site_id = 'plombiersgeneve' ORDER BY conversation_id";
        world.notification.publish(summary(1));
        heard(&world).await;
        assert!(world.texts(calls).await.is_empty(), "its call is not told yet");
        for n in [1, 2] {
            let mut told = call(n, "2026-01-15T12:00:00Z");
            told.conversations = vec![spoken(n, 60)];
            world.costs(told).await;
        }
        world.notification.publish(summary(2));
        heard(&world).await;
        let sids = [1, 2].map(|n| format!("CA{n:032x}"));
        assert_eq!(world.texts(calls).await, sids);
        assert_eq!(world.count("SELECT COUNT(*) FROM transfer WHERE debit = 'cost:email'").await, 2);
    }

    async fn a_summary_that_missed_its_call_is_found_by_the_hourly_round(db: TestDb) {
        let mut world = start(db).await;
        let mut told = call(1, "2026-01-15T12:00:00Z");
        told.conversations = vec![spoken(1, 60)];
        world.costs(told).await;
        let summary = message(1, "summary:conv_1", ChannelKind::Email, DeliveryState::Accepted);
        world.notification.publish(summary);
        heard(&world).await;
        // As if both had been told at the same moment.
        let apart = "UPDATE cost_line SET call_sid = '', site_id = '' WHERE part = 'email'";
        execute(&world.store, apart).await.unwrap();
        world.pass_time(Duration::from_secs(3601)).await;
        world.comes("SELECT COUNT(*) FROM cost_line WHERE part = 'email' AND call_sid LIKE 'CA%'").await;
        world.balances().await;
    }

    async fn a_price_that_nobody_can_read_stops_the_ledger_and_no_deadline(db: TestDb) {
        let mut world = start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        execute(&world.store, "UPDATE price SET item = 'moonlight' WHERE item = 'email'").await.unwrap();
        world.email(&id, TAKEN);
        world.logs(&id, "reached").await;
        assert!(world.lead(&id).await.answer_deadline_time.is_some());
        assert_eq!(world.count("SELECT COUNT(*) FROM cost_line WHERE part = 'email'").await, 0);
        execute(&world.store, "UPDATE price SET item = 'email' WHERE item = 'moonlight'").await.unwrap();
        // What was parked is parked; the next one is booked.
        world.notification.publish(sms(2, &format!("lead:{id}:2")));
        world.comes("SELECT COUNT(*) FROM cost_line WHERE part = 'sms'").await;
    }
}
