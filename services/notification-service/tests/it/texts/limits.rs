//! Lengths and shapes: what carriers take, whatever people said.

use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{LeadFacts, Notice, ProviderFacts};
use notification_service::text::{LANGUAGES, segments, whatsapp};

use super::{PHONE, REFERENCE, lead, planned, provider, say};

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

/// The rules of fact sheet Twilio 3.5 for templates that are handed in.
#[test]
fn whatsapp_templates_keep_the_vendors_rules() {
    for language in LANGUAGES {
        let content = whatsapp::content(Template::ProviderOffer, language).unwrap();
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
