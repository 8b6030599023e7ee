//! The offer to a provider, by each channel.

use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{LeadFacts, Notice, ProviderFacts, Urgency};
use notification_service::text::{About, Answering, LANGUAGES, render, segments, words};

use super::{PHONE, REFERENCE, assigned, has, lead, planned, provider, say};

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
            sms.starts_with(&format!("{}{} {trade}\n", words.offer_urgent, words.colon)),
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
        has(&whatsapp.body, &[words.urgent], language);
        assert!(
            whatsapp
                .body
                .contains(&format!("[{}]", words.whatsapp_accept))
        );
        assert_eq!(whatsapp.variables.len(), 9);
        assert_eq!(whatsapp.variables[8], format!("{}:2", uuid::Uuid::nil()));

        let mail = say(Channel::Email);
        has(&mail.body, &facts, language);
        has(&mail.body, &["Plomberie Muster", "WhatsApp"], language);
        has(&mail.body, &[&words.name_of(language)], language);
        has(
            &mail.html.replace(['{', '}'], ""),
            &["tel:+41791234567", "Marie Dupont"],
            language,
        );
        has(&mail.subject, &[words.offer_urgent, REFERENCE], language);
        assert!(
            mail.body.starts_with("***"),
            "an emergency is seen first: {}",
            mail.body
        );
    }
}

#[test]
fn urgency_is_said_in_its_degrees() {
    for language in LANGUAGES {
        let words = words::of(language);
        for (urgency, word) in [
            (Urgency::Emergency, words.offer_urgent),
            (Urgency::Soon, words.offer_soon),
            (Urgency::Flexible, words.offer_flexible),
            (Urgency::Unknown, words.offer_new),
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
            assert!(
                sms.starts_with(&format!("{word}{} Trade", words.colon)),
                "{language}: {sms}"
            );
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
        sms.starts_with("Urgent request: Fuite sous le lavabo\nRue de Carouge 12, City-en\n"),
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

/// The trade stands on one line and the need on the next, also where an agent said both at once.
#[test]
fn the_need_is_told_without_the_trade_before_it() {
    let both = LeadFacts {
        service: "trade-fr (une fuite d'eau sous l'évier)".to_owned(),
        ..lead("fr")
    };
    let notice = assigned(both);
    let to = |channel| planned(Template::ProviderOffer, Recipient::Provider, channel, "fr");
    let sms = say(&notice, &to(Channel::Sms)).body;
    let expected =
        "Demande urgente : Trade-fr\nUne fuite d'eau sous l'évier\nRue de Carouge 12, City-fr\n";
    assert!(sms.starts_with(expected), "{sms}");
    let whatsapp = say(&notice, &to(Channel::Whatsapp));
    assert_eq!(whatsapp.variables[1], "Trade-fr");
    assert_eq!(whatsapp.variables[2], "Une fuite d'eau sous l'évier");
    let mail = say(&notice, &to(Channel::Email)).body;
    let rows = "Domaine : Trade-fr\nBesoin : Une fuite d'eau sous l'évier\nLieu : Rue de Carouge 12, City-fr\n";
    assert!(mail.contains(rows), "{mail}");
    // A place that names the city does not name it twice.
    let carouge = LeadFacts {
        location: "Carouge, city-de".to_owned(),
        ..lead("fr")
    };
    let sms = say(&assigned(carouge), &to(Channel::Sms)).body;
    assert!(sms.contains("\nCarouge, city-de\n"), "{sms}");
}

/// D11: no text asks for an answer by a channel on which none reaches us.
#[test]
fn an_answer_is_asked_for_only_where_it_reaches_us() {
    let notice = assigned(lead("en"));
    let to = |channel| planned(Template::ProviderOffer, Recipient::Provider, channel, "en");
    let mail = |whatsapp, sms| {
        let about = About {
            reference: REFERENCE,
            answering: Answering { whatsapp, sms },
            others: &[],
            full: false,
        };
        let sms = render(&notice, &to(Channel::Sms), &about).body;
        (render(&notice, &to(Channel::Email), &about).body, sms)
    };
    let (both, sms) = mail(true, true);
    assert!(both.contains("by WhatsApp or SMS.") && sms.contains("Reply YES K7 to accept"));
    let (one, sms) = mail(true, false);
    assert!(one.contains("by WhatsApp.") && sms.contains("Please reply on WhatsApp."));
    let (one, _) = mail(false, true);
    assert!(one.contains("by SMS."));
    let (none, sms) = mail(false, false);
    assert!(
        !none.contains("accept") && !sms.contains("eply"),
        "{none}\n{sms}"
    );
}
