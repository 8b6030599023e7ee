//! Crash points: an entry that breaks while it is carried is carried again, and counted once.

use chassis::crash::Action;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::call_entry::Entry as Told;
use quality_service::crash::POINTS;
use test_support::{eventually, on_both};

use crate::play::{self, Books};
use crate::world::{PATIENCE, World};

on_both! {
    // B2, I19: a scan that breaks anywhere is done by whoever comes next, each verdict once.
    async fn a_scan_that_breaks_at_any_point_is_done_again_and_counts_once(db: TestDb) {
        let points = ["quality.after_page", "quality.before_scan_end"];
        for (index, point) in points.into_iter().enumerate() {
            let mut world = World::new(&db).await;
            let books = Books::default();
            books.serve_at(&world);
            world.config.crash_points.arm(point, Action::Error);
            world.start().await;
            let id = books.call_untold(index, play::dispatched());
            books.lead_of(&id, lead::LeadState::Confirmed);
            let scan = world.recover().await;
            assert_eq!(world.config.crash_points.fired(point), 1, "{point}");
            assert_eq!(scan.closed_calls, i64::try_from(index).unwrap() + 1, "{point}: {scan:?}");
            let kept = world.books().await.unwrap();
            assert_eq!(kept.judged, i64::try_from(index).unwrap() + 1, "{point}");
            world.stop().await;
        }
    }

    // R52: a summary that breaks before it is handed over is handed over again, under its one key.
    async fn a_summary_that_breaks_is_mailed_again_under_its_key(db: TestDb) {
        let mut world = World::new(&db).await;
        let books = Books::default();
        books.serve_at(&world);
        world.config.crash_points.arm("quality.before_summary", Action::Error);
        world.start().await;
        let id = books.call(&world, 1, play::dispatched());
        books.lead_of(&id, lead::LeadState::Notified);
        let mails = eventually(PATIENCE, async || {
            let mails: Vec<notification::NotifyRequest> =
                world.notification.asked("NotificationService/Notify");
            (!mails.is_empty()).then_some(mails)
        })
        .await;
        assert_eq!(mails[0].message_key, format!("summary:{id}"));
        assert_eq!(world.config.crash_points.fired("quality.before_summary"), 1);
        world.stop().await;
    }

    async fn an_entry_that_breaks_at_any_point_is_carried_again_and_counted_once(db: TestDb) {
        let points = POINTS.into_iter().filter(|point| point.ends_with("_carry"));
        for (index, point) in points.enumerate() {
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
