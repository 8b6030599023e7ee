//! Customers write back: it reaches the lead, and a wish to cancel is confirmed by one question.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::{AnswerKind, RecipientKind};
use test_support::{eventually, on_both};

use crate::calls::{CALLER, tool_call};
use crate::fake_roster::SECOND;
use crate::harness::World;
use crate::replies::{answers, kind};

async fn offered(world: &mut World) -> String {
    let id = world.dispatch(tool_call(1)).await.lead_id;
    world.is_offered(&id, 1).await;
    id
}

on_both! {
    async fn a_customers_message_reaches_the_lead_and_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        let id = offered(&mut world).await;
        let got = world.understands("SM1", CALLER, "la porte est au fond de la cour").await;
        assert_eq!(got, ("customer".to_owned(), id.clone()));
        let log = world.log(&id).await;
        let wrote = log.iter().find(|event| event.kind == "customer_wrote").unwrap();
        assert_eq!(wrote.actor, "customer:sms");
        assert!(!format!("{wrote:?}").contains("cour"), "the words stay with the message");
        assert_eq!(answers(&world, "SM1"), []);
    }

    async fn a_wish_to_cancel_is_asked_about_once_and_a_yes_cancels(db: TestDb) {
        let mut world = World::start(db).await;
        let id = offered(&mut world).await;
        let got = world.understands("SM1", CALLER, "Bonjour, je voudrais annuler svp").await;
        assert_eq!(got, ("cancel_question".to_owned(), id.clone()));
        let question = answers(&world, "SM1").remove(0);
        assert_eq!((question.kind(), question.recipient()),
            (AnswerKind::CancelQuestion, RecipientKind::Customer));
        assert_eq!((question.language.as_str(), question.address.as_str()), ("fr", CALLER));
        // Two messages at once are one question.
        assert_eq!(world.understands("SM2", CALLER, "annuler").await.0, "customer");
        assert_eq!(answers(&world, "SM2"), []);
        assert_eq!(world.lead(&id).await.state(), wire::LeadState::Notified);
        assert_eq!(world.understands("SM3", CALLER, "Oui merci").await.0, "cancelled");
        assert_eq!(kind(&world, "SM3"), Some(AnswerKind::Cancelled));
        world.reaches(&id, wire::LeadState::Cancelled).await;
        let roster = world.roster.clone();
        eventually(Duration::from_secs(15), async || roster.holder(&id).is_none().then_some(())).await;
        let log = world.log(&id).await;
        let cancelled = log.iter().find(|event| event.kind == "cancelled").unwrap();
        assert_eq!(cancelled.actor, "customer:sms");
        // Nothing is open any more.
        assert_eq!(world.understands("SM4", CALLER, "oui").await.0, "customer");
    }

    async fn a_no_keeps_the_lead_and_a_new_wish_is_asked_about_anew(db: TestDb) {
        let mut world = World::start(db).await;
        let id = offered(&mut world).await;
        world.understands("SM1", CALLER, "cancel please").await;
        assert_eq!(world.understands("SM2", CALLER, "non").await.0, "kept");
        assert_eq!(kind(&world, "SM2"), Some(AnswerKind::Kept));
        assert_eq!(world.understands("SM3", CALLER, "oui").await.0, "customer", "it is answered");
        assert_eq!(world.understands("SM4", CALLER, "stornieren").await.0, "cancel_question");
        assert_eq!(world.lead(&id).await.state(), wire::LeadState::Notified);
    }

    async fn a_question_about_cancelling_expires_after_a_day(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.understands("SM1", CALLER, "annuler").await;
        world.pass_time(Duration::from_secs(24 * 3600 + 1)).await;
        assert_eq!(world.understands("SM2", CALLER, "oui").await.0, "customer");
        assert!(world.lead(&id).await.state() != wire::LeadState::Cancelled);
        assert_eq!(world.understands("SM3", CALLER, "annuler").await.0, "cancel_question");
        // Asked, and told again later: that is an answer.
        world.pass_time(Duration::from_secs(300)).await;
        assert_eq!(world.understands("SM4", CALLER, "annulez !").await.0, "cancelled");
    }

    async fn of_two_leads_the_reference_says_which_is_cancelled(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let mut ids = Vec::new();
        for n in 1..=2 {
            let id = world.dispatch(tool_call(n)).await.lead_id;
            ids.push((world.is_offered(&id, 1).await.reference, id));
        }
        assert_eq!(world.understands("SM1", CALLER, "j'ai une question").await,
            ("customer".to_owned(), String::new()), "no guess");
        for (_, id) in &ids {
            world.logs(id, "customer_wrote").await;
        }
        let (reference, id) = &ids[0];
        let text = format!("annuler {reference}");
        assert_eq!(world.understands("SM2", CALLER, &text).await,
            ("cancel_question".to_owned(), id.clone()));
        assert_eq!(world.understands("SM3", CALLER, "oui").await, ("cancelled".to_owned(), id.clone()));
        assert_eq!(world.lead(&ids[1].1).await.state(), wire::LeadState::Notified);
    }
}
