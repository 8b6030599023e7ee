//! The settings of everything in one process: made up for the twin, demanded for the real vendors.

use chassis::config::Env;
use vendor_twin::TwinConfig;

/// Every setting that the real vendors need; `up --live` names all that are missing at once.
const LIVE: &[&str] = &[
    "DATABASE_URL",
    "PUBLIC_BASE_URL",
    "OPERATOR_EMAIL",
    "LINK_SECRET",
    "CALL_TOKEN_SECRET",
    "DISPATCH_TOOL_SECRET",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY_SID",
    "TWILIO_API_KEY_SECRET",
    "ELEVENLABS_API_KEY",
    "ELEVENLABS_WEBHOOK_SECRET",
    "MAILGUN_API_KEY",
    "MAILGUN_DOMAIN",
    "MAILGUN_FROM",
    "MAILGUN_SIGNING_KEY",
];

/// Refuses what must never carry real calls: the embedded database (R71), a public URL that is
/// not https, a missing secret. Every fault at once.
///
/// # Errors
/// The list of faults.
pub fn demand_live(env: &mut Env) -> anyhow::Result<()> {
    for name in LIVE {
        let _ = env.text(name);
    }
    if env
        .optional("DATABASE_URL")
        .is_some_and(|url| url.starts_with("sqlite"))
    {
        env.fault(
            "DATABASE_URL",
            "names SQLite, which lives on one machine that can sleep",
            "use postgres://…".to_owned(),
        );
    }
    if env
        .optional("PUBLIC_BASE_URL")
        .is_some_and(|url| !url.starts_with("https://"))
    {
        env.fault(
            "PUBLIC_BASE_URL",
            "is not https",
            "the vendors reach bord by it: give the https URL of the gateway".to_owned(),
        );
    }
    for name in ["TWILIO_API_BASE", "ELEVENLABS_API_BASE", "MAILGUN_API_BASE"] {
        if env
            .optional(name)
            .is_some_and(|url| !url.starts_with("https://"))
        {
            let known: &'static str = name;
            env.fault(
                known,
                "is not https",
                "remove it to use the vendor's own".to_owned(),
            );
        }
    }
    env.finish()?;
    Ok(())
}

/// Secrets of this run alone, where none are given, shared by bord and its twin.
#[must_use]
pub fn made_up(env: &Env, database: &str, public_base: &str) -> Env {
    let twin = TwinConfig::default();
    let mut env = env.clone();
    let fixed = [
        ("DATABASE_URL", database.to_owned()),
        (
            "PUBLIC_BASE_URL",
            public_base.trim_end_matches('/').to_owned(),
        ),
        ("OPERATOR_EMAIL", "operator@bord.example".to_owned()),
        ("TWILIO_ACCOUNT_SID", twin.twilio_account_sid),
        ("TWILIO_AUTH_TOKEN", twin.twilio_auth_token),
        ("TWILIO_API_KEY_SID", twin.twilio_api_key_sid),
        ("TWILIO_API_KEY_SECRET", twin.twilio_api_key_secret),
        ("ELEVENLABS_API_KEY", twin.elevenlabs_api_key),
        ("ELEVENLABS_WEBHOOK_SECRET", twin.elevenlabs_webhook_secret),
        ("MAILGUN_API_KEY", twin.mailgun_api_key),
        ("MAILGUN_DOMAIN", twin.mailgun_domain),
        ("MAILGUN_FROM", "bord <dispatch@mg.example.com>".to_owned()),
        ("MAILGUN_SIGNING_KEY", twin.mailgun_signing_key),
    ];
    for (name, value) in fixed {
        env.set(name, value);
    }
    for name in [
        "LINK_SECRET",
        "CALL_TOKEN_SECRET",
        "DISPATCH_TOOL_SECRET",
        "CRON_SECRET",
    ] {
        // Given ones stay: tokens then outlive a restart.
        if env.optional(name).is_none() {
            let words: [u64; 4] = rand::random();
            env.set(name, words.map(|word| format!("{word:016x}")).concat());
        }
    }
    env
}

/// Points the three vendors' adapters at the twin.
pub fn point_at_twin(env: &mut Env, twin: &str) {
    for name in ["TWILIO_API_BASE", "ELEVENLABS_API_BASE", "MAILGUN_API_BASE"] {
        env.set(name, twin);
    }
    // The vendor asks for 20 s between two looks at a scenario run; the twin does not mind.
    env.set("SCENARIO_POLL_MS", "100");
    env.set("PROMPT_POLL_MS", "100");
    // Pages of made-up sites are the twin's.
    env.set("PAGE_CHECK_BASE", format!("{}/pages", twin.trim_end_matches('/')));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_names_every_missing_secret_and_every_unsafe_setting_at_once() {
        let mut env = Env::from_map([
            ("DATABASE_URL", "sqlite:data"),
            ("PUBLIC_BASE_URL", "http://bord.example"),
            ("TWILIO_API_BASE", "http://127.0.0.1:8090"),
        ]);
        let told = demand_live(&mut env).expect_err("refused").to_string();
        for name in LIVE {
            assert!(told.contains(name), "{name} is not named in:\n{told}");
        }
        assert!(
            told.contains("SQLite") && told.contains("https") && told.contains("TWILIO_API_BASE")
        );
    }

    #[test]
    fn made_up_secrets_differ_from_run_to_run() {
        let env = Env::from_map::<&str, &str>([]);
        let one = made_up(&env, "sqlite:x", "http://127.0.0.1:1");
        let two = made_up(&env, "sqlite:x", "http://127.0.0.1:1");
        assert_ne!(one.optional("LINK_SECRET"), two.optional("LINK_SECRET"));
        assert_eq!(one.optional("LINK_SECRET").map(|s| s.len()), Some(64));
    }
}
