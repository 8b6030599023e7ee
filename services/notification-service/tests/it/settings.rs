//! Settings: what is missing is told at start, all of it at once, and nothing stands in for it.

use chassis::config::Env;
use notification_service::Config;

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

/// A migration Job holds no credentials.
#[tokio::test]
async fn a_migration_needs_only_the_database() {
    let db = test_support::TestDb::sqlite().await;
    let env = Env::from_map([("DATABASE_URL", db.url("notification"))]);
    notification_service::migrate(&Config::database(&env))
        .await
        .unwrap();
}
