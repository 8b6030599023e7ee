//! The stream of roster changes, as lead-service follows it.

use std::time::Duration;

use chassis::crash::{Action, Points};
use contracts::bord::roster::v1 as pb;
use test_support::{eventually, on_both};

use crate::harness::{RosterTest, lead, owner, plumber, with_capacity};

pub(crate) async fn entries(
    roster: &RosterTest,
    after: (String, i64),
    count: usize,
) -> Vec<pb::RosterEntry> {
    let request = pb::FollowRosterRequest {
        epoch: after.0,
        number: after.1,
    };
    let mut stream = roster
        .client
        .clone()
        .follow_roster(request)
        .await
        .unwrap()
        .into_inner();
    let mut found = Vec::new();
    while found.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(10), stream.message());
        found.push(
            next.await
                .expect("an entry in time")
                .unwrap()
                .unwrap()
                .entry
                .unwrap(),
        );
    }
    found
}

on_both! {
    /// D7: what could give an unmatched lead a provider is told to followers, in order.
    async fn followers_are_told_of_coverage_pause_and_capacity(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        roster.put(plumber("rhone")).await;
        roster.pause("rhone").await;
        roster.resume("rhone").await;
        roster.resume("rhone").await;
        roster.put(with_capacity("rhone", 5)).await;
        let lead = lead();
        roster.assign(lead, 1).await;
        roster.release(lead, 1).await.unwrap();
        let found = entries(&roster, (String::new(), 0), 5).await;
        let kinds: Vec<_> = found.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["coverage", "paused", "resumed", "capacity", "capacity"]);
        assert!(found.iter().all(|entry| entry.provider_id == "rhone" && entry.country == "CH"));
        let numbers: Vec<_> = found.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        // Going on from a position, and a position of another epoch reads from the start.
        let rest = entries(&roster, (found[0].epoch.clone(), 3), 2).await;
        assert_eq!(rest, found[3..]);
        let again = entries(&roster, ("another".to_owned(), 3), 5).await;
        assert_eq!(again, found);
    }

    /// An earlier writer that commits last, under a follower that has read past its place: it is
    /// told after the later one and not left out (I17).
    async fn an_earlier_writer_that_commits_last_is_told_after_the_later_one(db: TestDb) {
        let (postgres, points) = (db.is_postgres(), Points::default());
        let roster = RosterTest::start_beside(db, "http://127.0.0.1:1", points.clone()).await;
        roster.put(plumber("rhone")).await;
        roster.put(plumber("leman")).await;
        let (early, late) = (lead(), lead());
        let first = owner(&roster.assign(early, 1).await).unwrap();
        let second = owner(&roster.assign(late, 1).await).unwrap();
        assert_ne!(first, second);
        let known = entries(&roster, (String::new(), 0), 2).await;
        let after = |entry: &pb::RosterEntry| (entry.epoch.clone(), entry.number);
        points.arm("roster.before_commit", Action::Hold);
        let writing = async { roster.release(early, 1).await.unwrap() };
        let following = async {
            let soon = Duration::from_secs(10);
            eventually(soon, async || (points.fired("roster.before_commit") == 1).then_some(())).await;
            // SQLite has one writer: there the later one waits, and the order is the commits'.
            if !postgres {
                points.release("roster.before_commit");
            }
            roster.release(late, 1).await.unwrap();
            let told = entries(&roster, after(&known[1]), 1).await.remove(0);
            points.release("roster.before_commit");
            told
        };
        let (_, told) = tokio::join!(writing, following);
        let (now, then) = if postgres { (&second, &first) } else { (&first, &second) };
        assert_eq!((told.kind.as_str(), &told.provider_id), ("capacity", now));
        let rest = entries(&roster, after(&told), 1).await.remove(0);
        assert_eq!((rest.kind.as_str(), &rest.provider_id), ("capacity", then));
    }
}
