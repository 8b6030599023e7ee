//! What customer and operator are told.

use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{LeadFacts, Notice};
use notification_service::domain::plan::Verdict;
use notification_service::text::{About, Answering, LANGUAGES, render, segments, words};

use super::{PHONE, REFERENCE, assigned, has, lead, planned, say};

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
        not_alarming(&text, language);
        assert!(
            segments::gsm_length(&text).is_some(),
            "{language} needs the wide alphabet: {text}"
        );
        let unmatched = Notice::LeadUnmatched {
            lead: Box::new(lead(language)),
            cause: "c".into(),
        };
        let text = say(&unmatched, &to(Template::CustomerUnmatched)).body;
        has(&text, &facts, language);
        assert!(!text.contains("Muster"), "names no provider: {text}");
        not_alarming(&text, language);
        assert!(
            segments::gsm_length(&text).is_some(),
            "{language} needs the wide alphabet: {text}"
        );
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
        assert!(text.starts_with(words::of(language).hello), "{text}");
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
            copy.subject
                .starts_with(&format!("[{}] ", words::of(language).urgent_mark)),
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
        let reply = |health| Notice::InboundReply {
            from: "+41795530141".into(),
            channel: "sms".into(),
            body: "Ja, Zahnweh".into(),
            lead_id: None,
            health,
        };
        let mail = say(&reply(false), &to(Template::InboundReply));
        has(&mail.subject, &["+41 79 553 01 41"], language);
        has(&mail.body, &["sms", "Ja, Zahnweh"], language);
        // D10: about a health-related lead neither who wrote nor what.
        let mail = say(&reply(true), &to(Template::InboundReply));
        has(&mail.subject, &["+41 79 *** ** 41"], language);
        has(&mail.body, &["sms", words::of(language).redacted], language);
        for private in ["Zahnweh", "553 01"] {
            let said = [&mail.subject, &mail.body, &mail.html];
            assert!(
                !said.iter().any(|text| text.contains(private)),
                "{language}: {said:?}"
            );
        }
    }
}

/// An emergency is the provider's business: the customer knows it already.
fn not_alarming(text: &str, language: &str) {
    let words = words::of(language);
    for loud in [words.urgent, words.offer_urgent, words.urgent_mark] {
        let (text, loud) = (text.to_lowercase(), loud.to_lowercase());
        assert!(!text.contains(&loud), "{language}: {text}");
    }
}

/// R51: the operator's copy names each message with receiver, channel and masked address, what
/// became of it, and the text messages that go out.
#[test]
fn the_copy_lists_every_message_and_what_became_of_it() {
    let notice = assigned(lead("en"));
    let mut plan = vec![
        planned(
            Template::ProviderOffer,
            Recipient::Provider,
            Channel::Whatsapp,
            "fr",
        ),
        planned(
            Template::ProviderOffer,
            Recipient::Provider,
            Channel::Sms,
            "fr",
        ),
        planned(
            Template::ProviderOffer,
            Recipient::Provider,
            Channel::Email,
            "fr",
        ),
        planned(
            Template::CustomerConfirmation,
            Recipient::Customer,
            Channel::Sms,
            "fr",
        ),
    ];
    plan[0].address = String::new();
    plan[0].verdict = Verdict::NotPossible("NO_ADDRESS");
    plan[2].address = "pikett@muster.example".to_owned();
    plan[3].address = "+33612345678".to_owned();
    plan[3].verdict = Verdict::Withheld("COUNTRY_RULE");
    let said: Vec<_> = plan.iter().map(|planned| say(&notice, planned)).collect();
    let others: Vec<_> = plan.iter().zip(&said).collect();
    let copy = |lead: LeadFacts, full| {
        let about = About {
            reference: REFERENCE,
            answering: Answering::of(&plan),
            others: &others,
            full,
        };
        let to = planned(
            Template::OperatorCopy,
            Recipient::Operator,
            Channel::Email,
            "en",
        );
        render(&assigned(lead), &to, &about)
    };
    let open = copy(lead("en"), false).body;
    let list = "--- Messages ---\n\
        Provider, WhatsApp: not possible (NO_ADDRESS)\n\
        Provider, SMS, +41 79 *** ** 41\n\
        Provider, e-mail, p***@***.example\n\
        Customer, SMS, +33 61 *** ** 78: withheld (country rule)\n";
    assert!(open.contains(list), "{open}");
    assert!(
        open.contains(&format!("--- SMS to the provider ---\n{}", said[1].body)),
        "{open}"
    );
    assert!(
        !open.contains("SMS to the customer"),
        "it never leaves: {open}"
    );

    // D10: nothing that the customer said stands in a redacted copy, whatever the category.
    let dental = LeadFacts {
        health: true,
        category: "unsorted".to_owned(),
        service: "abcès dentaire".to_owned(),
        ..lead("en")
    };
    let redacted = copy(dental.clone(), false);
    for private in ["bcès", "Dupont", "Carouge", "123 45 67"] {
        for part in [&redacted.subject, &redacted.body, &redacted.html] {
            assert!(!part.contains(private), "{private}: {part}");
        }
    }
    assert!(copy(dental, true).subject.contains("Abcès dentaire"));
}
