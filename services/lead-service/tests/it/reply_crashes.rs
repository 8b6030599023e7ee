//! A message whose understanding breaks off: nothing is lost and nothing said twice.

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use contracts::notification::v1::AnswerKind;
use test_support::{eventually, on_both};

use crate::calls::{CALLER, tool_call};
use crate::fake_lists::{FONTAINE, customer};
use crate::fake_roster::SECOND;
use crate::harness::World;
use crate::replies::kind;

/// Waits until the message is understood so.
async fn becomes(world: &mut World, sid: &str, from: &str, body: &str, understood: &str) {
    let mut client = world.client.clone();
    eventually(Duration::from_secs(15), async || {
        let request = crate::fake_lists::sms(sid, from, body);
        let answer = client.record_reply(request).await.ok()?.into_inner();
        (answer.understood_as == understood).then_some(())
    })
    .await;
}

on_both! {
    async fn a_sender_is_asked_for_until_the_roster_answers_and_the_copy_does_not_wait(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        world.roster.lists(|lists| lists.away = 6);
        world.says("SM1", FONTAINE, "oui").await;
        world.tells("reply:SM1").await;
        world.reaches(&id, wire::LeadState::Confirmed).await;
        becomes(&mut world, "SM1", FONTAINE, "oui", "confirmed").await;
    }

    async fn a_crash_after_the_decision_or_after_its_effect_doubles_nothing(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        for (n, point) in ["lead.reply_decided", "lead.reply_answered"].into_iter().enumerate() {
            for (m, action) in [Action::Error, Action::Panic].into_iter().enumerate() {
                let call = u32::try_from(n * 2 + m + 1).unwrap();
                let id = world.dispatch(customer(call)).await.lead_id;
                world.is_offered(&id, 1).await;
                let sid = format!("SM{call}");
                world.points.arm(point, action);
                world.says(&sid, FONTAINE, "non").await;
                becomes(&mut world, &sid, FONTAINE, "non", "declined").await;
                assert_eq!(world.points.fired(point), m + 1);
                assert_eq!(kind(&world, &sid), Some(AnswerKind::Declined));
                let declined = world.events(&id).await;
                assert_eq!(declined.iter().filter(|kind| *kind == "declined").count(), 1);
                world.tells(&format!("reply:{sid}")).await;
            }
        }
    }

    async fn the_same_message_at_once_and_again_is_one(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        let says = (0..8).map(|_| {
            let mut client = world.client.clone();
            async move {
                let request = crate::fake_lists::sms("SM1", CALLER, "annuler");
                client.record_reply(request).await.unwrap().into_inner().stored
            }
        });
        let stored = futures::future::join_all(says).await;
        assert_eq!(stored.into_iter().filter(|stored| *stored).count(), 1);
        becomes(&mut world, "SM1", CALLER, "annuler", "cancel_question").await;
        assert_eq!(world.count("SELECT COUNT(*) FROM reply_question").await, 1);
    }
}
