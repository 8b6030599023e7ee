//! Providers answer by SMS and by WhatsApp: understood at once, by code, or after one question.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use contracts::notification::v1::{AnswerKind, ReplyAnswer};
use contracts::roster::v1::EvidenceKind;
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::fake_lists::{FONTAINE, LEMAN, customer, sms};
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;

pub(crate) fn answers(world: &World, sid: &str) -> Vec<ReplyAnswer> {
    let told = world.notification.told(&format!("answer:{sid}"));
    told.into_iter()
        .filter_map(|request| match request.notice {
            Some(Notice::ReplyAnswer(answer)) => Some(answer),
            _ => None,
        })
        .collect()
}

pub(crate) fn kind(world: &World, sid: &str) -> Option<AnswerKind> {
    answers(world, sid).first().map(ReplyAnswer::kind)
}

fn pair(understood: &str, lead: &str) -> (String, String) {
    (understood.to_owned(), lead.to_owned())
}

/// Two leads with the first provider, and their references.
async fn two_offers(world: &mut World) -> [(String, String); 2] {
    let mut offers = Vec::new();
    for n in 1..=2 {
        let id = world.dispatch(tool_call(n)).await.lead_id;
        let reference = world.is_offered(&id, 1).await.reference;
        offers.push((id, reference));
    }
    offers.try_into().unwrap()
}

on_both! {
    async fn a_yes_by_sms_takes_the_one_open_offer_at_once_r48(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        let got = world.understands("SM1", FONTAINE, "Oui, j'arrive !").await;
        assert_eq!(got, pair("confirmed", &id));
        let lead = world.reaches(&id, wire::LeadState::Confirmed).await;
        assert_eq!(lead.provider_id, PROVIDER);
        let log = world.log(&id).await;
        let confirmed = log.iter().find(|event| event.kind == "confirmed").unwrap();
        assert_eq!(confirmed.actor, "provider:sms");
        // Told by the lead's own notice, by every channel, and not twice.
        world.tells(&format!("lead:{id}:1:confirmed")).await;
        assert_eq!(answers(&world, "SM1"), []);
        world.tells("reply:SM1").await;
        // A repeat of the webhook, and of the word.
        let again = world.says("SM1", FONTAINE, "Oui, j'arrive !").await;
        assert_eq!((again.stored, again.understood_as.as_str()), (false, "confirmed"));
        assert_eq!(world.understands("SM2", FONTAINE, "ok merci").await, pair("confirmed", &id));
        assert_eq!(kind(&world, "SM2"), Some(AnswerKind::Confirmed));
        assert!(answers(&world, "SM2")[0].answer_url.starts_with("https://bord.example/c/"));
        assert_eq!(world.events(&id).await.iter().filter(|kind| *kind == "confirmed").count(), 1);
    }

    async fn a_no_by_sms_passes_the_lead_on_and_a_late_yes_is_told_so_d8(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        assert_eq!(world.understands("SM1", FONTAINE, "non désolé").await, pair("declined", &id));
        assert_eq!(kind(&world, "SM1"), Some(AnswerKind::Declined));
        let lead = world.is_offered(&id, 2).await;
        assert_eq!(lead.provider_id, SECOND);
        assert_eq!(world.understands("SM2", FONTAINE, "finalement oui").await, pair("late", &id));
        assert_eq!(kind(&world, "SM2"), Some(AnswerKind::Late));
        assert_eq!(world.understands("SM3", LEMAN, "oui").await, pair("confirmed", &id));
        assert_eq!(world.roster.holder(&id).unwrap().provider, SECOND);
        // Cancelled, and the answer comes after it.
        let other = world.dispatch(customer(2)).await.lead_id;
        world.is_offered(&other, 1).await;
        world.cancel(&other).await.unwrap();
        assert_eq!(world.understands("SM4", FONTAINE, "ja").await, pair("late", &other));
    }

    async fn with_two_open_offers_the_code_decides_and_a_bare_yes_gets_one_question(db: TestDb) {
        let mut world = World::start(db).await;
        let [(first, one), (second, two)] = two_offers(&mut world).await;
        assert_eq!(world.understands("SM1", FONTAINE, "oui").await.0, "which_offer");
        let asked = answers(&world, "SM1").remove(0);
        assert_eq!(asked.kind(), AnswerKind::WhichOffer);
        let mut codes: Vec<String> = asked.choices.into_iter().map(|choice| choice.code).collect();
        codes.sort();
        let mut shown = [one[..2].to_owned(), two[..2].to_owned()];
        shown.sort();
        assert_eq!(codes, shown);
        // The same offers are not asked about again.
        assert_eq!(world.understands("SM2", FONTAINE, "oui oui").await.0, "unclear");
        assert_eq!(answers(&world, "SM2"), []);
        for id in [&first, &second] {
            assert_eq!(world.lead(id).await.state(), wire::LeadState::Notified);
        }
        // Naming it is the answer to the question; the other one is then plain.
        let got = world.understands("SM3", FONTAINE, &two).await;
        assert_eq!(got, pair("confirmed", &second));
        assert_eq!(world.understands("SM4", FONTAINE, "non").await, pair("declined", &first));
    }

    async fn the_code_before_or_after_the_word_names_the_offer(db: TestDb) {
        let mut world = World::start(db).await;
        let [(first, one), (second, two)] = two_offers(&mut world).await;
        let text = format!("{}: NON merci", &two.to_lowercase()[..2]);
        assert_eq!(world.understands("SM1", FONTAINE, &text).await, pair("declined", &second));
        let text = format!("OUI {one}");
        assert_eq!(world.understands("SM2", FONTAINE, &text).await, pair("confirmed", &first));
        // Its code again, with another word: it is over.
        let text = format!("oui {two}");
        assert_eq!(world.understands("SM3", FONTAINE, &text).await, pair("late", &second));
    }

    async fn an_unclear_text_gets_one_question_and_the_second_goes_to_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        assert_eq!(world.understands("SM1", FONTAINE, "c'est où exactement ?").await, pair("unclear", &id));
        assert_eq!(kind(&world, "SM1"), Some(AnswerKind::Unclear));
        assert_eq!(world.understands("SM2", FONTAINE, "et à quelle heure").await.0, "unclear");
        assert_eq!(answers(&world, "SM2"), []);
        world.tells("reply:SM2").await;
        assert_eq!(world.lead(&id).await.state(), wire::LeadState::Notified);
    }

    async fn a_button_counts_for_its_attempt_and_for_its_provider_only(db: TestDb) {
        let mut world = World::start(db).await;
        let [(first, _), (second, _)] = two_offers(&mut world).await;
        let press = |sid: &str, from: &str, payload: String| wire::RecordReplyRequest {
            channel: "whatsapp".to_owned(),
            button_payload: payload,
            ..sms(sid, from, "Accepter")
        };
        let stranger = press("SM1", "+41795550000", format!("accept:{first}:1"));
        assert_eq!(world.hears(stranger).await.understood_as, "unknown_sender");
        let other = press("SM2", LEMAN, format!("accept:{first}:1"));
        assert_eq!(world.hears(other).await.understood_as, "unknown_sender");
        assert_eq!(world.lead(&first).await.state(), wire::LeadState::Notified);
        let pressed = world.hears(press("SM3", FONTAINE, format!("accept:{second}:1"))).await;
        assert_eq!((pressed.understood_as, pressed.lead_id), pair("confirmed", &second));
        let log = world.log(&second).await;
        assert!(log.iter().any(|event| event.actor == "provider:whatsapp"));
        let pressed = world.hears(press("SM4", FONTAINE, format!("decline:{first}:1"))).await;
        assert_eq!((pressed.understood_as, pressed.lead_id), pair("declined", &first));
        world.tells("reply:SM1").await;
        let Some(Notice::InboundReply(copy)) = world.notification.told("reply:SM1")[0].notice.clone()
        else { panic!("no copy") };
        assert!(copy.body.starts_with("[unknown sender]"), "{}", copy.body);
    }

    async fn keywords_codes_and_answers_are_evidence_for_the_roster_b4(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        assert_eq!(world.understands("SM1", FONTAINE, "oui").await.0, "confirmed");
        assert_eq!(world.understands("SM2", FONTAINE, "123 456").await.0, "proof");
        assert_eq!(world.understands("SM3", FONTAINE, "STOP").await.0, "opted_out");
        let start = wire::RecordReplyRequest {
            opt_out_type: "START".to_owned(),
            ..sms("SM4", FONTAINE, "START")
        };
        assert_eq!(world.hears(start).await.understood_as, "opted_in");
        let roster = world.roster.clone();
        let found = eventually(Duration::from_secs(15), async || {
            let found = roster.evidence();
            (found.len() >= 4).then_some(found)
        })
        .await;
        let of = |kind: EvidenceKind| {
            let mut all = found.iter();
            all.find(|e| e.evidence() == kind && e.address == FONTAINE).cloned().unwrap()
        };
        assert_eq!(of(EvidenceKind::Answered).provider_id, PROVIDER);
        assert_eq!(of(EvidenceKind::Code).code, "123456");
        of(EvidenceKind::OptedOut);
        of(EvidenceKind::OptedIn);
    }

    async fn a_yes_that_the_carrier_takes_for_start_is_a_yes_too(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        let yes = wire::RecordReplyRequest {
            opt_out_type: "START".to_owned(),
            ..sms("SM1", FONTAINE, "YES")
        };
        assert_eq!(world.hears(yes).await.understood_as, "confirmed");
        let roster = world.roster.clone();
        eventually(Duration::from_secs(15), async || {
            roster.evidence().iter().any(|e| e.evidence() == EvidenceKind::OptedIn).then_some(())
        })
        .await;
    }

    async fn nobody_known_goes_to_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        assert_eq!(world.understands("SM1", "+41795550000", "oui").await, pair("unknown_sender", ""));
        world.tells("reply:SM1").await;
        assert_eq!(answers(&world, "SM1"), []);
    }
}
