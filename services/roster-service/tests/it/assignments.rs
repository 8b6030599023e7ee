//! The life of an assignment through the API: repeats, closed attempts in every order, moves.

use contracts::bord::roster::v1 as pb;
use pb::AssignmentState::{Completed, Confirmed, Released, Reserved};
use pb::assign_provider_response::Outcome;
use test_support::on_both;
use tonic::Code;

use crate::harness::{RosterTest, lead, owner, plumber, reason, told, wanted, with_capacity};

on_both! {
    async fn a_lead_is_reserved_and_the_answer_names_the_provider(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let lead = lead();
        let answer = roster.assign(lead, 1).await;
        let Some(Outcome::Assigned(assigned)) = &answer.outcome else {
            panic!("unmatched");
        };
        let assignment = assigned.assignment.as_ref().unwrap();
        assert_eq!(assignment.state(), Reserved);
        assert!(assignment.holds_slot);
        assert_eq!(assignment.lead_id, lead.to_string());
        let provider = assigned.provider.as_ref().unwrap();
        assert_eq!((provider.name.as_str(), provider.held), ("Plomberie du Rhône", 1));
        assert_eq!(provider.channels.len(), 2);
        assert!(provider.last_assign_time.is_some());
        assert_eq!(told(&answer), [("rhone", 1, "")]);
        assert_eq!(roster.current(lead).await.unwrap(), *assignment);
    }

    /// I3, I4, R40: the first answer, also for two and for a hundred at once.
    async fn repeats_at_once_get_the_first_answer(db: TestDb) {
        let roster = RosterTest::start(db).await;
        for id in ["a", "b", "c"] {
            roster.put(with_capacity(id, 50)).await;
        }
        for at_once in [1, 2, 100] {
            let lead = lead();
            let asks = (0..at_once).map(|_| roster.assign(lead, 1));
            let answers = futures::future::join_all(asks).await;
            let first = owner(&answers[0]).unwrap();
            for answer in &answers {
                assert_eq!(owner(answer).unwrap(), first);
                assert_eq!(answer.candidates, answers[0].candidates, "the first explanation (B6)");
            }
            let of_lead = format!("SELECT count(*) FROM assignment WHERE provider_id = '{first}'");
            assert!(roster.count(of_lead).await >= 1);
        }
        assert_eq!(roster.count("SELECT count(*) FROM assignment").await, 3);
        roster.assert_books_balance().await;
    }

    async fn a_second_attempt_is_refused_while_the_first_stands(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let lead = lead();
        roster.assign(lead, 1).await;
        let refused = roster.ask(wanted(lead, 2)).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason(&refused), "ALREADY_ASSIGNED");
        roster.release(lead, 1).await.unwrap();
        assert_eq!(owner(&roster.assign(lead, 2).await).as_deref(), Some("rhone"));
    }

    /// R41: whatever is declared, paused, asked by hand or asked again, the first owner stays.
    async fn no_configuration_operator_or_retry_gives_a_lead_to_two(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let second = pb::Provider { priority: 2, ..plumber("b") };
        roster.put(plumber("a")).await;
        roster.put(second.clone()).await;
        let lead = lead();
        assert_eq!(owner(&roster.assign(lead, 1).await).as_deref(), Some("a"));
        let elsewhere = pb::Provider { cities: vec!["lausanne".to_owned()], ..plumber("a") };
        let last = pb::Provider { priority: 9, ..with_capacity("a", 1) };
        let more = pb::Provider { capacity: 50, priority: 1, ..second };
        for change in 0..5 {
            match change {
                0 => {}
                1 => drop(roster.put(last.clone()).await),
                2 => drop(roster.try_put(more.clone(), pb::Source::Operator, false).await.unwrap()),
                3 => drop(roster.put(elsewhere.clone()).await),
                _ => assert!(roster.pause("a").await),
            }
            let by_hand = |attempt| pb::AssignProviderRequest {
                provider_id: "b".to_owned(),
                ..wanted(lead, attempt)
            };
            for again in [wanted(lead, 1), by_hand(1)] {
                let answer = roster.ask(again).await.unwrap();
                assert_eq!(owner(&answer).as_deref(), Some("a"), "after change {change}");
            }
            let without_a = pb::AssignProviderRequest {
                excluded_provider_ids: vec!["a".to_owned()],
                ..wanted(lead, 2)
            };
            for more in [wanted(lead, 2), by_hand(2), without_a] {
                let refused = roster.ask(more).await.unwrap_err();
                assert_eq!(reason(&refused), "ALREADY_ASSIGNED", "after change {change}");
            }
            roster.assert_books_balance().await;
        }
        assert_eq!(roster.count("SELECT count(*) FROM assignment").await, 1);
    }

    /// D8: nothing of a released offer comes back, whichever message is late.
    async fn a_released_attempt_is_closed_for_good(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let lead = lead();
        roster.assign(lead, 1).await;
        let released = roster.release(lead, 1).await.unwrap().unwrap();
        assert_eq!((released.state(), released.release_cause.as_str()), (Released, "silent"));
        assert!(!released.holds_slot);
        assert_eq!(roster.release(lead, 1).await.unwrap(), Some(released), "a repeat changes nothing");
        let refused = roster.ask(wanted(lead, 1)).await.unwrap_err();
        assert_eq!(reason(&refused), "ATTEMPT_CLOSED");
        assert_eq!(reason(&roster.confirm(lead, 1).await.unwrap_err()), "ILLEGAL_MOVE");
        assert_eq!(roster.provider("rhone").await.held, 0);
    }

    async fn a_release_that_comes_first_closes_the_attempt_too(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let lead = lead();
        assert_eq!(roster.release(lead, 1).await.unwrap(), None);
        assert_eq!(roster.release(lead, 1).await.unwrap(), None, "a repeat changes nothing");
        let refused = roster.ask(wanted(lead, 1)).await.unwrap_err();
        assert_eq!(reason(&refused), "ATTEMPT_CLOSED");
        assert_eq!(owner(&roster.assign(lead, 2).await).as_deref(), Some("rhone"));
        assert_eq!(reason(&roster.current(crate::harness::lead()).await.unwrap_err()), "UNKNOWN_ASSIGNMENT");
    }

    /// Whatever the order of the two, in the end nobody owns the lead.
    async fn assign_and_release_at_once_leave_no_owner(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("rhone", 100)).await;
        for _ in 0..30 {
            let lead = lead();
            let (assigned, released) =
                tokio::join!(roster.ask(wanted(lead, 1)), roster.release(lead, 1));
            let released = released.unwrap();
            match assigned {
                Ok(_) => assert_eq!(released.unwrap().state(), Released),
                Err(refused) => {
                    assert_eq!(reason(&refused), "ATTEMPT_CLOSED");
                    assert_eq!(released, None);
                }
            }
        }
        assert_eq!(roster.provider("rhone").await.held, 0);
        roster.assert_books_balance().await;
    }

    async fn a_confirmed_slot_is_freed_and_the_assignment_stays_releasable(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("rhone", 1)).await;
        let (first, second) = (lead(), lead());
        roster.assign(first, 1).await;
        assert_eq!(reason(&roster.free(first, 1).await.unwrap_err()), "ILLEGAL_MOVE");
        assert_eq!(roster.confirm(first, 1).await.unwrap().state(), Confirmed);
        assert!(roster.confirm(first, 1).await.unwrap().holds_slot, "a repeat changes nothing");
        assert_eq!(owner(&roster.assign(second, 1).await), None);
        let freed = roster.free(first, 1).await.unwrap();
        assert_eq!((freed.state(), freed.holds_slot), (Confirmed, false));
        assert_eq!(roster.free(first, 1).await.unwrap(), freed, "a repeat changes nothing");
        assert_eq!(owner(&roster.assign(second, 1).await).as_deref(), Some("rhone"));
        assert_eq!(reason(&roster.ask(wanted(first, 2)).await.unwrap_err()), "ALREADY_ASSIGNED");
        assert_eq!(roster.release(first, 1).await.unwrap().unwrap().state(), Released);
        assert_eq!(roster.provider("rhone").await.held, 1);
        roster.assert_books_balance().await;
    }

    /// I4: a completed assignment still owns the lead and is never released.
    async fn a_completed_assignment_is_final(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let lead = lead();
        roster.assign(lead, 1).await;
        assert_eq!(reason(&roster.complete(lead, 1).await.unwrap_err()), "ILLEGAL_MOVE");
        roster.confirm(lead, 1).await.unwrap();
        let completed = roster.complete(lead, 1).await.unwrap();
        assert_eq!((completed.state(), completed.holds_slot), (Completed, false));
        assert_eq!(roster.complete(lead, 1).await.unwrap(), completed, "a repeat changes nothing");
        assert_eq!(reason(&roster.release(lead, 1).await.unwrap_err()), "ILLEGAL_MOVE");
        assert_eq!(reason(&roster.ask(wanted(lead, 2)).await.unwrap_err()), "ALREADY_ASSIGNED");
        assert_eq!(owner(&roster.assign(lead, 1).await).as_deref(), Some("rhone"));
    }

    async fn an_unknown_attempt_is_told_and_leaves_no_row(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let refused = roster.confirm(lead(), 1).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "UNKNOWN_ASSIGNMENT"));
        assert_eq!(roster.count("SELECT count(*) FROM lead").await, 0);
    }

    async fn assignments_are_listed_newest_first_in_pages(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("rhone", 10)).await;
        let mut leads = Vec::new();
        for _ in 0..5 {
            let lead = lead();
            roster.assign(lead, 1).await;
            leads.insert(0, lead.to_string());
        }
        let mut listed = Vec::new();
        let mut request = pb::ListAssignmentsRequest {
            provider_id: "rhone".to_owned(),
            page_size: 2,
            ..pb::ListAssignmentsRequest::default()
        };
        loop {
            let page = roster.client.clone().list_assignments(request.clone()).await.unwrap();
            let page = page.into_inner();
            listed.extend(page.assignments.into_iter().map(|one| one.lead_id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(listed, leads);
        request.page_token = "nonsense".to_owned();
        request.page_size = -1;
        let refused = roster.client.clone().list_assignments(request).await.unwrap_err();
        assert_eq!(crate::harness::fields(&refused), ["page_size", "page_token"]);
    }
}
