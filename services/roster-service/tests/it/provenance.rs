//! Who may change what: the catalogue and an operator, on what is declared of a provider and on
//! its pause.

use contracts::bord::roster::v1 as pb;
use pb::PutOutcome::{Conflict, Unchanged, Updated};
use pb::Source::{Catalog, Operator};
use test_support::on_both;

use crate::harness::{RosterTest, lead, owner, plumber, told, with_capacity};

on_both! {
    /// The catalogue never overwrites what an operator changed meanwhile.
    async fn what_an_operator_changed_is_a_conflict_for_the_catalogue(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        assert_eq!(roster.put(with_capacity("rhone", 4)).await.outcome(), Updated);
        let by_hand = roster.try_put(with_capacity("rhone", 9), Operator, false).await.unwrap();
        assert_eq!((by_hand.outcome(), by_hand.fields), (Updated, vec!["capacity".to_owned()]));
        let mut declared = with_capacity("rhone", 5);
        declared.name = "Rhône SA".to_owned();
        let conflict = roster.put(declared.clone()).await;
        assert_eq!(conflict.outcome(), Conflict);
        assert_eq!(conflict.fields, ["name", "capacity"]);
        assert_eq!(roster.provider("rhone").await.capacity, 9, "nothing was written");
        // The files take over the operator's word: from then on they may change it again.
        assert_eq!(roster.put(with_capacity("rhone", 9)).await.outcome(), Unchanged);
        assert_eq!(roster.put(with_capacity("rhone", 5)).await.outcome(), Updated);
        // Or they insist.
        roster.try_put(with_capacity("rhone", 7), Operator, false).await.unwrap();
        let insist = pb::PutProviderRequest {
            provider: Some(declared),
            source: Catalog.into(),
            dry_run: false,
            overwrite: true,
        };
        let done = roster.client.clone().put_provider(insist).await.unwrap().into_inner();
        assert_eq!(done.outcome(), Updated);
        assert_eq!(roster.provider("rhone").await.name, "Rhône SA");
    }

    /// design.md §6: what left the files is paused, and what is back in them serves again; the
    /// pause that a person set is the person's to lift.
    async fn the_catalogue_lifts_its_own_pause_when_a_provider_is_back_and_no_other(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let updated = |fields: &[&str]| {
            let fields = fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
            (Updated, fields)
        };
        let answer = |done: pb::PutProviderResponse| (done.outcome(), done.fields);
        roster.put(plumber("rhone")).await;
        assert!(roster.pause_by("catalog", "rhone").await);
        assert_eq!(told(&roster.assign(lead(), 1).await), [("rhone", 0, "PAUSED")]);
        // An operator's declaration is none of the files'.
        assert_eq!(roster.try_put(plumber("rhone"), Operator, false).await.unwrap().outcome(), Unchanged);
        let would = roster.try_put(plumber("rhone"), Catalog, true).await.unwrap();
        assert_eq!(answer(would), updated(&["paused"]));
        assert!(roster.provider("rhone").await.paused, "a dry run writes nothing");
        assert_eq!(answer(roster.put(plumber("rhone")).await), updated(&["paused"]));
        let found = roster.provider("rhone").await;
        assert_eq!((found.paused, found.pause_actor.as_str()), (false, ""));
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
        assert_eq!(roster.put(plumber("rhone")).await.outcome(), Unchanged);
        let back = "SELECT count(*) FROM provider_change
            WHERE kind = 'resumed' AND actor = 'catalog' AND cause = 'back in the catalogue'";
        assert_eq!(roster.count(back).await, 1);
        assert_eq!(roster.count("SELECT count(*) FROM feed WHERE kind = 'resumed'").await, 1);

        // It may be back with other content.
        roster.pause_by("catalog", "rhone").await;
        assert_eq!(answer(roster.put(with_capacity("rhone", 8)).await), updated(&["capacity", "paused"]));
        assert!(!roster.provider("rhone").await.paused);

        // A conflict writes nothing, until the files insist.
        roster.try_put(with_capacity("rhone", 9), Operator, false).await.unwrap();
        roster.pause_by("catalog", "rhone").await;
        assert_eq!(roster.put(with_capacity("rhone", 8)).await.outcome(), Conflict);
        assert!(roster.provider("rhone").await.paused);
        assert_eq!(answer(roster.put(with_capacity("rhone", 9)).await), updated(&["paused"]));

        // A person's pause survives, also one that was set while the provider was out of the files.
        roster.pause("rhone").await;
        assert_eq!(roster.put(with_capacity("rhone", 9)).await.outcome(), Unchanged);
        assert_eq!(roster.provider("rhone").await.pause_actor, "operator:ana");
        roster.resume("rhone").await;
        roster.pause_by("catalog", "rhone").await;
        assert!(roster.pause("rhone").await);
        assert!(!roster.pause_by("catalog", "rhone").await);
        assert_eq!(roster.put(with_capacity("rhone", 9)).await.outcome(), Unchanged);
        let found = roster.provider("rhone").await;
        assert_eq!((found.paused, found.pause_actor.as_str()), (true, "operator:ana"));
    }
}
