//! No log line and no span holds what people said, their names or their numbers (I25).

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use gateway::click::client::Peer;

use crate::world::{TOOL_SECRET, World, fixture, post, tool_body, tool_request};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_and_spans_name_routes_and_reasons_and_nobody() {
    let written = Written::default();
    let writer = written.clone();
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .with_filter(EnvFilter::new("gateway=trace,chassis=trace"));
    let _guard = ::tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));

    let read = || String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let has_all = |text: &str| {
        let words = [
            "/twilio/voice",
            "TOOL_SECRET_WRONG",
            "rpc.client",
            "built-in TwiML",
        ];
        words.iter().all(|word| text.contains(word))
    };
    // Once with everything behind it, once with nothing. A callsite that a test beside this one
    // registers at the same moment may be silent for a while: it is tried again then.
    for down in [false, true].repeat(5) {
        if !down && has_all(&read()) {
            break;
        }
        let world = World::with(|config| {
            if down {
                for url in [
                    &mut config.telephony_url,
                    &mut config.lead_url,
                    &mut config.notification_url,
                ] {
                    "http://127.0.0.1:9".clone_into(url);
                }
            }
        })
        .await;
        let ring = fixture("twilio/voice_inbound.form.txt");
        world.twilio("/twilio/voice", ring.trim_end()).await;
        world.twilio("/twilio/voice", "From=%2B41790000042").await;
        let reply = fixture("twilio/message_inbound_whatsapp_button.form.txt");
        world
            .twilio("/twilio/messages/inbound?x=secret-query", reply.trim_end())
            .await;
        world.tool(tool_body().to_string()).await;
        world.tool("{\"customer_name\":\"Dana Reyes\"").await;
        let forged = tool_request("wrong-secret", Body::from(tool_body().to_string()));
        world.send(forged).await;
        world
            .post_call(fixture("elevenlabs/post_call_transcription.json"))
            .await;
        let event = fixture("mailgun/webhook_failed_permanent_hard_bounce.json");
        world.mailgun(&serde_json::from_str(&event).unwrap()).await;
        let link = Request::get("/r/secret-link").body(Body::empty()).unwrap();
        world.send(link).await;
        for click in [
            "{\"click_id\":\"Cj0K-secret-click\"}",
            "{\"click_id\":\"secret click\"}",
        ] {
            let mut click = post("/t/plombiersgeneve", "text/plain", Body::from(click));
            click.extensions_mut().insert(Peer([203, 0, 113, 9].into()));
            world.send(click).await;
        }
    }
    let text = read();
    assert!(has_all(&text), "{text}");
    for personal in [
        "41790000042",
        "41315550142",
        "15555550142",
        "6281200000042",
        "Dana",
        "boiler",
        "bernehmen",
        "muster.example",
        "secret-query",
        "secret-link",
        "secret-click",
        "secret click",
        "203.0.113",
        "wrong-secret",
        TOOL_SECRET,
    ] {
        assert!(!text.contains(personal), "{personal} stands in the log");
    }
}
