//! What is logged and traced holds no personal data, on good ways and on bad ones (I25).

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contracts::lead::v1 as wire;
use test_support::{TestDb, eventually};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::calls::{CALLER, tool_call};
use crate::harness::World;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The other tests of the process are heard as well, which only makes this one stricter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_name_number_or_word_of_a_person_is_logged_or_traced_i25() {
    let captured = Captured::default();
    let writer = captured.clone();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(
            "info,lead_service=trace,chassis=trace,sqlx=debug",
        ))
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_ansi(false)
        // Its digits may be those of a number by chance.
        .without_time()
        .with_writer(move || writer.clone())
        .try_init()
        .unwrap();
    let mut world = World::start(TestDb::postgres().await).await;
    world.roster.fail(1);
    let lead_id = world.dispatch(tool_call(1)).await.lead_id;
    world.roster.set_capacity(0);
    world.notification.fail(1);
    world.dispatch(tool_call(2)).await;
    let mut forged = tool_call(3);
    forged.call_token = "forged.forged".to_owned();
    world.dispatch(forged).await;
    let voicemail = wire::CaptureVoicemailRequest {
        call_sid: "CA77".to_owned(),
        site_id: "plombiersgeneve".to_owned(),
        caller: CALLER.to_owned(),
        recording_sid: "RE77".to_owned(),
        ..Default::default()
    };
    world.client.capture_voicemail(voicemail).await.unwrap();
    let reply = wire::RecordReplyRequest {
        message_sid: "SM1".to_owned(),
        from: CALLER.to_owned(),
        to: "+41798071420".to_owned(),
        channel: "sms".to_owned(),
        body: "merci beaucoup".to_owned(),
        ..Default::default()
    };
    world.notification.fail(10_000);
    world.client.record_reply(reply).await.unwrap();
    eventually(Duration::from_secs(10), async || {
        captured.text().contains("not planned yet").then_some(())
    })
    .await;
    world.notification.heal();
    world.tells("reply:SM1").await;
    let text = captured.text();
    assert!(
        text.contains("step failed") && text.contains(&lead_id),
        "nothing was heard"
    );
    assert!(
        text.contains("not planned yet"),
        "no failed notice was heard"
    );
    for personal in [
        "Rochat", "79123", "79 123", "Carouge", "merci", "forged", "+4179807",
    ] {
        let line = text.lines().find(|line| line.contains(personal));
        assert_eq!(line, None, "{personal}");
    }
}
