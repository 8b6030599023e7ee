//! Crash points: an entry that breaks while it is carried is carried again, and counted once.

use chassis::crash::Action;
use contracts::lead::v1 as lead;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::call_entry::Entry as Told;
use quality_service::crash::POINTS;
use test_support::on_both;

use crate::world::World;

on_both! {
    async fn an_entry_that_breaks_at_any_point_is_carried_again_and_counted_once(db: TestDb) {
        let carrying = POINTS.into_iter().filter(|point| point.ends_with("_carry"));
        for (index, point) in carrying.enumerate() {
            let mut world = World::new(&db).await;
            world.config.crash_points.arm(point, Action::Error);
            world.start().await;
            let number = i64::try_from(index).unwrap() + 1;
            for _ in 0..number {
                world.feed.tell("CA1", Told::Ended(telephony::CallEnded::default()));
            }
            let books = world.carried_up_to("first", number).await;
            assert_eq!(world.config.crash_points.fired(point), 1, "{point}");
            assert_eq!(books.carried["ended"], number);
            assert!(books.parked.is_empty());
            let asked: Vec<lead::RecordCallEndedRequest> =
                world.leads.asked("LeadService/RecordCallEnded");
            // The second world takes up where the first one stopped.
            assert_eq!(asked.len(), if point == "quality.after_carry" { 2 } else { 1 }, "{point}");
            world.stop().await;
        }
    }
}
