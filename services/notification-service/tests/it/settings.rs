//! Settings: what is missing is told at start, all of it at once, and nothing stands in for it.

use std::time::Duration;

use chassis::config::{Env, Secret};
use contracts::notification::v1 as wire;
use notification_service::{Config, SCHEMA};
use test_support::on_both;
use vendor_twin::{Twin, TwinConfig};
use wire::notification_service_client::NotificationServiceClient;

use crate::harness::{channel, config, timing};

const REQUIRED: [&str; 8] = [
    "MAILGUN_API_KEY",
    "MAILGUN_DOMAIN",
    "MAILGUN_FROM",
    "OPERATOR_EMAIL",
    "PUBLIC_BASE_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_API_KEY_SECRET",
    "TWILIO_API_KEY_SID",
];

fn complete() -> Env {
    let mut env = Env::from_map(REQUIRED.map(|name| (name, "x")));
    env.set("OPERATOR_EMAIL", "operator@bord.example")
        .set("PUBLIC_BASE_URL", "https://bord.example");
    env
}

#[test]
fn every_missing_setting_is_named() {
    let mut env = Env::default();
    Config::read(&mut env);
    let faults = env.finish().unwrap_err().0;
    let mut named: Vec<&str> = faults.iter().map(|fault| fault.variable).collect();
    named.sort_unstable();
    assert_eq!(named, REQUIRED);
}

/// Live messages must not end at a test double because a variable was forgotten.
#[test]
fn without_another_word_the_vendors_own_addresses_serve() {
    let mut env = complete();
    let config = Config::read(&mut env);
    env.finish().unwrap();
    assert_eq!(config.twilio.base.as_str(), "https://api.twilio.com/");
    assert_eq!(config.mailgun.base.as_str(), "https://api.mailgun.net/");
}

#[test]
fn an_operator_who_cannot_be_written_to_is_a_fault() {
    let mut env = complete();
    env.set("OPERATOR_EMAIL", "Operator <operator@bord.example>")
        .set("OPERATOR_LANGUAGE", "rm");
    Config::read(&mut env);
    let told = env.finish().unwrap_err().to_string();
    assert!(
        told.contains("OPERATOR_EMAIL") && told.contains("OPERATOR_LANGUAGE"),
        "{told}"
    );
}

on_both! {
    /// On Kubernetes only a Job migrates, which holds no credentials; the service waits for it.
    async fn a_service_that_does_not_migrate_waits_for_the_job(db: TestDb) {
        let twin = Twin::start(TwinConfig::default()).await.unwrap();
        let mut config = config(&db, &twin, timing(), false);
        config.migrate = false;
        let bound = chassis::server::Bound::local().await.unwrap();
        let mut client = NotificationServiceClient::new(channel(&bound.url()));
        let life = chassis::run::Life::for_test();
        let serving = notification_service::start(config, bound, life.clone());
        life.spawn(async move { serving.await.unwrap() });
        let request = wire::ListDeliveriesRequest::default();
        let early = tokio::time::timeout(
            Duration::from_millis(500), client.list_deliveries(request.clone())).await;
        assert!(!matches!(early, Ok(Ok(_))), "it serves before there is a schema");
        let job = Env::from_map([("DATABASE_URL", db.url(SCHEMA))]);
        let database: Secret = Config::database(&job);
        notification_service::migrate(&database).await.unwrap();
        test_support::eventually(Duration::from_secs(20), async || {
            client.list_deliveries(request.clone()).await.ok()
        }).await;
        life.stop();
    }
}
