//! The messages that the sample becomes, and what an apply tells when nobody answers. Apply
//! against the running services is tested where they run together.

use contracts::roster::v1::{ChannelKind, payout_terms::Terms};

use super::*;
use crate::catalog::FAQ_MARKER;

fn sample() -> Catalog {
    Catalog::sample().unwrap()
}

#[test]
fn a_site_goes_out_with_its_own_language_and_its_disclosure_first() {
    let catalog = sample();
    let site = wire::site(&catalog, catalog.site("geneva-plumbing").unwrap());
    assert_eq!(site.languages, ["fr", "en"]);
    assert!(site.disclosure.starts_with("Bonjour") && site.disclosure.ends_with('?'));
    let number = catalog.site("plombiersgeneve.ch").unwrap();
    let number = wire::number(number, &number.numbers[0]);
    assert_eq!(number.number_e164, "+41225394512");
    assert_eq!(number.chain_carrier, "Digital Republic eSIM");
    assert!(!number.chain_mobile_e164.is_empty());
    assert_eq!(
        number.fallback_url,
        "https://fallback.bord.example/geneva-plumbing.xml"
    );
}

/// R16, R20, R22, R24.
#[test]
fn an_agent_goes_out_with_the_whole_prompt_and_the_voice_by_id_and_name() {
    let catalog = sample();
    let site = catalog.site("geneva-plumbing").unwrap();
    let agent = wire::agent(&catalog, site, site.agent.as_ref().unwrap());
    let configuration = agent.configuration.unwrap();
    assert_eq!(configuration.voice_id, "cjVigY5qzO86Huf0OWal");
    assert_eq!(configuration.voice_name, "Eric");
    assert_eq!(
        (configuration.llm.as_str(), configuration.dispatch_fidelity),
        ("gpt-4o", true)
    );
    assert_eq!(configuration.initial_wait_time.unwrap().seconds, 3);
    assert!(
        configuration
            .prompt
            .contains("Combien coûte une intervention")
    );
    assert!(!configuration.prompt.contains(FAQ_MARKER));
    assert_eq!(agent.served_categories, ["plumbing"]);
}

/// R44, R79, R80.
#[test]
fn a_provider_goes_out_with_hours_channels_and_terms() {
    let catalog = sample();
    let provider =
        |id: &str| wire::provider(catalog.providers.iter().find(|p| p.id == id).unwrap());
    let plumber = provider("plomberie-du-rhone");
    assert_eq!(plumber.hours.len(), 7);
    assert!(
        plumber
            .hours
            .iter()
            .all(|h| (h.open_minute, h.close_minute) == (0, 1440))
    );
    let kinds: Vec<_> = plumber
        .channels
        .iter()
        .map(contracts::roster::v1::Channel::kind)
        .collect();
    assert_eq!(
        kinds,
        [ChannelKind::Whatsapp, ChannelKind::Sms, ChannelKind::Email]
    );
    assert_eq!(
        plumber.terms.unwrap().terms,
        Some(Terms::PercentHundredths(1500))
    );
    let clinic = provider("clinique-mont-blanc")
        .terms
        .unwrap()
        .terms
        .unwrap();
    assert!(
        matches!(clinic, Terms::Flat(flat) if flat.amount_minor == 10_000 && flat.currency == "EUR")
    );
    assert_eq!(provider("termosanitari-bre").channels.len(), 2);
}

#[test]
fn a_country_is_not_among_those_allowed_besides_it_and_defaults_come_first() {
    let catalog = sample();
    let facts = wire::site_facts(catalog.site("geneva-plumbing").unwrap());
    assert_eq!(facts.allowed_countries, ["FR"]);
    assert_eq!(
        (facts.categories[0].as_str(), facts.cities[0].as_str()),
        ("plumbing", "geneve")
    );
    assert_eq!((facts.numbers.len(), facts.chain_mobiles.len()), (1, 1));
    assert_eq!(facts.max_call_duration.unwrap().seconds, 600);
}

/// D11, R46.
#[test]
fn channel_rules_tell_where_nobody_can_answer_by_sms() {
    let rules = wire::channel_rules(&sample(), true);
    assert!(rules.dry_run);
    let two_way = |code: &str| {
        rules
            .countries
            .iter()
            .find(|c| c.country == code)
            .unwrap()
            .two_way_sms
    };
    assert!(two_way("CH") && !two_way("ID"));
    assert_eq!(rules.whatsapp_templates.len(), 18);
    assert_eq!(rules.languages[0], "fr");
}

/// D8, D13: what the files say of deadlines, repeats and retention reaches its owner.
#[test]
fn deadlines_rules_and_retention_go_out_as_the_files_say() {
    let catalog = sample();
    let taxonomy = wire::taxonomy(&catalog, false);
    let plumbing = taxonomy
        .categories
        .iter()
        .find(|c| c.category_id == "plumbing")
        .unwrap();
    let minutes = plumbing.answer_deadlines.unwrap();
    assert_eq!(
        [
            minutes.emergency_minutes,
            minutes.soon_minutes,
            minutes.flexible_minutes
        ],
        [10, 30, 120]
    );
    let rules = taxonomy.rules.unwrap();
    assert_eq!(
        [
            rules.repeat_days,
            rules.result_reminder_days,
            rules.retention_days
        ],
        [30, 5, 730]
    );
    let kept = wire::retention(&catalog.operator, true);
    assert_eq!((kept.recording_days, kept.transcript_days), (30, 90));
    assert!(kept.dry_run);
    assert_eq!(
        wire::channel_rules(&catalog, false).message_retention_days,
        90
    );
}

#[tokio::test]
async fn services_that_do_not_answer_are_asked_once_and_nothing_is_passed_over_in_silence() {
    // Port 1 on loopback refuses at once.
    let channel = || chassis::client::channel("http://127.0.0.1:1").unwrap();
    let services = Services {
        telephony: channel(),
        lead: channel(),
        roster: channel(),
        notification: channel(),
    };
    let catalog = sample();
    let applied = apply(&catalog, &services, Options::default()).await;
    assert!(!applied.is_complete());
    assert!(
        applied
            .changes
            .iter()
            .all(|c| matches!(c.outcome, Outcome::Failed(_)))
    );
    let asked = |service: &str| {
        let of_it = |c: &&Change| c.service == service;
        let tried = |c: &&Change| !matches!(&c.outcome, Outcome::Failed(why) if why.starts_with("not tried"));
        applied.changes.iter().filter(of_it).filter(tried).count()
    };
    for service in ["telephony", "lead", "roster", "notification"] {
        assert_eq!(asked(service), 1, "{service}:\n{}", applied.render());
    }
    let providers = applied
        .changes
        .iter()
        .filter(|c| c.kind == "provider")
        .count();
    assert_eq!(providers, catalog.providers.len());
}

#[test]
fn the_report_shows_what_changed_and_counts_the_rest() {
    let change = |id: &str, outcome, fields: &[&str]| Change {
        service: "roster",
        kind: "provider",
        id: id.to_owned(),
        outcome,
        fields: fields.iter().map(|f| (*f).to_owned()).collect(),
    };
    let mut applied = Applied {
        changes: vec![
            change("a", Outcome::Unchanged, &[]),
            change("b", Outcome::Updated, &["capacity", "hours"]),
            change("c", Outcome::Paused, &[]),
        ],
        ..Applied::default()
    };
    assert!(applied.is_complete());
    let text = applied.render();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("b  capacity, hours"));
    assert!(
        text.ends_with("0 created, 1 updated, 1 unchanged, 1 paused, 0 in conflict, 0 failed\n")
    );
    applied
        .changes
        .push(change("d", Outcome::Conflict, &["capacity"]));
    assert!(!applied.is_complete());
    assert!(applied.render().contains("an operator changed capacity"));
}
