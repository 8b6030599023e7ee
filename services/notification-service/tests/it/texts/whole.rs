//! Whole texts of one lead in every language: printed for people to read, and French word by word.

use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::{LeadFacts, Notice};
use notification_service::domain::plan::Planned;
use notification_service::text::{About, Answering, LANGUAGES, Rendered, render};

use super::{REFERENCE, assigned, lead, planned, summary};

/// Everything that leaves for a notice, with its plan, all in one language.
fn all(notice: &Notice, language: &str) -> Vec<(Planned, Rendered)> {
    let to = |template, recipient, channel| planned(template, recipient, channel, language);
    let customer = |template| to(template, Recipient::Customer, Channel::Sms);
    let operator = |template| to(template, Recipient::Operator, Channel::Email);
    let provider = |template| {
        vec![
            to(template, Recipient::Provider, Channel::Sms),
            to(template, Recipient::Provider, Channel::Email),
        ]
    };
    let plan = match notice {
        Notice::LeadAssigned { .. } => vec![
            to(
                Template::ProviderOffer,
                Recipient::Provider,
                Channel::Whatsapp,
            ),
            to(Template::ProviderOffer, Recipient::Provider, Channel::Sms),
            to(Template::ProviderOffer, Recipient::Provider, Channel::Email),
            customer(Template::CustomerConfirmation),
            operator(Template::OperatorCopy),
        ],
        Notice::LeadUnmatched { .. } => vec![
            customer(Template::CustomerUnmatched),
            operator(Template::OperatorUnmatched),
        ],
        Notice::OperatorAlarm { .. } => vec![operator(Template::OperatorAlarm)],
        Notice::InboundReply { .. } => vec![operator(Template::InboundReply)],
        Notice::CallSummary(_) => vec![operator(Template::CallSummary)],
        Notice::OfferReminder { .. } => provider(Template::ProviderReminder),
        Notice::LeadReleased { .. } => {
            let mut plan = provider(Template::ProviderReleased);
            let whatsapp = Channel::Whatsapp;
            plan.push(to(
                Template::ProviderReleased,
                Recipient::Provider,
                whatsapp,
            ));
            plan.push(operator(Template::OperatorReleased));
            plan
        }
        Notice::LeadConfirmed { .. } => {
            let mut plan = provider(Template::ProviderConfirmed);
            plan.push(operator(Template::OperatorConfirmed));
            plan
        }
        Notice::ResultReminder { .. } => provider(Template::ProviderResult),
        Notice::ReplyAnswer(answer) => match answer.recipient {
            Recipient::Customer => vec![customer(Template::CustomerAnswer)],
            _ => vec![to(
                Template::ProviderAnswer,
                Recipient::Provider,
                answer.channel,
            )],
        },
        Notice::ChannelProof { channel, .. } => {
            vec![to(Template::ChannelProof, Recipient::Provider, *channel)]
        }
    };
    let mut done: Vec<(Planned, Rendered)> = Vec::new();
    for planned in &plan {
        let others: Vec<_> = done.iter().map(|(planned, said)| (planned, said)).collect();
        let about = About {
            reference: REFERENCE,
            answering: Answering::of(&plan),
            others: &others,
            full: false,
        };
        let said = render(notice, planned, &about);
        done.push((planned.clone(), said));
    }
    done
}

fn notices(language: &str) -> [Notice; 5] {
    let facts = LeadFacts {
        service: "une fuite d'eau sous l'évier".to_owned(),
        ..lead(language)
    };
    [
        assigned(facts.clone()),
        Notice::LeadUnmatched {
            lead: Box::new(facts),
            cause: "no provider is open".to_owned(),
        },
        Notice::OperatorAlarm {
            kind: "SCAN_LATE".to_owned(),
            subject: "quality".to_owned(),
            text: "The last good scan is 40 minutes old.".to_owned(),
        },
        Notice::InboundReply {
            from: "+41795530141".to_owned(),
            channel: "sms".to_owned(),
            body: "Oui".to_owned(),
            lead_id: Some(uuid::Uuid::nil()),
            health: false,
        },
        Notice::CallSummary(Box::new(summary::call())),
    ]
}

#[test]
fn print_every_text() {
    for language in LANGUAGES {
        for notice in notices(language) {
            for (planned, said) in all(&notice, language) {
                assert!(!said.body.is_empty());
                println!(
                    "== {language} {} {}\n{}\n{}\n",
                    planned.template.name(),
                    planned.channel.name(),
                    said.subject,
                    said.body
                );
            }
        }
    }
}

/// Each text about a lead shows the lead's reference, the same in all of them.
#[test]
fn every_text_about_a_lead_shows_one_reference() {
    for language in LANGUAGES {
        for notice in notices(language) {
            if notice.lead_id().is_none() {
                continue;
            }
            for (_, said) in all(&notice, language) {
                assert!(said.body.contains(REFERENCE), "{}", said.body);
            }
        }
    }
}

#[test]
fn french_text_messages_read_as_written() {
    let [assigned, unmatched, ..] = notices("fr");
    let said = all(&assigned, "fr");
    assert_eq!(
        said[1].1.body,
        "Demande urgente : Trade-fr\n\
         Une fuite d'eau sous l'évier\n\
         Rue de Carouge 12, City-fr\n\
         Marie Dupont, +41 79 123 45 67\n\
         21.11.2026 à 09:33 CET\n\
         Répondez OUI K7 pour accepter ou NON K7 pour refuser.\n\
         Réf. K7-3F9AQ"
    );
    assert_eq!(
        said[3].1.body,
        "Bonjour Marie Dupont,\n\
         votre demande (Trade-fr, City-fr) a été transmise à Plomberie Muster, qui vous rappellera \
         au +41 79 123 45 67.\n\
         Adresse : Rue du Stand 5, 1204 Geneve\n\
         plombiersgeneve.ch - Réf. K7-3F9AQ"
    );
    assert_eq!(
        all(&unmatched, "fr")[0].1.body,
        "Bonjour Marie Dupont,\n\
         votre demande (Trade-fr, City-fr) est bien notée. Nous cherchons un professionnel \
         disponible et vous rappellerons au +41 79 123 45 67.\n\
         plombiersgeneve.ch - Réf. K7-3F9AQ"
    );
}
