//! A break around a commit: what was answered stands, what was not may be asked again (I1, I3, I13).

use chassis::crash::{Action, Points};
use contracts::bord::roster::v1 as pb;
use pb::AssignmentState::Released;
use roster_service::crash::POINTS;
use test_support::on_both;

use crate::harness::{RosterTest, lead, owner, plumber, reason, wanted};

on_both! {
    async fn a_break_at_each_point_is_healed_by_asking_again(db: TestDb) {
        let points = Points::default();
        let roster = RosterTest::start_beside(db, "http://127.0.0.1:1", points.clone()).await;
        roster.put(plumber("rhone")).await;
        for (point, made) in POINTS.into_iter().zip([0, 1]) {
            for action in [Action::Error, Action::Panic] {
                let lead = lead();
                let mine = "SELECT count(*) FROM assignment WHERE state = 'reserved'";
                let before = roster.count(mine).await;
                points.arm(point, action);
                let broken = roster.ask(wanted(lead, 1)).await.unwrap_err();
                if action == Action::Error {
                    assert_eq!(reason(&broken), "CRASH_POINT");
                }
                assert_eq!(roster.count(mine).await, before + made, "{point}");
                assert_eq!(owner(&roster.assign(lead, 1).await).as_deref(), Some("rhone"));
                assert_eq!(roster.count(mine).await, before + 1, "{point}");
                points.arm(point, action);
                roster.release(lead, 1).await.unwrap_err();
                let released = roster.release(lead, 1).await.unwrap().unwrap();
                assert_eq!(released.state(), Released);
                roster.assert_books_balance().await;
            }
            assert_eq!(points.fired(point), 4);
        }
        // A release that comes first passes the points too.
        let ahead = lead();
        points.arm("roster.before_commit", Action::Error);
        roster.release(ahead, 1).await.unwrap_err();
        assert!(roster.count("SELECT count(*) FROM closed_attempt").await == 0);
        roster.release(ahead, 1).await.unwrap();
        assert_eq!(reason(&roster.ask(wanted(ahead, 1)).await.unwrap_err()), "ATTEMPT_CLOSED");
    }
}
