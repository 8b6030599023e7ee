//! Providers answer: each verb, its repeat, and each refusal (R48, D6, D8).

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::{ReleaseCause, notify_request::Notice};
use contracts::roster::v1::AssignmentState;
use test_support::on_both;
use tonic::Code;

use crate::calls::{refusal, tool_call};
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;
use crate::verbs::{LINK, OPERATOR, lost, won};

fn refused(reason: &str) -> (Code, String) {
    (Code::FailedPrecondition, reason.to_owned())
}

on_both! {
    async fn a_provider_takes_the_lead_and_gets_what_it_needs_to_go_r48_r49(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let (lead, changed) = world.confirm(&id, 1, LINK).await.unwrap();
        assert!(changed && lead.confirm_time.is_some());
        assert_eq!(lead.state(), wire::LeadState::Confirmed);
        assert_eq!((lead.reference.len(), lead.health), (8, Some(false)));
        world.logs(&id, "settled").await;
        assert_eq!(world.roster.holder(&id).unwrap().state, AssignmentState::Confirmed);
        let told = world.notification.told(&format!("lead:{id}:1:confirmed"));
        let Some(Notice::LeadConfirmed(notice)) = &told[0].notice else { panic!("no notice") };
        let (facts, provider) = (notice.lead.clone().unwrap(), notice.provider.clone().unwrap());
        assert_eq!(facts.reference, lead.reference);
        assert!(provider.answer_url.starts_with("https://bord.example/c/"), "{}", provider.answer_url);
        let (again, changed) = world.confirm(&id, 1, LINK).await.unwrap();
        assert_eq!((again.state(), changed), (wire::LeadState::Confirmed, false));
        let log = world.log(&id).await;
        let confirmed = log.iter().find(|event| event.kind == "confirmed").unwrap();
        assert_eq!((confirmed.actor.as_str(), confirmed.attributes["provider_id"].as_str()), (LINK, PROVIDER));
        assert_eq!(world.notification.told(&format!("lead:{id}:1:")).len(), 1, "told once");
    }

    async fn a_provider_declines_and_the_next_one_is_asked_d8(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let (_, changed) = world.decline(&id, 1, LINK).await.unwrap();
        assert!(changed);
        let lead = world.is_offered(&id, 2).await;
        assert_eq!(lead.provider_id, SECOND);
        assert_eq!(world.roster.asked().last().unwrap().excluded_provider_ids, [PROVIDER]);
        let (_, changed) = world.decline(&id, 1, LINK).await.unwrap();
        assert!(!changed, "a repeat");
        assert_eq!(refusal(&world.confirm(&id, 1, LINK).await.unwrap_err()), refused("OFFER_OVER"));
        let told = world.notification.told(&format!("lead:{id}:1:released"));
        let Some(Notice::LeadReleased(notice)) = &told[0].notice else { panic!("no notice") };
        assert_eq!(notice.cause(), ReleaseCause::Declined);
        // The provider's words are kept with the attempt, where erasure finds them, and not in the log.
        let log = world.log(&id).await;
        assert!(log.iter().all(|event| !event.cause.contains("Rochat")), "{log:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM lead_attempt WHERE reason LIKE '%Rochat%'").await, 1);
    }

    async fn only_the_operator_takes_a_confirmed_lead_back_d6(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        let status = world.decline(&id, 1, LINK).await.unwrap_err();
        assert_eq!(refusal(&status), refused("ILLEGAL_MOVE"));
        assert!(status.message().contains("ask the operator"), "{}", status.message());
        world.decline(&id, 0, OPERATOR).await.unwrap();
        let lead = world.is_offered(&id, 2).await;
        assert_eq!((lead.provider_id.as_str(), lead.confirm_time), (SECOND, None));
        let released = world.roster.moves().into_iter().find(|m| m.starts_with("release")).unwrap();
        assert!(released.ends_with("1 operator:ana"), "{released}");
    }

    async fn a_result_is_booked_once_and_the_roster_completes_it(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        assert_eq!(refusal(&world.close(&id, 1, won(1)).await.unwrap_err()), refused("ILLEGAL_MOVE"));
        world.confirm(&id, 1, LINK).await.unwrap();
        let status = world.close(&id, 1, won(0)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        let (lead, changed) = world.close(&id, 1, won(45_000)).await.unwrap();
        assert!(changed);
        assert_eq!((lead.state(), lead.result), (wire::LeadState::Won, Some(won(45_000))));
        assert!(!world.close(&id, 1, won(45_000)).await.unwrap().1, "a repeat");
        assert!(!world.close(&id, 0, won(45_000)).await.unwrap().1, "the operator's repeat");
        assert_eq!(refusal(&world.close(&id, 1, won(46_000)).await.unwrap_err()), refused("ILLEGAL_MOVE"));
        assert_eq!(refusal(&world.close(&id, 1, lost("no")).await.unwrap_err()), refused("ILLEGAL_MOVE"));
        world.logs(&id, "closed").await;
        let held = || world.roster.holder(&id).map(|held| held.state);
        test_support::eventually(Duration::from_secs(10), async || {
            (held() == Some(AssignmentState::Completed)).then_some(())
        })
        .await;
        assert!(!world.confirm(&id, 1, LINK).await.unwrap().1, "confirmed before it was won");
        for verb in [world.cancel(&id).await.unwrap_err(), world.retry(&id).await.unwrap_err(),
            world.offer(&id, PROVIDER).await.unwrap_err(), world.decline(&id, 1, LINK).await.unwrap_err()] {
            assert_eq!(refusal(&verb), refused("ILLEGAL_MOVE"));
        }
    }

    async fn a_lead_may_be_lost_with_a_reason(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&id, 0, OPERATOR).await.unwrap();
        assert_eq!(world.close(&id, 1, lost(" ")).await.unwrap_err().code(), Code::InvalidArgument);
        let (lead, _) = world.close(&id, 1, lost("too far away")).await.unwrap();
        assert_eq!((lead.state(), lead.result), (wire::LeadState::Lost, Some(lost("too far away"))));
    }

    async fn a_cancelled_lead_is_taken_back_from_whoever_has_it(db: TestDb) {
        let mut world = World::start(db).await;
        for (n, confirmed) in [(1, false), (2, true)] {
            let id = world.dispatch(tool_call(n)).await.lead_id;
            if confirmed {
                world.confirm(&id, 1, LINK).await.unwrap();
                world.logs(&id, "settled").await;
            }
            let (lead, changed) = world.cancel(&id).await.unwrap();
            assert!(changed);
            assert_eq!(lead.state(), wire::LeadState::Cancelled);
            world.logs(&id, "released").await;
            assert!(world.roster.holder(&id).is_none());
            let told = world.notification.told(&format!("lead:{id}:1:released"));
            let Some(Notice::LeadReleased(notice)) = &told[0].notice else { panic!("no notice") };
            assert_eq!(notice.cause(), ReleaseCause::Cancelled);
            let lead = world.lead(&id).await;
            assert_eq!((lead.due_time, lead.provider_id.as_str()), (None, ""));
            assert!(!world.cancel(&id).await.unwrap().1, "a repeat");
            assert_eq!(refusal(&world.confirm(&id, 1, LINK).await.unwrap_err()), refused("OFFER_OVER"));
            assert_eq!(refusal(&world.retry(&id).await.unwrap_err()), refused("ILLEGAL_MOVE"));
        }
    }

    async fn what_nobody_has_is_cancelled_at_once(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.customer_name.clear();
        let incomplete = world.dispatch(call).await.lead_id;
        world.roster.set_capacity(0);
        let unmatched = world.dispatch(tool_call(2)).await.lead_id;
        for id in [incomplete, unmatched] {
            world.cancel(&id).await.unwrap();
            let status = world.confirm(&id, 1, LINK).await.unwrap_err();
            assert!(matches!(refusal(&status).1.as_str(), "OFFER_OVER" | "UNKNOWN_OFFER"), "{status}");
        }
        assert!(world.notification.told("lead:").iter().all(|m| !m.message_key.contains("released")));
    }

    async fn what_makes_no_sense_is_refused_by_name(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        for (attempt, actor, code, reason) in [
            (0, LINK, Code::InvalidArgument, "INVALID_REQUEST"),
            (1, "", Code::InvalidArgument, "INVALID_REQUEST"),
            (1, "operator:", Code::InvalidArgument, "INVALID_REQUEST"),
            (7, LINK, Code::NotFound, "UNKNOWN_OFFER"),
        ] {
            let status = world.confirm(&id, attempt, actor).await.unwrap_err();
            assert_eq!(refusal(&status), (code, reason.to_owned()), "{attempt} {actor}");
        }
        let nobody = "0192d4c0-0000-7000-8000-000000000000";
        for status in [
            world.confirm(nobody, 1, LINK).await.unwrap_err(),
            world.decline(nobody, 1, LINK).await.unwrap_err(),
            world.close(nobody, 1, won(1)).await.unwrap_err(),
            world.cancel(nobody).await.unwrap_err(),
            world.retry(nobody).await.unwrap_err(),
            world.offer(nobody, PROVIDER).await.unwrap_err(),
        ] {
            assert_eq!(refusal(&status), (Code::NotFound, "UNKNOWN_LEAD".to_owned()));
        }
        let mute = wire::CancelLeadRequest {
            lead_id: id,
            actor: OPERATOR.to_owned(),
            cause: " ".to_owned(),
        };
        let status = world.client.cancel_lead(mute).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&status)[0].field, "cause");
    }
}
