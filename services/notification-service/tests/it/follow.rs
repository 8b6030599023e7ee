//! What follows an offer: who is told, by what, for how long, and from which country.

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use tonic::Code;
use wire::AnswerKind as A;
use wire::ReleaseCause as Cause;

use crate::harness::*;

type Told = (wire::RecipientKind, wire::ChannelKind, String);

fn told(deliveries: &[wire::Delivery]) -> Vec<Told> {
    let one = |d: &wire::Delivery| {
        let state = match d.state() {
            State::Queued => "queued".to_owned(),
            _ => d.reason.clone(),
        };
        (d.recipient(), d.channel(), state)
    };
    deliveries.iter().map(one).collect()
}

fn plan(of: &[(wire::RecipientKind, wire::ChannelKind, &str)]) -> Vec<Told> {
    of.iter()
        .map(|(r, c, s)| (*r, *c, (*s).to_owned()))
        .collect()
}

const TEMPLATE: &str = "NO_WHATSAPP_TEMPLATE";

async fn now(world: &World) -> i64 {
    world.db.now_us().await.unwrap() / 1_000_000
}

/// Hours from now to the end of a delivery's life, rounded.
fn hours(delivery: &wire::Delivery, now: i64) -> i64 {
    (delivery.not_after.unwrap().seconds - now + 1_800) / 3_600
}

on_both! {
    /// R46: WhatsApp goes only by an approved template; SMS and mail go always.
    async fn each_notice_has_its_plan_and_its_life(db: TestDb) {
        let mut world = World::start(&db).await;
        world.put_rules(all_templates()).await;
        let start = now(&world).await;

        let reminded = world.notify(reminder(start + 7_200)).await.deliveries;
        assert_eq!(told(&reminded), plan(&[
            (Provider, Whatsapp, TEMPLATE), (Provider, Sms, "queued"), (Provider, Email, "queued"),
        ]));
        assert!(reminded.iter().all(|d| d.not_after.unwrap().seconds == start + 7_200));
        assert!(reminded.iter().all(|d| d.recipient_id == "plomberie-du-rhone"));

        let declined = world.notify(released(Cause::Declined)).await.deliveries;
        assert_eq!(told(&declined), plan(&[(Operator, Email, "queued")]));
        for cause in [Cause::Silent, Cause::Undeliverable, Cause::Operator, Cause::Cancelled] {
            let over = world.notify(released(cause)).await.deliveries;
            assert_eq!(told(&over), plan(&[
                (Provider, Whatsapp, "queued"), (Provider, Sms, "queued"),
                (Provider, Email, "queued"), (Operator, Email, "queued"),
            ]));
            assert!(over.iter().all(|d| hours(d, start) == 24));
        }

        // The customer is not told again.
        let taken = world.notify(confirmed(lead())).await.deliveries;
        assert_eq!(told(&taken), plan(&[
            (Provider, Whatsapp, TEMPLATE), (Provider, Sms, "queued"),
            (Provider, Email, "queued"), (Operator, Email, "queued"),
        ]));
        assert!(taken.iter().all(|d| hours(d, start) == 24));
        assert_eq!(taken[3].recipient_id, "");

        let asked = world.notify(result()).await.deliveries;
        assert_eq!(told(&asked)[0], (Provider, Whatsapp, TEMPLATE.to_owned()));
        assert!(asked.iter().all(|d| hours(d, start) == 48));

        for (number, channel) in (1..).zip([Whatsapp, Sms, Email]) {
            let request = proof(&number.to_string(), provider(), channel, "4711");
            let proven = world.notify(request).await.deliveries;
            assert_eq!(told(&proven), plan(&[(Provider, channel, "queued")]));
            assert_eq!(hours(&proven[0], start), 24);
        }
        let answer = world.notify(answered("SM1", answer(A::Declined, Sms))).await.deliveries;
        assert_eq!(told(&answer), plan(&[(Provider, Sms, "queued")]));
        assert_eq!(hours(&answer[0], start), 1);
        assert_eq!(answer[0].recipient_id, "plomberie-du-rhone");
        for key in ["proof:1", "proof:2", "answer:SM1", &format!("lead:{LEAD}:1:confirmed")] {
            world.until_all(key, &[State::Delivered, State::NotPossible]).await;
        }
    }

    /// R49: a confirmed provider has all that is needed to go; the operator's copy of a
    /// health-related lead has not (D10).
    async fn who_accepted_has_all_that_is_needed_to_go(db: TestDb) {
        let mut world = World::start(&db).await;
        let facts = wire::LeadFacts {
            recording_url: "https://bord.example/r/voice".to_owned(), health: true, ..lead()
        };
        let request = confirmed(facts);
        let key = request.message_key.clone();
        world.notify(request).await;
        world.until_all(&key, &[State::Delivered, State::NotPossible]).await;
        let needed = [
            "Marie Dupont", "+41 79 123 45 67", "Rue de Carouge 12", "Fuite sous l'évier", "urgent",
            PAGE, "https://bord.example/r/voice",
        ];
        let sms = world.accepted(PROVIDER_PHONE, false).pop().unwrap().body;
        let mail = world.twin.mails().into_iter().find(|m| m.to == [PROVIDER_MAIL]).unwrap().text;
        for fact in needed {
            assert!(sms.contains(fact), "{fact}: {sms}");
            assert!(mail.contains(fact), "{fact}: {mail}");
        }
        // A text message does without the letter that would make it wide.
        assert!(sms.contains("francais") && mail.contains("français"), "{sms}\n{mail}");
        let copy = world.twin.mails().into_iter().find(|m| m.to == [OPERATOR]).unwrap();
        assert!(copy.subject.contains("Lead accepted by Plomberie du Rhône"), "{}", copy.subject);
        assert!(!copy.text.contains("Dupont") && !copy.text.contains("voice"), "{}", copy.text);
        assert!(world.accepted(CUSTOMER_PHONE, false).is_empty());
    }

    /// A WhatsApp answer is free-form within the conversation that the recipient opened; outside of it
    /// the carrier says 63016, which is our fault and told to the operator.
    async fn an_answer_on_whatsapp_needs_an_open_conversation(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(answered("SM1", answer(A::Late, Whatsapp))).await;
        let failed = world.until("answer:SM1", Whatsapp, Provider, State::Failed).await;
        assert_eq!((failed.reason.as_str(), failed.error_class.as_str()), ("TWILIO_63016", "config"));
        test_support::eventually(SOON, async || {
            world.twin.mails().iter().any(|m| m.subject.contains("SEND_REFUSED")).then_some(())
        }).await;
        let opened = vendor_twin::Reply::whatsapp(PROVIDER_PHONE, "+41798071421", "oui");
        world.twin.reply(opened).await;
        world.notify(answered("SM2", answer(A::Confirmed, Whatsapp))).await;
        world.until("answer:SM2", Whatsapp, Provider, State::Delivered).await;
        let said = world.accepted(PROVIDER_PHONE, true).pop().unwrap();
        assert!(said.content_sid.is_none() && said.body.contains("Marie Dupont"), "{}", said.body);
    }

    /// Approved templates go out with their variables, the release with its cause.
    async fn templates_go_out_with_their_variables(db: TestDb) {
        let mut world = World::start(&db).await;
        world.put_rules(all_templates()).await;
        let request = released(Cause::Silent);
        let key = request.message_key.clone();
        world.notify(request).await;
        world.until(&key, Whatsapp, Provider, State::Delivered).await;
        let said = world.accepted(PROVIDER_PHONE, true).pop().unwrap();
        assert_eq!(said.content_variables["1"], "GZ-ZCVEX");
        assert!(said.content_variables["3"].as_str().unwrap().contains("réponse à temps"));
        let test = proof("7", provider(), Whatsapp, "");
        world.notify(test).await;
        world.until("proof:7", Whatsapp, Provider, State::Delivered).await;
        let said = world.accepted(PROVIDER_PHONE, true).pop().unwrap();
        // No variable is empty, and no word of it is a yes.
        assert_eq!(said.content_variables["2"], "aucun");
    }

    /// Lead-service's reference is shown as it is, and the link where no answer by SMS reaches us.
    async fn the_reference_that_came_along_is_shown(db: TestDb) {
        let mut world = World::start(&db).await;
        let there = wire::LeadFacts {
            source_country: "ID".to_owned(), reference: "K7-3F9AQ".to_owned(),
            customer_phone_e164: "+6281190530999".to_owned(), ..lead()
        };
        let them = wire::ProviderFacts {
            country: "ID".to_owned(), sms_e164: "+6281190530363".to_owned(),
            whatsapp_e164: String::new(), ..paged()
        };
        let offer = world.notify(assigned_with(there.clone(), them)).await.deliveries;
        assert!(offer.iter().all(|d| d.reference == "K7-3F9AQ"));
        world.until_all(&key(1), &[State::Delivered, State::NotPossible]).await;
        let sms = world.accepted("+6281190530363", false).pop().unwrap().body;
        assert!(sms.contains(PAGE) && sms.contains("K7-3F9AQ"), "{sms}");
        assert!(!sms.contains("Répondez OUI"), "{sms}");
        let mail = world.twin.mails().into_iter().find(|m| m.to == [PROVIDER_MAIL]).unwrap();
        assert!(mail.text.contains(PAGE) && mail.html.contains(PAGE), "{}", mail.text);
        let bad = wire::LeadFacts { reference: "K7".to_owned(), ..there };
        let refused = world.client.notify(assigned_with(bad, paged())).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }

    /// D5, R43: answers and proofs obey the country rule, too.
    async fn answers_and_proofs_stay_in_their_country(db: TestDb) {
        let mut world = World::start(&db).await;
        let customer = |sid: &str, number: &str, kind| {
            let answer = wire::ReplyAnswer {
                recipient: Customer.into(), address: number.to_owned(), provider_id: String::new(),
                ..answer(kind, Sms)
            };
            answered(sid, answer)
        };
        world.notify(customer("SM1", "+33612345678", A::CancelQuestion)).await;
        world.until("answer:SM1", Sms, Customer, State::Delivered).await;
        world.notify(customer("SM2", "+393395530141", A::Cancelled)).await;
        let held = world.until("answer:SM2", Sms, Customer, State::Withheld).await;
        assert_eq!(held.reason, "COUNTRY_RULE");
        let abroad = wire::ReplyAnswer { address: "+33612345678".to_owned(), ..answer(A::Late, Sms) };
        world.notify(answered("SM3", abroad)).await;
        world.until("answer:SM3", Sms, Provider, State::Withheld).await;
        let french = wire::ProviderFacts { sms_e164: "+33612345678".to_owned(), ..provider() };
        world.notify(proof("1", french, Sms, "4711")).await;
        world.until("proof:1", Sms, Provider, State::Withheld).await;
        // A proven channel is about no lead: only the country counts.
        let facts = wire::LeadFacts { source_country: "CH".to_owned(), ..Default::default() };
        let proven = wire::ReplyAnswer { lead: Some(facts), ..answer(A::Proven, Sms) };
        world.notify(answered("SM4", proven)).await;
        world.until("answer:SM4", Sms, Provider, State::Delivered).await;
        assert_eq!(world.twin.messages().len(), 2);
    }

    /// Every fault of a request is named.
    async fn what_cannot_be_told_is_refused(db: TestDb) {
        let mut world = World::start(&db).await;
        let mut none = released(Cause::Silent);
        if let Some(wire::notify_request::Notice::LeadReleased(over)) = &mut none.notice {
            over.cause = 0;
            over.provider = None;
        }
        let by_mail = answered("SM1", answer(A::Late, Email));
        let nobody = answered("SM2", wire::ReplyAnswer { recipient: 0, ..answer(A::Late, Sms) });
        let letters = proof("1", provider(), Sms, "code");
        for (request, fields) in [
            (none, vec!["lead_released.provider", "lead_released.cause"]),
            (by_mail, vec!["reply_answer.channel"]),
            (nobody, vec!["reply_answer.recipient"]),
            (letters, vec!["channel_proof.code"]),
        ] {
            let refused = world.client.notify(request).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument);
            let text = String::from_utf8_lossy(refused.details()).into_owned();
            for field in fields {
                assert!(text.contains(field), "{field}: {text}");
            }
        }
    }
}
