//! Every text in every language: all facts are there, nothing is left open, lengths hold.

use chrono::DateTime;
use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{LeadFacts, Notice, ProviderFacts, Urgency};
use notification_service::domain::plan::{Planned, Verdict};
use notification_service::text::{LANGUAGES, Rendered, render, segments, whatsapp, words};

const REFERENCE: &str = "K7-3F9AQ";
const PHONE: &str = "+41 79 123 45 67";

fn lead(language: &str) -> LeadFacts {
    let names = |text: &str| {
        LANGUAGES
            .iter()
            .map(|l| ((*l).to_owned(), format!("{text}-{l}")))
            .collect()
    };
    LeadFacts {
        lead_id: uuid::Uuid::nil(),
        attempt: 2,
        source_country: "CH".to_owned(),
        allowed_countries: Vec::new(),
        site_url: "https://www.plombiersgeneve.ch/contact?x=1".to_owned(),
        customer_name: "Marie Dupont".to_owned(),
        customer_phone: "+41791234567".to_owned(),
        language: language.to_owned(),
        service: "Fuite sous le lavabo".to_owned(),
        category: "plumbing".to_owned(),
        category_names: names("Trade"),
        location: "Rue de Carouge 12".to_owned(),
        city: "geneve".to_owned(),
        city_names: names("City"),
        urgency: Urgency::Emergency,
        health: false,
        recording_url: String::new(),
        create_time: DateTime::from_timestamp(1_795_250_000, 0).unwrap(),
        time_zone: "Europe/Zurich".to_owned(),
    }
}

fn provider() -> ProviderFacts {
    ProviderFacts {
        provider_id: "p1".to_owned(),
        name: "Plomberie Muster".to_owned(),
        language: "fr".to_owned(),
        country: "CH".to_owned(),
        whatsapp: String::new(),
        sms: String::new(),
        email: "a@b.example".to_owned(),
        address: "Rue du Stand 5, 1204 Geneve".to_owned(),
    }
}

fn planned(template: Template, recipient: Recipient, channel: Channel, language: &str) -> Planned {
    Planned {
        template,
        recipient,
        channel,
        address: "+41795530141".to_owned(),
        language: language.to_owned(),
        source_country: "CH".to_owned(),
        address_country: "CH".to_owned(),
        recipient_country: "CH".to_owned(),
        allowed_country: String::new(),
        two_way_sms: true,
        verdict: Verdict::Send {
            from: String::new(),
            content_sid: String::new(),
        },
    }
}

fn say(notice: &Notice, planned: &Planned) -> Rendered {
    render(notice, planned, REFERENCE, &[], false)
}

fn assigned(lead: LeadFacts) -> Notice {
    Notice::LeadAssigned {
        lead: Box::new(lead),
        provider: Box::new(provider()),
    }
}

fn has(text: &str, facts: &[&str], what: &str) {
    assert!(
        !text.contains(['{', '}']),
        "{what} leaves a place open: {text}"
    );
    for fact in facts {
        assert!(text.contains(fact), "{what} lacks {fact}: {text}");
    }
}

#[test]
fn the_offer_says_everything_by_every_channel_in_every_language() {
    for language in LANGUAGES {
        let notice = assigned(lead(language));
        let say = |channel| {
            say(
                &notice,
                &planned(
                    Template::ProviderOffer,
                    Recipient::Provider,
                    channel,
                    language,
                ),
            )
        };
        let words = words::of(language);
        assert_eq!(words.language, language);
        let (trade, city) = (format!("Trade-{language}"), format!("City-{language}"));
        let facts = [
            words.emergency,
            trade.as_str(),
            &city,
            "Fuite sous le lavabo",
            "Rue de Carouge 12",
            "Marie Dupont",
            PHONE,
            "2026",
            "09:33 CET",
            REFERENCE,
        ];
        let sms = say(Channel::Sms).body;
        has(&sms, &facts, language);
        assert!(
            sms.starts_with(words.emergency),
            "an emergency is seen first: {sms}"
        );
        assert!(sms.contains(" K7"), "the code to answer with: {sms}");
        assert!(
            sms.chars().count() <= 306 && segments::count(&sms) <= 2,
            "{language}: {sms}"
        );
        assert!(
            segments::gsm_length(&sms).is_some(),
            "{language} needs the wide alphabet: {sms}"
        );

        let whatsapp = say(Channel::Whatsapp);
        has(&whatsapp.body, &facts, language);
        assert!(
            whatsapp
                .body
                .contains(&format!("[{}]", words.whatsapp_accept))
        );
        assert_eq!(whatsapp.variables.len(), 9);
        assert_eq!(whatsapp.variables[8], format!("{}:2", uuid::Uuid::nil()));

        let mail = say(Channel::Email);
        has(&mail.body, &facts, language);
        has(&mail.body, &["Plomberie Muster"], language);
        has(
            &mail.html.replace(['{', '}'], ""),
            &["tel:+41791234567", "Marie Dupont"],
            language,
        );
        has(&mail.subject, &[words.emergency, REFERENCE], language);
        assert!(
            mail.body.starts_with("***"),
            "an emergency is seen first: {}",
            mail.body
        );
    }
}

#[test]
fn the_customer_is_told_who_has_the_request_or_that_it_is_noted() {
    for language in LANGUAGES {
        let confirmed = assigned(lead(language));
        let to = |template| planned(template, Recipient::Customer, Channel::Sms, language);
        let text = say(&confirmed, &to(Template::CustomerConfirmation)).body;
        let facts = ["plombiersgeneve.ch", "Marie Dupont", PHONE, REFERENCE];
        has(&text, &facts, language);
        has(&text, &["Plomberie Muster", "Rue du Stand 5"], language);
        assert!(segments::fits(&text), "{language}: {text}");
        let unmatched = Notice::LeadUnmatched {
            lead: Box::new(lead(language)),
            cause: "c".into(),
        };
        let text = say(&unmatched, &to(Template::CustomerUnmatched)).body;
        has(&text, &facts, language);
        assert!(!text.contains("Muster"), "names no provider: {text}");
        assert!(
            segments::fits(&text) && segments::count(&text) <= 2,
            "{language}: {text}"
        );

        // Who gave no name is greeted all the same.
        let nameless = LeadFacts {
            customer_name: String::new(),
            ..lead(language)
        };
        let text = say(&assigned(nameless), &to(Template::CustomerConfirmation)).body;
        has(&text, &[words::of(language).hello], language);
        assert!(!text.contains(" ,") && !text.contains("  "), "{text}");
    }
}

#[test]
fn the_operator_reads_everything_in_the_language_of_choice() {
    for language in LANGUAGES {
        let to = |template| planned(template, Recipient::Operator, Channel::Email, language);
        let copy = say(&assigned(lead(language)), &to(Template::OperatorCopy));
        let facts = [
            "Marie Dupont",
            PHONE,
            "Fuite sous le lavabo",
            "plombiersgeneve.ch",
            REFERENCE,
        ];
        has(&copy.body, &facts, language);
        has(
            &copy.body,
            &["Plomberie Muster", &uuid::Uuid::nil().to_string()],
            language,
        );
        assert!(
            copy.subject.starts_with(words::of(language).emergency),
            "{}",
            copy.subject
        );
        let cause = "nobody is free".to_owned();
        let unmatched = Notice::LeadUnmatched {
            lead: Box::new(lead(language)),
            cause,
        };
        let mail = say(&unmatched, &to(Template::OperatorUnmatched));
        has(&mail.body, &facts, language);
        has(&mail.body, &["nobody is free"], language);
        let alarm = Notice::OperatorAlarm {
            kind: "SCAN_LATE".into(),
            subject: "quality".into(),
            text: "40 minutes\nold".into(),
        };
        let mail = say(&alarm, &to(Template::OperatorAlarm));
        has(&mail.subject, &["SCAN_LATE", "quality"], language);
        has(&mail.body, &["40 minutes\nold"], language);
        let reply = Notice::InboundReply {
            from: "+41795530141".into(),
            channel: "sms".into(),
            body: "Ja".into(),
            lead_id: None,
        };
        let mail = say(&reply, &to(Template::InboundReply));
        has(&mail.subject, &["+41 79 553 01 41"], language);
        has(&mail.body, &["sms", "Ja"], language);
    }
}

#[test]
fn long_facts_are_shortened_and_numbers_never_are() {
    for language in LANGUAGES {
        for filler in ["a", "ê", "字", "🔧"] {
            let long = LeadFacts {
                customer_name: filler.repeat(500),
                service: filler.repeat(3_000),
                location: filler.repeat(800),
                category_names: vec![(language.to_owned(), filler.repeat(200))],
                city_names: vec![(language.to_owned(), filler.repeat(200))],
                recording_url: "https://bord.example/r/token".to_owned(),
                ..lead(language)
            };
            let notice = Notice::LeadAssigned {
                lead: Box::new(long.clone()),
                provider: Box::new(ProviderFacts {
                    name: filler.repeat(300),
                    address: filler.repeat(300),
                    ..provider()
                }),
            };
            let unmatched = Notice::LeadUnmatched {
                lead: Box::new(long),
                cause: String::new(),
            };
            let customer = |t| planned(t, Recipient::Customer, Channel::Sms, language);
            let offer = planned(
                Template::ProviderOffer,
                Recipient::Provider,
                Channel::Sms,
                language,
            );
            for text in [
                say(&notice, &offer).body,
                say(&notice, &customer(Template::CustomerConfirmation)).body,
                say(&unmatched, &customer(Template::CustomerUnmatched)).body,
            ] {
                assert!(
                    segments::fits(&text),
                    "{language} {filler} {}: {text}",
                    text.chars().count()
                );
                assert!(text.chars().count() <= 306);
                assert!(
                    text.contains(PHONE) && text.contains(REFERENCE),
                    "{language}: {text}"
                );
            }
            let whatsapp = planned(
                Template::ProviderOffer,
                Recipient::Provider,
                Channel::Whatsapp,
                language,
            );
            let said = say(&notice, &whatsapp);
            assert!(
                said.body.chars().count() <= 1_024,
                "{}",
                said.body.chars().count()
            );
        }
    }
}

#[test]
fn urgency_is_said_in_its_degrees() {
    for language in LANGUAGES {
        let words = words::of(language);
        for (urgency, word) in [
            (Urgency::Emergency, words.emergency),
            (Urgency::Soon, words.soon),
            (Urgency::Flexible, words.flexible),
            (Urgency::Unknown, words.new_request),
        ] {
            let notice = assigned(LeadFacts {
                urgency,
                ..lead(language)
            });
            let offer = planned(
                Template::ProviderOffer,
                Recipient::Provider,
                Channel::Sms,
                language,
            );
            let sms = say(&notice, &offer).body;
            assert!(sms.starts_with(word), "{language}: {sms}");
            let mail = planned(
                Template::ProviderOffer,
                Recipient::Provider,
                Channel::Email,
                language,
            );
            let banner = say(&notice, &mail).body.starts_with("***");
            assert_eq!(banner, urgency == Urgency::Emergency);
        }
    }
}

#[test]
fn an_unsorted_need_is_told_in_the_customers_words_and_a_voicemail_by_its_link() {
    let unsorted = LeadFacts {
        category: "unsorted".to_owned(),
        recording_url: "https://bord.example/r/token".to_owned(),
        ..lead("en")
    };
    let notice = assigned(unsorted);
    let to = |channel| planned(Template::ProviderOffer, Recipient::Provider, channel, "en");
    let sms = say(&notice, &to(Channel::Sms)).body;
    assert!(
        sms.starts_with("EMERGENCY: Fuite sous le lavabo, City-en\n"),
        "{sms}"
    );
    assert!(sms.contains("Voice message: see the email."), "{sms}");
    let mail = say(&notice, &to(Channel::Email));
    assert!(
        mail.html.contains("href=\"https://bord.example/r/token\""),
        "{}",
        mail.html
    );
    // Without a mail the other channels bring the link.
    let mailless = Notice::LeadAssigned {
        lead: Box::new(LeadFacts {
            recording_url: "https://bord.example/r/token".to_owned(),
            ..lead("en")
        }),
        provider: Box::new(ProviderFacts {
            email: String::new(),
            ..provider()
        }),
    };
    for channel in [Channel::Sms, Channel::Whatsapp] {
        let text = say(&mailless, &to(channel)).body;
        assert!(text.contains("https://bord.example/r/token"), "{text}");
    }
    // Only a web link becomes one.
    let script = LeadFacts {
        recording_url: "javascript:alert(1)".to_owned(),
        ..lead("en")
    };
    let mail = say(&assigned(script), &to(Channel::Email));
    assert!(!mail.html.contains("javascript"), "{}", mail.html);
}

/// The rules of fact sheet Twilio 3.5 for templates that are handed in.
#[test]
fn whatsapp_templates_keep_the_vendors_rules() {
    for language in LANGUAGES {
        let content = whatsapp::content(language);
        let reply = &content["types"]["twilio/quick-reply"];
        let body = reply["body"].as_str().unwrap();
        assert!(body.chars().count() <= 1_024);
        assert!(
            !body.starts_with("{{") && !body.ends_with("}}"),
            "{language}"
        );
        let mut expected = 1;
        let mut rest = body;
        while let Some((before, after)) = rest.split_once("{{") {
            assert!(
                expected == 1 || before.chars().any(char::is_alphabetic),
                "adjacent variables"
            );
            let (number, after) = after.split_once("}}").unwrap();
            assert_eq!(
                number,
                expected.to_string(),
                "{language}: variables are sequential"
            );
            expected += 1;
            rest = after;
        }
        assert_eq!(expected, 9);
        let fixed = body
            .split_whitespace()
            .filter(|word| !word.contains("{{"))
            .count();
        assert!(
            fixed > 2 * 8,
            "{language}: {fixed} words beside 8 variables"
        );
        for action in reply["actions"].as_array().unwrap() {
            assert!(action["title"].as_str().unwrap().chars().count() <= 20);
            assert!(action["id"].as_str().unwrap().ends_with(":{{9}}"));
        }
        assert_eq!(content["variables"].as_object().unwrap().len(), 9);
        assert_eq!(content["language"], language);
    }
}
