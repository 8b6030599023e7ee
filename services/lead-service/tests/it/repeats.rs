//! Same question, same answer: one lead for each need, however often and wherever it is told.

use contracts::lead::v1 as wire;
use test_support::on_both;

use crate::calls::tool_call;
use crate::harness::World;

async fn at_once(
    world: &World,
    calls: Vec<wire::DispatchLeadRequest>,
) -> Vec<wire::DispatchLeadResponse> {
    let other = world.replica_client().await;
    let asked = calls.into_iter().enumerate().map(|(i, call)| {
        // Every other one goes to another replica.
        let mut client = if i % 2 == 0 {
            world.client.clone()
        } else {
            other.clone()
        };
        async move { client.dispatch_lead(call).await.unwrap().into_inner() }
    });
    futures::future::join_all(asked).await
}

on_both! {
    async fn a_repeat_gets_the_stored_answer_i3(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.dispatch(tool_call(1)).await;
        assert_eq!(world.dispatch(tool_call(1)).await, first);
        assert_eq!(world.leads().await.len(), 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM amendment").await, 0);
        assert_eq!(world.roster.asked().len(), 1);
    }

    async fn a_hundred_at_once_on_two_replicas_are_one_lead_and_one_answer_i2_i3(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_delay(std::time::Duration::from_millis(100));
        let answers = at_once(&world, vec![tool_call(1); 100]).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert!(answers[0].ok);
        assert_eq!(world.leads().await.len(), 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM amendment").await, 0);
        world.reaches(&answers[0].lead_id, wire::LeadState::Notified).await;
        assert_eq!(world.notification.keys().len(), 1);
        assert_eq!(world.roster.owners(), 1);
    }

    async fn a_hundred_at_once_get_one_answer_also_when_the_budget_runs_out(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: std::time::Duration::from_millis(150),
            ..crate::harness::settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.roster.set_delay(std::time::Duration::from_millis(600));
        let answers = at_once(&world, vec![tool_call(1); 100]).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(answers[0].status, "pending");
        world.reaches(&answers[0].lead_id, wire::LeadState::Notified).await;
        assert_eq!(world.dispatch(tool_call(1)).await, answers[0], "noted stays noted");
    }

    async fn a_repeat_after_a_restart_gets_the_same_answer(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.dispatch(tool_call(1)).await;
        world.restart().await;
        assert_eq!(world.dispatch(tool_call(1)).await, first);
        assert_eq!(world.roster.asked().len(), 1);
    }

    async fn another_phone_number_is_kept_as_an_amendment_and_never_dispatched(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.dispatch(tool_call(1)).await;
        let mut changed = tool_call(1);
        changed.phone = "078 765 43 21".to_owned();
        for _ in 0..3 {
            assert_eq!(world.dispatch(changed.clone()).await, first);
        }
        assert_eq!(world.leads().await.len(), 1);
        assert_eq!(world.lead(&first.lead_id).await.phone_e164, "+41791234567");
        assert_eq!(world.count("SELECT COUNT(*) FROM amendment").await, 1);
        assert_eq!(world.events(&first.lead_id).await.last().unwrap(), "amended");
        assert_eq!(world.roster.asked().len(), 1);
    }

    async fn many_different_calls_of_one_need_at_once_are_one_lead(db: TestDb) {
        let mut world = World::start(db).await;
        let calls: Vec<_> = (0..20)
            .map(|i| {
                let mut call = tool_call(1);
                call.phone = format!("079 123 45 {:02}", i % 10);
                call.service = ["plombier", "une fuite d'eau"][i % 2].to_owned();
                call
            })
            .collect();
        let answers = at_once(&world, calls).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(world.leads().await.len(), 1);
        assert_eq!(world.roster.owners(), 1);
    }

    async fn the_same_need_in_another_word_is_one_lead_d12(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.dispatch(tool_call(1)).await;
        for (service, another_need) in [("Klempner", ""), ("fuite d'eau", "true"), ("dentiste", "")] {
            let mut call = tool_call(1);
            call.service = service.to_owned();
            call.another_need = another_need.to_owned();
            assert_eq!(world.dispatch(call).await, first, "{service}");
        }
        assert_eq!(world.leads().await.len(), 1);
    }

    async fn another_need_makes_a_second_lead_once_d12(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.dispatch(tool_call(1)).await;
        let mut call = tool_call(1);
        call.service = "dentiste".to_owned();
        call.another_need = "true".to_owned();
        let answers = at_once(&world, vec![call.clone(); 10]).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_ne!(answers[0].lead_id, first.lead_id);
        let lead = world.lead(&answers[0].lead_id).await;
        assert_eq!((lead.need, lead.category.as_str()), (2, "dental"));
        call.service = "mal de dents".to_owned();
        assert_eq!(world.dispatch(call).await.lead_id, answers[0].lead_id);
        assert_eq!(world.leads().await.len(), 2);
    }

    async fn a_need_told_as_another_one_first_does_not_take_the_firsts_place(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.another_need = "true".to_owned();
        let second = world.dispatch(call.clone()).await;
        call.another_need.clear();
        assert_eq!(world.dispatch(call.clone()).await, second, "the same need told again");
        call.service = "dentiste".to_owned();
        let first = world.dispatch(call).await;
        assert_eq!(world.lead(&second.lead_id).await.need, 2);
        assert_eq!(world.lead(&first.lead_id).await.need, 1);
    }

    async fn without_a_conversation_the_call_is_the_key(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.conversation_id.clear();
        let first = world.dispatch(call.clone()).await;
        assert_eq!(world.dispatch(call.clone()).await, first);
        // Not even that: the words alone. Nothing is lost, and nothing is dispatched.
        call.call_sid.clear();
        call.call_token.clear();
        let kept = world.dispatch(call).await;
        assert!(kept.ok && kept.lead_id != first.lead_id);
        assert_eq!(world.lead(&kept.lead_id).await.verification(), wire::Verification::Unverified);
    }

    async fn a_late_repeat_of_an_incomplete_other_need_meets_it_i3(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        let mut asked = tool_call(1);
        asked.service = "dentiste".to_owned();
        asked.another_need = "true".to_owned();
        asked.location.clear();
        assert_eq!(world.dispatch(asked.clone()).await.status, "needs_field");
        let mut told = asked.clone();
        told.location = "Genève".to_owned();
        let second = world.dispatch(told).await;
        assert_eq!(second.status, "notified");
        assert_eq!(world.dispatch(asked).await, second);
        assert_eq!(world.leads().await.len(), 2);
    }

    async fn what_would_complete_a_need_to_one_that_stands_is_that_one_i2(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        let need = |service: &str, location: &str| {
            let mut call = tool_call(1);
            call.another_need = "true".to_owned();
            call.service = service.to_owned();
            call.location = location.to_owned();
            call
        };
        let dental = world.dispatch(need("dentiste", "Genève")).await;
        assert_eq!(world.dispatch(need("", "Genève")).await.status, "needs_field");
        assert_eq!(world.dispatch(need("mal de dents", "")).await, dental);
        assert_eq!(world.leads().await.len(), 3);
    }

    async fn words_of_any_length_are_a_key(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = crate::dispatch::zurich_call(1);
        call.another_need = "true".to_owned();
        // Folded, each of them is many letters: in all more than an index takes.
        call.location = (0..500u32).filter_map(|i| char::from_u32(0x1_f300 + i)).collect();
        let answer = world.dispatch(call.clone()).await;
        assert!(answer.ok);
        assert_eq!(world.dispatch(call).await, answer);
        assert_eq!(world.leads().await.len(), 1);
    }
}
