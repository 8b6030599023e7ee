//! What follows an offer and what answers a message, in every language.

use chrono::DateTime;
use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{
    AnswerKind, LeadFacts, Notice, OfferChoice, ReleaseCause, ReplyAnswer,
};
use notification_service::text::{LANGUAGES, segments, whatsapp};

use super::{PHONE, REFERENCE, has, lead, planned, provider, say};

const PAGE: &str = "https://bord.example/c/offer";
const CAUSES: [ReleaseCause; 5] = [
    ReleaseCause::Silent,
    ReleaseCause::Declined,
    ReleaseCause::Undeliverable,
    ReleaseCause::Operator,
    ReleaseCause::Cancelled,
];
const ANSWERS: [AnswerKind; 9] = [
    AnswerKind::Confirmed,
    AnswerKind::Declined,
    AnswerKind::Late,
    AnswerKind::WhichOffer,
    AnswerKind::Unclear,
    AnswerKind::CancelQuestion,
    AnswerKind::Cancelled,
    AnswerKind::Kept,
    AnswerKind::Proven,
];

fn answer(kind: AnswerKind, facts: LeadFacts, channel: Channel) -> Notice {
    let choice = |code: &str, need: &str| OfferChoice {
        code: code.to_owned(),
        need: need.to_owned(),
    };
    Notice::ReplyAnswer(Box::new(ReplyAnswer {
        kind,
        source_country: "CH".to_owned(),
        recipient: Recipient::Provider,
        channel,
        address: "+41795530141".to_owned(),
        language: facts.language.clone(),
        lead: (kind != AnswerKind::Proven).then_some(facts),
        choices: vec![choice("K7", "Fuite"), choice("M3", "Chauffe-eau")],
        answer_url: String::new(),
        provider_id: "p1".to_owned(),
    }))
}

fn notices(facts: &LeadFacts) -> Vec<(Notice, Template)> {
    let (lead, provider) = (Box::new(facts.clone()), Box::new(provider()));
    let mut all = vec![
        (
            Notice::OfferReminder {
                lead: lead.clone(),
                provider: provider.clone(),
                answer_by: DateTime::from_timestamp(1_795_253_600, 0).unwrap(),
            },
            Template::ProviderReminder,
        ),
        (
            Notice::LeadConfirmed {
                lead: lead.clone(),
                provider: provider.clone(),
            },
            Template::ProviderConfirmed,
        ),
        (
            Notice::ResultReminder {
                lead: lead.clone(),
                provider: provider.clone(),
            },
            Template::ProviderResult,
        ),
    ];
    for cause in CAUSES {
        let (lead, provider) = (lead.clone(), provider.clone());
        let released = Notice::LeadReleased {
            lead,
            provider,
            cause,
        };
        all.push((released, Template::ProviderReleased));
    }
    for code in ["4711", ""] {
        let proof = Notice::ChannelProof {
            provider: provider.clone(),
            channel: Channel::Sms,
            code: code.to_owned(),
        };
        all.push((proof, Template::ChannelProof));
    }
    all
}

/// What stands before the links, which cannot be shortened.
fn told(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("https://"))
        .collect();
    lines.join("\n")
}

#[test]
fn every_text_is_short_in_the_carriers_alphabet_and_shows_its_reference() {
    for language in LANGUAGES {
        for (notice, template) in notices(&lead(language)) {
            let to = |channel| planned(template, Recipient::Provider, channel, language);
            let sms = say(&notice, &to(Channel::Sms)).body;
            println!("== {language} {}\n{sms}\n", template.name());
            has(&sms, &[REFERENCE], language);
            assert!(segments::gsm_length(&sms).is_some(), "{language}: {sms}");
            assert!(segments::fits(&told(&sms)), "{language}: {sms}");
            let mail = say(&notice, &to(Channel::Email));
            has(&mail.body, &[REFERENCE], language);
            assert!(!mail.subject.is_empty() && mail.html.contains("<html"));
        }
        for kind in ANSWERS {
            for channel in [Channel::Sms, Channel::Whatsapp] {
                let notice = answer(kind, lead(language), channel);
                let to = planned(
                    Template::ProviderAnswer,
                    Recipient::Provider,
                    channel,
                    language,
                );
                let text = say(&notice, &to).body;
                println!("== {language} {kind:?}\n{text}\n");
                has(&text, &[REFERENCE], language);
                assert!(segments::gsm_length(&text).is_some(), "{language}: {text}");
                assert!(segments::fits(&told(&text)), "{language}: {text}");
            }
        }
    }
}

#[test]
fn long_facts_are_shortened_and_links_never_are() {
    for language in LANGUAGES {
        for filler in ["a", "ê", "字", "🔧"] {
            let long = LeadFacts {
                customer_name: filler.repeat(500),
                service: filler.repeat(3_000),
                location: filler.repeat(800),
                category_names: vec![(language.to_owned(), filler.repeat(200))],
                city_names: vec![(language.to_owned(), filler.repeat(200))],
                ..lead(language)
            };
            for (notice, template) in notices(&long) {
                let to = planned(template, Recipient::Provider, Channel::Sms, language);
                let text = say(&notice, &to).body;
                assert!(segments::fits(&told(&text)), "{language} {filler}: {text}");
                let linked = matches!(
                    template,
                    Template::ProviderReminder
                        | Template::ProviderConfirmed
                        | Template::ProviderResult
                );
                assert_eq!(text.contains(PAGE), linked, "{text}");
                assert!(template != Template::ProviderConfirmed || text.contains(PHONE));
            }
            for kind in ANSWERS {
                let notice = answer(kind, long.clone(), Channel::Sms);
                let to = planned(
                    Template::ProviderAnswer,
                    Recipient::Provider,
                    Channel::Sms,
                    language,
                );
                let text = say(&notice, &to).body;
                assert!(
                    segments::fits(&text),
                    "{language} {filler} {kind:?}: {text}"
                );
            }
        }
    }
}

/// A question names what may be meant, each offer with its code.
#[test]
fn a_question_lists_the_offers_with_their_codes() {
    for language in LANGUAGES {
        let to = planned(
            Template::ProviderAnswer,
            Recipient::Provider,
            Channel::Sms,
            language,
        );
        let which = answer(AnswerKind::WhichOffer, lead(language), Channel::Sms);
        let text = say(&which, &to).body;
        has(&text, &["K7", "Fuite", "M3", "Chauffe-eau"], language);
        let unclear = answer(AnswerKind::Unclear, lead(language), Channel::Sms);
        has(&say(&unclear, &to).body, &[" K7"], language);
    }
}

/// Fact sheet Twilio 3.5, for the templates of a release and of a proof.
#[test]
fn plain_templates_keep_the_vendors_rules() {
    for language in LANGUAGES {
        for (template, count) in [(Template::ProviderReleased, 3), (Template::ChannelProof, 2)] {
            let content = whatsapp::content(template, language).unwrap();
            let body = content["types"]["twilio/text"]["body"].as_str().unwrap();
            assert!(!body.starts_with("{{") && !body.ends_with("}}"), "{body}");
            let parts: Vec<&str> = body.split("{{").collect();
            assert_eq!(parts.len(), count + 1, "{body}");
            for (number, part) in (1..).zip(&parts[1..]) {
                assert!(part.starts_with(&format!("{number}}}}}")), "{body}");
                assert!(part.chars().any(char::is_alphabetic), "adjacent: {body}");
            }
            let fixed = body
                .split_whitespace()
                .filter(|w| !w.contains("{{"))
                .count();
            assert!(fixed > 2 * count, "{body}");
            assert_eq!(content["variables"].as_object().unwrap().len(), count);
            let name = format!("bord_{}_{language}", template.name());
            assert_eq!(content["friendly_name"], name);
        }
        assert!(whatsapp::content(Template::ProviderReminder, language).is_none());
    }
}
