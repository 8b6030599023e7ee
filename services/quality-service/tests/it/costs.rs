//! What a closed call cost is told to the ledger, surely (R74 to R78): through an absence of
//! lead-service, a crash at any point, a price that comes later.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chassis::crash::Action;
use chassis::db::{Db, StoreError, unit};
use chassis::on;
use contracts::lead::v1 as lead;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::call_entry::Entry as Told;
use quality_service::MIGRATIONS;
use test_support::{TestDb, eventually, on_both};
use tonic::Status;

use crate::play::{self, AGENT, Books, SITE};
use crate::world::{PATIENCE, World};

const SID: &str = "CA00000000000000000000000000000001";

async fn world(db: &TestDb) -> (World, Books) {
    let world = World::new(db).await;
    let books = Books::default();
    books.serve_at(&world);
    (world, books)
}

fn told(world: &World) -> Vec<lead::RecordCostRequest> {
    world.leads.asked("LedgerService/RecordCost")
}

async fn told_times(world: &World, times: usize) -> Vec<lead::RecordCostRequest> {
    eventually(PATIENCE, async || {
        let told = told(world);
        (told.len() >= times).then_some(told)
    })
    .await
}

/// A call of three minutes with its conversation, told of and not yet scanned.
async fn served(world: &World, books: &Books, usd_micros: Option<i64>) -> String {
    let id = books.call(world, 1, play::dispatched());
    books.lead_of(&id, lead::LeadState::Confirmed);
    {
        let mut held = books.0.lock().unwrap();
        let call = held.calls.get_mut(SID).unwrap();
        let end = call.end_time.unwrap();
        call.duration = Some(prost_types::Duration {
            seconds: 181,
            nanos: 0,
        });
        call.receive_time = Some(prost_types::Timestamp {
            seconds: end.seconds - 181,
            nanos: 0,
        });
        let conversation = held.conversations.get_mut(&id).unwrap();
        conversation.duration = Some(prost_types::Duration {
            seconds: 178,
            nanos: 0,
        });
        conversation.cost_credits = Some(58);
        conversation.cost_usd_micros = usd_micros;
    }
    world.carried_up_to("first", 2).await;
    id
}

/// A second call, of two hours ago, of which there is neither a conversation nor a recording.
fn unexplained(world: &World, books: &Books) {
    let sid = "CA00000000000000000000000000000002";
    let mut held = books.0.lock().unwrap();
    let mut call = held.calls.get(SID).unwrap().clone();
    call.call_sid = sid.to_owned();
    call.conversation_id = String::new();
    call.duration = Some(prost_types::Duration {
        seconds: 90,
        nanos: 0,
    });
    let end = call.end_time.as_mut().unwrap();
    end.seconds -= 7_200;
    let ended = telephony::CallEnded {
        site_id: SITE.to_owned(),
        end_time: call.end_time,
        duration: call.duration,
        state: telephony::CallState::Completed.into(),
        ..telephony::CallEnded::default()
    };
    held.calls.insert(sid.to_owned(), call);
    drop(held);
    world.feed.tell(sid, Told::Ended(ended));
}

fn price(books: &Books, id: &str, usd_micros: i64) {
    let mut held = books.0.lock().unwrap();
    held.conversations.get_mut(id).unwrap().cost_usd_micros = Some(usd_micros);
}

const OLD: &str = "UPDATE call SET end_time = '2020-01-01T00:00:00+00:00',
    close_time = '2020-01-01T00:00:00+00:00'";

/// The service's database as a test reaches into it.
async fn open(db: &TestDb) -> Db {
    Db::open(&db.url("quality"), "quality", &MIGRATIONS)
        .await
        .unwrap()
}

async fn run(db: &Db, sql: &'static str) {
    let db = db.clone();
    unit(async move {
        let mut tx = db.begin().await?;
        on!(tx, c => sqlx::query(sql).execute(c).await?.rows_affected());
        tx.commit().await?;
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
}

async fn due(db: &Db) -> (Option<i64>, String) {
    let mut tx = db.read().await.unwrap();
    let row = async {
        Ok::<_, StoreError>(on!(tx, c => sqlx::query_as(
            "SELECT due_us, parked FROM cost_report").fetch_one(c).await?))
    };
    row.await.unwrap()
}

on_both! {
    // R75, R76, R77: all that the ledger needs of a closed call, once.
    async fn a_closed_call_is_told_with_class_length_and_the_agents_cost(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        let id = served(&world, &books, Some(43_500)).await;
        assert_eq!(told(&world), [], "an open call has no class yet");
        world.scan().await;
        let cost = told_times(&world, 1).await.remove(0);
        assert_eq!((cost.call_sid.as_str(), cost.site_id.as_str()), (SID, SITE));
        assert_eq!(cost.call_class(), lead::CallClass::Lead);
        assert_eq!(cost.duration.unwrap().seconds, 181);
        assert_eq!(cost.end_time.unwrap().seconds - cost.start_time.unwrap().seconds, 181);
        assert_eq!((cost.called_number.as_str(), cost.with_agent), ("+41225394512", true));
        let [conversation] = &cost.conversations[..] else { panic!("{cost:?}") };
        assert_eq!((&conversation.conversation_id, conversation.agent_name.as_str()), (&id, AGENT));
        assert_eq!((conversation.duration.unwrap().seconds, conversation.credits), (178, Some(58)));
        let actual = lead::Amount { micros: 43_500, currency: "USD".to_owned() };
        assert_eq!(conversation.actual.as_ref(), Some(&actual));
        let kept = open(&db).await;
        eventually(PATIENCE, async || due(&kept).await.0.is_none().then_some(())).await;
        world.stop().await;
        assert_eq!(told(&world).len(), 1, "nothing more is to come");
    }

    // D4: a call that rang in vain or was turned away costs no minute, which is known.
    async fn a_call_that_the_carrier_bills_for_nothing_is_told_with_no_length(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        world.feed.tell(SID, Told::Ended(telephony::CallEnded {
            site_id: SITE.to_owned(),
            state: telephony::CallState::NoAnswer.into(),
            end_time: Some(prost_types::Timestamp { seconds: 1_795_253_436, nanos: 0 }),
            ..telephony::CallEnded::default()
        }));
        books.0.lock().unwrap().calls.insert(SID.to_owned(), telephony::Call {
            call_sid: SID.to_owned(),
            called_number: "+41225394512".to_owned(),
            handling: telephony::CallHandling::Rejected.into(),
            ..telephony::Call::default()
        });
        world.carried_up_to("first", 1).await;
        world.scan().await;
        let cost = told_times(&world, 1).await.remove(0);
        assert_eq!(cost.call_class(), lead::CallClass::HangUp);
        assert_eq!(cost.duration, Some(prost_types::Duration::default()));
        assert!(!cost.with_agent && cost.conversations.is_empty());
        world.stop().await;
    }

    // The plan commits with the close: an absence, a version that does not know the question, and a
    // restart only delay it.
    async fn a_ledger_that_is_away_for_a_while_is_told_later_and_by_another_process(db: TestDb) {
        let (mut first, books) = world(&db).await;
        first.leads.answer("LedgerService/RecordCost", |_: lead::RecordCostRequest| {
            Err::<lead::RecordCostResponse, _>(Status::unavailable("away"))
        });
        first.start().await;
        served(&first, &books, Some(43_500)).await;
        let scan = first.scan().await;
        assert_eq!(scan.closed_calls, 1, "the books do not wait for the ledger");
        told_times(&first, 1).await;
        first.stop().await;

        let (mut second, _) = world(&db).await;
        books.serve_at(&second);
        let asked = Arc::new(AtomicUsize::new(0));
        second.leads.answer("LedgerService/RecordCost", move |_: lead::RecordCostRequest| {
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 => Err(Status::unimplemented("of an earlier version")),
                1 => Err(Status::unavailable("away")),
                _ => Ok(lead::RecordCostResponse { changed: true }),
            }
        });
        second.start().await;
        told_times(&second, 3).await;
        let kept = open(&db).await;
        eventually(PATIENCE, async || due(&kept).await.0.is_none().then_some(())).await;
        second.stop().await;
        assert_eq!(told(&second).len(), 3, "once it was taken, nobody asks again");
    }

    async fn a_telling_that_breaks_at_any_point_is_told_again(db: TestDb) {
        for point in ["quality.before_cost", "quality.after_cost"] {
            let (mut world, books) = world(&db).await;
            world.config.crash_points.arm(point, Action::Error);
            world.start().await;
            let id = books.call_untold(1, play::dispatched());
            books.lead_of(&id, lead::LeadState::Confirmed);
            price(&books, &id, 43_500);
            // The second time it opens the call again, and closes it anew.
            world.recover().await;
            let times = if point == "quality.after_cost" { 2 } else { 1 };
            let told = told_times(&world, times).await;
            assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{point}: the same figures");
            assert_eq!(world.config.crash_points.fired(point), 1, "{point}");
            world.stop().await;
        }
    }

    // D4, R75: unknown is told as unknown; when the vendor names the price the ledger hears of it.
    async fn a_price_that_telephony_tells_later_is_told_again(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        let id = served(&world, &books, None).await;
        world.scan().await;
        let first = told_times(&world, 1).await.remove(0);
        assert_eq!(first.conversations[0].actual, None);
        assert_eq!(first.conversations[0].credits, Some(58));
        price(&books, &id, 43_500);
        world.feed.tell(SID, Told::Conversation(telephony::ConversationStored {
            conversation_id: id,
            site_id: SITE.to_owned(),
            status: "done".to_owned(),
        }));
        let second = told_times(&world, 2).await.remove(1);
        assert_eq!(second.conversations[0].actual.as_ref().unwrap().micros, 43_500);
        world.stop().await;
    }

    // D4, R75: nobody tells of the price; it is looked for once an hour, and then no more.
    async fn a_price_that_nobody_tells_of_is_looked_for_every_hour(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        let id = served(&world, &books, None).await;
        world.scan().await;
        told_times(&world, 1).await;
        let kept = open(&db).await;
        let now = kept.now_us().await.unwrap();
        let next = eventually(PATIENCE, async || due(&kept).await.0.filter(|due| *due > now)).await;
        assert!((3_500_000_000..=3_700_000_000).contains(&(next - now)), "{}", next - now);
        price(&books, &id, 43_500);
        kept.shift_clock(Duration::from_secs(3_601)).await.unwrap();
        let second = told_times(&world, 2).await.remove(1);
        assert_eq!(second.conversations[0].actual.as_ref().unwrap().micros, 43_500);
        eventually(PATIENCE, async || due(&kept).await.0.is_none().then_some(())).await;
        world.stop().await;
    }

    // B3: a call that is looked at again and closed in another class is told in that class.
    async fn a_flagged_call_whose_lead_is_found_later_is_told_again_in_its_new_class(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        let id = books.call(&world, 1, play::lost());
        price(&books, &id, 43_500);
        world.carried_up_to("first", 2).await;
        world.scan().await;
        let first = told_times(&world, 1).await.remove(0);
        assert_eq!(first.call_class(), lead::CallClass::Flagged);
        books.lead_of(&id, lead::LeadState::Confirmed);
        world.recover().await;
        let class = eventually(PATIENCE, async || {
            let last = told(&world).pop()?.call_class();
            (last != lead::CallClass::Flagged).then_some(last)
        })
        .await;
        assert_eq!(class, lead::CallClass::Lead);
        world.stop().await;
    }

    // B3: lead-service lost what it was told since its backup; the scan since then tells it all again,
    // also of what was told late of calls that ended before.
    async fn a_scan_since_a_time_tells_the_costs_of_all_calls_since_again(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        served(&world, &books, Some(43_500)).await;
        world.scan().await;
        told_times(&world, 1).await;
        let kept = open(&db).await;
        eventually(PATIENCE, async || due(&kept).await.0.is_none().then_some(())).await;
        world.scan().await;
        assert_eq!(told(&world).len(), 1, "a scan of a slot tells nothing again");
        for (times, minutes) in [(2, 60), (3, 0)] {
            world.recover_since(minutes).await;
            let told = told_times(&world, times).await;
            assert_eq!(told[times - 1], told[0], "since {minutes} minutes ago");
            eventually(PATIENCE, async || due(&kept).await.0.is_none().then_some(())).await;
        }
        // Ended four days ago and closed then: nothing of it was still to come.
        run(&kept, OLD).await;
        world.recover_since(0).await;
        assert_eq!(due(&kept).await.0, None);
        world.stop().await;
        assert_eq!(told(&world).len(), 3);
    }

    // D4: what telephony does not know yet is no call without an agent.
    async fn the_cost_of_a_call_that_telephony_does_not_know_yet_waits(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        served(&world, &books, Some(43_500)).await;
        let call = books.0.lock().unwrap().calls.remove(SID).unwrap();
        world.scan().await;
        let kept = open(&db).await;
        let now = kept.now_us().await.unwrap();
        eventually(PATIENCE, async || {
            due(&kept).await.0.filter(|due| *due > now + 30_000_000)
        })
        .await;
        assert_eq!(told(&world), []);
        books.0.lock().unwrap().calls.insert(SID.to_owned(), call);
        kept.shift_clock(Duration::from_secs(61)).await.unwrap();
        let cost = told_times(&world, 1).await.remove(0);
        assert_eq!((cost.with_agent, cost.called_number.as_str()), (true, "+41225394512"));
        assert_eq!(cost.duration.unwrap().seconds, 181);
        world.stop().await;
    }

    // R76: a flagged call is told with whether its caller was heard.
    async fn a_flagged_call_is_heard_only_where_somebody_spoke(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.start().await;
        let id = books.call(&world, 1, play::lost());
        price(&books, &id, 43_500);
        unexplained(&world, &books);
        world.carried_up_to("first", 3).await;
        world.scan().await;
        let mut told = told_times(&world, 2).await;
        told.sort_by(|one, other| one.call_sid.cmp(&other.call_sid));
        let heard: Vec<_> = told.iter().map(|it| (it.call_class(), it.caller_heard)).collect();
        let flagged = lead::CallClass::Flagged;
        assert_eq!(heard, [(flagged, true), (flagged, false)]);
        world.stop().await;
    }

    // A call that an earlier version closed has no plan: it is found when this version starts.
    async fn a_call_that_an_earlier_version_closed_is_told_as_well(db: TestDb) {
        let (mut first, books) = world(&db).await;
        first.start().await;
        served(&first, &books, Some(43_500)).await;
        first.scan().await;
        told_times(&first, 1).await;
        first.stop().await;
        let kept = open(&db).await;
        run(&kept, "DELETE FROM cost_report").await;
        run(&kept, "DELETE FROM task").await;
        let (mut second, _) = world(&db).await;
        books.serve_at(&second);
        second.start().await;
        let cost = told_times(&second, 1).await.remove(0);
        assert_eq!((cost.call_sid.as_str(), cost.call_class()), (SID, lead::CallClass::Lead));
        second.stop().await;
    }

    // I23: what the ledger refuses for ever is parked with its reason, and holds up no other call.
    async fn a_cost_that_is_refused_for_ever_is_parked_and_holds_up_no_other(db: TestDb) {
        let (mut world, books) = world(&db).await;
        world.leads.answer("LedgerService/RecordCost", |asked: lead::RecordCostRequest| {
            if asked.call_sid == SID {
                return Err(Status::invalid_argument("no"));
            }
            Ok(lead::RecordCostResponse { changed: true })
        });
        world.start().await;
        served(&world, &books, Some(43_500)).await;
        world.scan().await;
        told_times(&world, 1).await;
        let kept = open(&db).await;
        assert_eq!(due(&kept).await.1, "");
        run(&kept, "UPDATE cost_report SET failures = 20").await;
        let (none, parked) = eventually(PATIENCE, async || {
            Some(due(&kept).await).filter(|(due, _)| due.is_none())
        })
        .await;
        assert_eq!((none, parked.as_str()), (None, "RecordCost failed with InvalidArgument "));
        let id = books.call_untold(2, play::dispatched());
        books.lead_of(&id, lead::LeadState::Confirmed);
        world.recover().await;
        eventually(PATIENCE, async || {
            told(&world).iter().any(|it| it.call_sid.ends_with('2')).then_some(())
        })
        .await;
        world.stop().await;
    }
}
