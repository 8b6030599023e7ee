//! Crash points: wherever a worker breaks, the delivery ends as promised once its lease is over:
//! sent once, or looked up and not repeated (I11, I28). Errors and hangs in process, kills of the
//! real binary.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chassis::crash::{Action, Points};
use chassis::on;
use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use notification_service::SCHEMA;
use notification_service::config::Timing;
use test_support::{TestDb, eventually, on_both};
use vendor_twin::{Twin, TwinConfig};

use crate::harness::*;

const BEFORE: [&str; 2] = ["outbox.after_claim", "outbox.before_send"];
const AFTER: [&str; 2] = ["outbox.after_send", "outbox.before_record"];

const KEY: &str = "proof:1";

/// A message with one delivery alone, so that a point is passed by no other.
fn alone(number: i32) -> wire::NotifyRequest {
    proof(&number.to_string(), provider(), Sms, "4711")
}

/// A lease that a test can wait for.
fn short() -> Timing {
    Timing {
        send_limit: Duration::from_millis(600),
        lease: Duration::from_millis(1_200),
        look_up_after: Duration::from_millis(200),
        ..timing()
    }
}

async fn with_point(db: &TestDb, point: &str, action: Action) -> World {
    let twin = Twin::start(TwinConfig::default()).await.unwrap();
    let config = config(db, &twin, short(), false);
    config.crash_points.arm(point, action);
    World::on(twin, config, false).await
}

async fn ends_once(world: &mut World, point: &str, resent: bool) {
    world.notify(alone(1)).await;
    let wanted = if resent {
        State::Accepted
    } else {
        State::Delivered
    };
    let sent = world.until(KEY, Sms, Provider, wanted).await;
    assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1, "{point}");
    assert_eq!(world.config.crash_points.fired(point), 1, "{point}");
    // A lost lease is an unknown outcome: counted, and no more doubles than these (I11).
    assert_eq!(sent.ambiguous_attempts, 1, "{point}");
    assert_eq!(sent.attempts, if resent { 2 } else { 1 }, "{point}");
}

/// The real binary with a crash point armed, on the test's database and twin.
fn binary(db: &TestDb, twin: &Twin, listen: &str, point: &str) -> Child {
    let vendor = twin.config();
    Command::new(env!("CARGO_BIN_EXE_notification-service"))
        .env_clear()
        .env("LISTEN_ADDR", listen)
        .env("NOTIFICATION_DATABASE_URL", db.url(SCHEMA))
        .env("TWILIO_API_BASE", twin.url())
        .env("MAILGUN_API_BASE", twin.url())
        .env("TWILIO_ACCOUNT_SID", &vendor.twilio_account_sid)
        .env("TWILIO_API_KEY_SID", &vendor.twilio_api_key_sid)
        .env("TWILIO_API_KEY_SECRET", &vendor.twilio_api_key_secret)
        .env("MAILGUN_API_KEY", &vendor.mailgun_api_key)
        .env("MAILGUN_DOMAIN", &vendor.mailgun_domain)
        .env("MAILGUN_FROM", "bord <leads@mg.example.com>")
        .env("OPERATOR_EMAIL", OPERATOR)
        .env("PUBLIC_BASE_URL", "http://127.0.0.1:9")
        .env("BORD_CRASH_POINT", format!("{point}:kill"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn fired(points: &Points, point: &str) {
    eventually(SOON, async || (points.fired(point) == 1).then_some(())).await;
}

/// How many attempts ended for this reason; a worker records its own whoever holds the delivery.
async fn recorded(world: &World, reason: &str) -> i64 {
    let mut db = world.db.read().await.unwrap();
    on!(db, c => sqlx::query_scalar("SELECT COUNT(*) FROM attempts WHERE reason = $1")
        .bind(reason.to_owned()).fetch_one(c).await.unwrap())
}

async fn gone(child: &mut Child) {
    eventually(SOON, async || child.try_wait().unwrap()).await;
}

async fn ready(listen: &str) -> Client {
    let client = NotificationServiceClient::new(channel(&format!("http://{listen}")));
    eventually(SOON, async || {
        client.clone().put_channel_rules(rules()).await.ok()
    })
    .await;
    client
}

on_both! {
    /// The worker gives up without a word, or hangs for ever: its lease ends, the look-up finds
    /// nothing, and it is sent once.
    async fn a_worker_that_breaks_before_the_send_is_replaced(db: TestDb) {
        // One database for each: the point is armed before the service starts.
        let point = BEFORE[0];
        let mut world = with_point(&db, point, Action::Error).await;
        ends_once(&mut world, point, true).await;
    }

    async fn a_worker_that_hangs_before_the_send_is_replaced(db: TestDb) {
        let mut world = with_point(&db, BEFORE[1], Action::Hang).await;
        ends_once(&mut world, BEFORE[1], true).await;
    }

    /// The carrier has it and nobody wrote it down: looked up, found, not repeated.
    async fn a_worker_that_breaks_after_the_send_is_looked_up(db: TestDb) {
        let mut world = with_point(&db, AFTER[0], Action::Error).await;
        ends_once(&mut world, AFTER[0], false).await;
    }

    async fn a_worker_that_hangs_before_it_records_is_looked_up(db: TestDb) {
        let mut world = with_point(&db, AFTER[1], Action::Hang).await;
        ends_once(&mut world, AFTER[1], false).await;
    }

    /// An error while recording is tried again: nothing was unknown.
    async fn a_record_that_fails_is_written_again(db: TestDb) {
        let mut world = with_point(&db, AFTER[1], Action::Error).await;
        world.notify(alone(1)).await;
        let sent = world.until(KEY, Sms, Provider, State::Accepted).await;
        assert_eq!((sent.attempts, sent.ambiguous_attempts), (1, 0));
    }

    /// The fence: a worker that wakes up after its lease was taken over finds that it is too late
    /// to send, and its "to be sent again" must not reach the delivery that its successor is just
    /// sending: a third worker would send it once more.
    async fn a_worker_whose_lease_was_taken_over_writes_nothing(db: TestDb) {
        let twin = Twin::start(TwinConfig::default()).await.unwrap();
        let roomy = Timing {
            send_limit: Duration::from_secs(14),
            lease: Duration::from_secs(15),
            ..short()
        };
        let config = config(&db, &twin, roomy, false);
        let points = config.crash_points.clone();
        points.arm("outbox.after_claim", Action::Hold);
        points.arm("outbox.before_send", Action::Hold);
        let mut world = World::on(twin, config, false).await;
        let claimed = std::time::Instant::now();
        world.notify(alone(1)).await;
        fired(&points, "outbox.after_claim").await;
        // Its lease ends by the database's clock, and another worker stands before the send.
        world.pass(Duration::from_secs(20)).await;
        fired(&points, "outbox.before_send").await;
        let held = world.until(KEY, Sms, Provider, State::Sending).await;
        assert_eq!((held.attempts, held.ambiguous_attempts), (2, 1));
        // The first one's second of grace is over by its own clock too.
        tokio::time::sleep(Duration::from_millis(1_100).saturating_sub(claimed.elapsed())).await;
        points.release("outbox.after_claim");
        eventually(SOON, async || {
            (recorded(&world, "LEASE_TOO_SHORT").await == 1).then_some(())
        }).await;
        assert_eq!(world.deliveries(KEY).await.remove(0), held);
        points.release("outbox.before_send");
        let sent = world.until(KEY, Sms, Provider, State::Accepted).await;
        assert_eq!(sent.attempts, 2);
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }

    /// A callback that breaks before its commit changed nothing; the carrier's repeat is applied.
    async fn a_callback_that_breaks_is_applied_when_it_comes_again(db: TestDb) {
        let mut world = with_point(&db, "callback.before_commit", Action::Error).await;
        world.notify(alone(1)).await;
        let sent = world.until(KEY, Sms, Provider, State::Accepted).await;
        let report = wire::TwilioReport {
            delivery_id: sent.delivery_id.clone(), message_sid: sent.carrier_id.clone(),
            status: "delivered".to_owned(), error_code: 0,
        };
        let request = wire::RecordDeliveryReportRequest {
            report: Some(wire::record_delivery_report_request::Report::Twilio(report)),
        };
        world.client.record_delivery_report(request.clone()).await.unwrap_err();
        world.until(KEY, Sms, Provider, State::Accepted).await;
        assert!(world.client.record_delivery_report(request).await.unwrap().into_inner().applied);
        world.until(KEY, Sms, Provider, State::Delivered).await;
    }

    /// kill -9 of the real process at each point of the outbox: the next process ends the work.
    async fn a_killed_process_is_followed_by_one_that_ends_its_work(db: TestDb) {
        let twin = Twin::start(TwinConfig::default()).await.unwrap();
        for (attempt, point) in (1..).zip(BEFORE.iter().chain(&AFTER)) {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let listen = free.local_addr().unwrap().to_string();
            drop(free);
            let mut child = binary(&db, &twin, &listen, point);
            let mut client = ready(&listen).await;
            // The process may be gone before it answers; the claim shows that it had committed.
            let _ = client.notify(alone(attempt)).await;
            gone(&mut child).await;
        }
        let mut config = config(&db, &twin, short(), false);
        config.timing.lease = Duration::from_millis(1_200);
        let mut world = World::on(twin, config, false).await;
        // The binary's leases are those of production.
        world.pass(Duration::from_secs(90)).await;
        for attempt in 1..=4 {
            let all = [State::Accepted, State::Delivered];
            let key = format!("proof:{attempt}");
            world.until_all(&key, &all).await;
            let sent = world.deliveries(&key).await.remove(0);
            assert!(sent.ambiguous_attempts >= 1, "{attempt}");
        }
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 4);
    }

    /// The same for a callback: what was not committed did not happen.
    async fn a_process_killed_in_a_callback_loses_nothing(db: TestDb) {
        let twin = Twin::start(TwinConfig::default()).await.unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        drop(free);
        let mut child = binary(&db, &twin, &listen, "callback.before_commit");
        let mut client = ready(&listen).await;
        client.notify(alone(1)).await.unwrap();
        let get = wire::GetMessageRequest { message_key: KEY.to_owned() };
        let sent = eventually(SOON, async || {
            let all = client.clone().get_message(get.clone()).await.unwrap().into_inner().deliveries;
            all.into_iter().find(|d| d.channel() == Sms && d.state() == State::Accepted)
        }).await;
        let report = wire::TwilioReport {
            delivery_id: sent.delivery_id.clone(), message_sid: sent.carrier_id.clone(),
            status: "delivered".to_owned(), error_code: 0,
        };
        let request = wire::RecordDeliveryReportRequest {
            report: Some(wire::record_delivery_report_request::Report::Twilio(report)),
        };
        client.record_delivery_report(request.clone()).await.unwrap_err();
        gone(&mut child).await;
        let config = config(&db, &twin, short(), false);
        let mut world = World::on(twin, config, false).await;
        world.until(KEY, Sms, Provider, State::Accepted).await;
        assert!(world.client.record_delivery_report(request).await.unwrap().into_inner().applied);
    }
}
