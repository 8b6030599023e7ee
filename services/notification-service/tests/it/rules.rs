//! PutChannelRules: idempotent, dry, and felt at once.

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use tonic::Code;

use crate::harness::*;

on_both! {
    async fn the_same_declaration_changes_nothing(db: TestDb) {
        let mut world = World::start(&db).await;
        assert!(!world.put_rules(rules()).await);
        let mut turned = rules();
        turned.countries.reverse();
        turned.whatsapp_templates.reverse();
        assert!(!world.put_rules(turned).await);
    }

    async fn a_dry_run_tells_and_writes_nothing(db: TestDb) {
        let mut world = World::start(&db).await;
        let mut other = rules();
        other.countries.pop();
        assert!(world.put_rules(wire::PutChannelRulesRequest { dry_run: true, ..other.clone() }).await);
        assert!(!world.put_rules(rules()).await);
        assert!(world.put_rules(other.clone()).await);
        assert!(!world.put_rules(other).await);
    }

    /// A country that left no longer sends, from the next message on, in every replica.
    async fn a_country_that_left_no_longer_sends(db: TestDb) {
        let mut world = World::start(&db).await;
        let life = chassis::run::Life::for_test();
        let bound = chassis::server::Bound::local().await.unwrap();
        let mut other = wire::notification_service_client::NotificationServiceClient::new(channel(&bound.url()));
        let serving = notification_service::start(world.config.clone(), bound, life.clone());
        life.spawn(async move { serving.await.unwrap() });
        other.notify(alarm(1)).await.unwrap();
        let mut without = rules();
        without.countries.retain(|country| country.country != "CH");
        world.put_rules(without).await;
        let answer = other.notify(assigned()).await.unwrap().into_inner();
        let sms = answer.deliveries.iter().find(|d| d.channel() == Sms).unwrap();
        assert_eq!((sms.state(), sms.reason.as_str()), (State::NotPossible, "NO_COUNTRY_RULES"));
        life.stop();
    }

    /// The catalogue's short name for the offer's template is understood.
    async fn the_catalogues_name_of_the_offer_serves(db: TestDb) {
        let mut world = World::start(&db).await;
        let mut short = rules();
        short.whatsapp_templates.iter_mut().for_each(|t| t.template = "offer".to_owned());
        assert!(!world.put_rules(short).await);
    }

    async fn faults_of_a_declaration_are_told_at_once(db: TestDb) {
        let mut world = World::start(&db).await;
        let mut wrong = rules();
        wrong.countries[0].sms_from = "0791234567".to_owned();
        wrong.countries[1].country = "Indonesia".to_owned();
        wrong.whatsapp_templates[0].content_sid = "SM1".to_owned();
        let refused = world.client.put_channel_rules(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let fields: Vec<String> =
            chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["countries[0].sms_from", "countries[1].country", "whatsapp_templates[0].content_sid"]);
    }
}
