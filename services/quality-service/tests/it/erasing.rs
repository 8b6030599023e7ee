//! EraseCaller: every store, lead-service last, a receipt for each (B10, I26).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chassis::fault::{self, Kind};
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::quality::v1 as quality;
use contracts::roster::v1 as roster;
use contracts::telephony::v1 as telephony;
use test_support::on_both;
use tonic::Code;

use crate::world::World;

const PHONE: &str = "+41791112233";

fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// Every neighbour erases; telephony's vendor still has something to do while `vendor_down`.
fn everybody_erases(world: &World, vendor_down: &Arc<AtomicBool>) {
    world
        .leads
        .answer("LeadService/Erase", |_: lead::EraseRequest| {
            let stores = vec![lead::ErasedStore {
                store: "lead.lead".to_owned(),
                count: 2,
            }];
            Ok(lead::EraseResponse {
                stores,
                lead_ids: strings(["l1", "l2"]),
                conversation_ids: strings(["conv_1"]),
                call_sids: strings(["CA1"]),
            })
        });
    let down = Arc::clone(vendor_down);
    world
        .telephony
        .answer("CallService/Erase", move |_: telephony::EraseRequest| {
            let kept = if down.load(Ordering::SeqCst) {
                "3 still to be deleted at the vendor; run again"
            } else {
                ""
            };
            let store = |store: &str, kept: &str| telephony::ErasedStore {
                store: store.to_owned(),
                count: 1,
                kept: kept.to_owned(),
                due: !kept.is_empty(),
            };
            let stores = vec![store("telephony.call", ""), store("twilio.calls", kept)];
            Ok(telephony::EraseResponse { stores })
        });
    world.notification.answer(
        "NotificationService/Erase",
        |_: notification::EraseRequest| {
            let store = "notification.messages".to_owned();
            let stores = vec![notification::ErasedStore {
                store,
                count: 5,
                ..Default::default()
            }];
            Ok(notification::EraseResponse { stores })
        },
    );
    world
        .roster
        .answer("RosterService/Erase", |_: roster::EraseRequest| {
            let store = "roster.channel".to_owned();
            let stores = vec![roster::ErasedStore {
                store,
                ..Default::default()
            }];
            Ok(roster::EraseResponse { stores })
        });
}

async fn erase(world: &World, dry_run: bool) -> quality::EraseCallerResponse {
    let request = quality::EraseCallerRequest {
        phone_e164: PHONE.to_owned(),
        actor: "operator:ana".to_owned(),
        dry_run,
    };
    let mut quality = world.books.clone().unwrap();
    quality.erase_caller(request).await.unwrap().into_inner()
}

fn line<'a>(answer: &'a quality::EraseCallerResponse, store: &str) -> &'a quality::ErasureReceipt {
    let found = answer.receipts.iter().find(|line| line.store == store);
    found.unwrap_or_else(|| panic!("{store} in {answer:?}"))
}

/// Whether lead-service was asked to look (true) or to erase, in order.
fn dry_runs(world: &World) -> Vec<bool> {
    let asked: Vec<lead::EraseRequest> = world.leads.asked("LeadService/Erase");
    assert!(
        asked
            .iter()
            .all(|a| a.phone_e164 == PHONE && a.actor == "operator:ana")
    );
    asked.into_iter().map(|asked| asked.dry_run).collect()
}

on_both! {
    async fn every_store_is_asked_with_what_hangs_on_the_leads_and_the_leads_go_last_b10(db: TestDb) {
        let mut world = World::new(&db).await;
        everybody_erases(&world, &Arc::default());
        world.start().await;
        let receipt = erase(&world, false).await;
        assert!(receipt.complete, "{receipt:?}");
        let counts: Vec<(&str, i64)> =
            receipt.receipts.iter().map(|line| (line.store.as_str(), line.count)).collect();
        assert_eq!(counts, [
            ("telephony.call", 1), ("twilio.calls", 1), ("notification.messages", 5),
            ("roster.channel", 0), ("quality.books", 0), ("lead.lead", 2),
        ]);
        assert!(receipt.receipts.iter().all(|line| line.erase_time.is_some()));
        assert_eq!(dry_runs(&world), [true, false]);
        let calls: Vec<telephony::EraseRequest> = world.telephony.asked("CallService/Erase");
        assert_eq!((&calls[0].conversation_ids, &calls[0].call_sids), (&strings(["conv_1"]), &strings(["CA1"])));
        assert_eq!((calls[0].phone_e164.as_str(), calls[0].dry_run), (PHONE, false));
        let messages: Vec<notification::EraseRequest> = world.notification.asked("NotificationService/Erase");
        assert_eq!(messages[0].lead_ids, strings(["l1", "l2"]));
        let channels: Vec<roster::EraseRequest> = world.roster.asked("RosterService/Erase");
        assert_eq!((channels[0].phone_e164.as_str(), channels[0].actor.as_str()), (PHONE, "operator:ana"));
        world.stop().await;
    }

    async fn a_dry_run_asks_everybody_for_one_and_says_that_something_is_left(db: TestDb) {
        let mut world = World::new(&db).await;
        everybody_erases(&world, &Arc::default());
        world.start().await;
        let receipt = erase(&world, true).await;
        assert!(!receipt.complete);
        assert_eq!(line(&receipt, "lead.lead").count, 2);
        assert_eq!(dry_runs(&world), [true]);
        let calls: Vec<telephony::EraseRequest> = world.telephony.asked("CallService/Erase");
        let messages: Vec<notification::EraseRequest> = world.notification.asked("NotificationService/Erase");
        let channels: Vec<roster::EraseRequest> = world.roster.asked("RosterService/Erase");
        assert!(calls[0].dry_run && messages[0].dry_run && channels[0].dry_run);
        world.stop().await;
    }

    async fn a_store_that_fails_is_listed_the_others_go_on_and_the_leads_stay_for_the_repeat(db: TestDb) {
        let mut world = World::new(&db).await;
        everybody_erases(&world, &Arc::default());
        world.notification.answer("NotificationService/Erase", |_: notification::EraseRequest| {
            let text = "the address +41791112233 is in the way";
            Err::<notification::EraseResponse, _>(fault::plain(Kind::Unavailable, "STORE_UNAVAILABLE", text))
        });
        world.start().await;
        let receipt = erase(&world, false).await;
        assert!(!receipt.complete);
        let failed = line(&receipt, "notification");
        assert!(!failed.failure.is_empty() && failed.erase_time.is_none(), "{failed:?}");
        assert!(!format!("{receipt:?}").contains("1112233"), "no number in a failure (I25)");
        assert_eq!(line(&receipt, "telephony.call").count, 1);
        let kept = line(&receipt, "lead.lead");
        assert!(kept.count == 0 && kept.due && kept.kept.contains("run again"), "{kept:?}");
        assert_eq!(dry_runs(&world), [true], "the leads name what is left");
        everybody_erases(&world, &Arc::default());
        assert!(erase(&world, false).await.complete);
        assert_eq!(dry_runs(&world), [true, true, false]);
        world.stop().await;
    }

    async fn leads_that_cannot_be_asked_keep_the_others_from_nothing(db: TestDb) {
        let mut world = World::new(&db).await;
        everybody_erases(&world, &Arc::default());
        world.leads.answer("LeadService/Erase", |_: lead::EraseRequest| {
            Err::<lead::EraseResponse, _>(fault::plain(Kind::Internal, "STORE_FAILED", "secret words"))
        });
        world.start().await;
        let receipt = erase(&world, false).await;
        assert!(!receipt.complete);
        let failed = line(&receipt, "lead");
        assert!(failed.failure.contains("STORE_FAILED") && !failed.failure.contains("secret"));
        assert_eq!(line(&receipt, "notification.messages").count, 5);
        assert_eq!(dry_runs(&world), [true]);
        world.stop().await;
    }

    async fn what_a_vendor_still_has_to_delete_is_told_and_the_repeat_is_complete(db: TestDb) {
        let mut world = World::new(&db).await;
        let vendor_down = Arc::new(AtomicBool::new(true));
        everybody_erases(&world, &vendor_down);
        world.start().await;
        let receipt = erase(&world, false).await;
        let left = line(&receipt, "twilio.calls");
        assert!(!receipt.complete && left.due && left.kept.starts_with('3'), "{receipt:?}");
        vendor_down.store(false, Ordering::SeqCst);
        assert!(erase(&world, false).await.complete);
        world.stop().await;
    }

    async fn what_stays_for_good_is_told_and_keeps_no_erasure_from_being_complete_b10(db: TestDb) {
        let mut world = World::new(&db).await;
        everybody_erases(&world, &Arc::default());
        let (mails, contact) = ("2 mails: Mailgun deletes none", "contacts that providers declared");
        world.notification.answer("NotificationService/Erase", move |_: notification::EraseRequest| {
            let stores = vec![notification::ErasedStore {
                store: "mailgun.messages".to_owned(), count: 0, kept: mails.to_owned(), due: false,
            }];
            Ok(notification::EraseResponse { stores })
        });
        world.roster.answer("RosterService/Erase", move |_: roster::EraseRequest| {
            let stores = vec![roster::ErasedStore {
                store: "roster.channel".to_owned(), count: 1, kept: contact.to_owned(), due: false,
            }];
            Ok(roster::EraseResponse { stores })
        });
        world.start().await;
        let receipt = erase(&world, false).await;
        for (store, kept) in [("mailgun.messages", mails), ("roster.channel", contact)] {
            let line = line(&receipt, store);
            assert_eq!((line.kept.as_str(), line.due), (kept, false), "{receipt:?}");
        }
        assert!(receipt.complete, "{receipt:?}");
        world.stop().await;
    }

    async fn an_erasure_needs_a_number_and_somebody_who_asks(db: TestDb) {
        let mut world = World::new(&db).await;
        world.start().await;
        let mut quality = world.books.clone().unwrap();
        let request = quality::EraseCallerRequest { phone_e164: "079 111".to_owned(), ..Default::default() };
        let refused = quality.erase_caller(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let fields: Vec<String> =
            fault::violations(&refused).into_iter().map(|violation| violation.field).collect();
        assert_eq!(fields, ["phone_e164", "actor"]);
        world.stop().await;
    }
}
