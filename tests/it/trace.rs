//! One call is one trace (B8), from the ringing webhook through every service and database statement
//! to the delivery receipts, the provider's yes, the summary and the scan's verdict; six programs
//! export it to a real collector, and no span shows anything of a person (I25).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bord::catalog::Catalog;
use bord::{provision, running};
use contracts::lead::v1 as lead;
use contracts::telephony::v1::GetCallRequest;
use test_support::{TestDb, eventually, tools};
use vendor_twin::{CallOutcome, Need, PlaceCall, Reply, Scenario};

use crate::collector::{Collector, Seen, hex};
use crate::judged::scan;
use crate::shutdown::binary;
use crate::six::Six;
use crate::tool::GENEVA;

const CALLER: &str = "+41796661717";
const NAME: &str = "Zebulon Quastenflosser";
const PLACE: &str = "Carouge";
const SERVICE: &str = "une fuite d'eau sous l'évier, le xylophone de ma tante est mouillé";
const OUR_WHATSAPP: &str = "+41798071421";
const SOON: Duration = Duration::from_secs(60);
/// An error of one program may take as long as its exporter's batch to show.
const SETTLED: Duration = Duration::from_secs(20);

const PROGRAMS: [&str; 6] = [
    "gateway",
    "lead-service",
    "notification-service",
    "quality-service",
    "roster-service",
    "telephony-gateway",
];

/// What belongs to the story of a call, each with the program that tells it.
const STORY: [(&str, &str); 28] = [
    ("gateway", "POST /twilio/voice"),
    (
        "telephony-gateway",
        "bord.telephony.v1.CallService/AnswerCall",
    ),
    ("telephony-gateway", "elevenlabs.register_call"),
    ("telephony-gateway", "INSERT call"),
    ("gateway", "POST /elevenlabs/tools/dispatch_lead"),
    ("lead-service", "bord.lead.v1.LeadService/DispatchLead"),
    ("lead-service", "INSERT lead"),
    ("lead-service", "lead.dispatch"),
    (
        "roster-service",
        "bord.roster.v1.RosterService/AssignProvider",
    ),
    ("roster-service", "INSERT assignment"),
    (
        "notification-service",
        "bord.notification.v1.NotificationService/Notify",
    ),
    ("notification-service", "INSERT deliveries"),
    ("notification-service", "delivery.send"),
    ("notification-service", "twilio.messages.create"),
    ("notification-service", "mailgun.messages.send"),
    ("gateway", "POST /twilio/messages/status"),
    ("gateway", "POST /mailgun/events"),
    (
        "notification-service",
        "bord.notification.v1.NotificationService/RecordDeliveryReport",
    ),
    ("lead-service", "lead.confirm"),
    ("lead-service", "COMMIT"),
    ("telephony-gateway", "call.progress"),
    ("gateway", "POST /elevenlabs/post-call"),
    (
        "telephony-gateway",
        "bord.telephony.v1.ConversationService/RecordConversation",
    ),
    ("telephony-gateway", "INSERT conversation"),
    ("quality-service", "INSERT conversation"),
    ("quality-service", "summary.send"),
    ("quality-service", "scan.judge"),
    ("quality-service", "COMMIT"),
];

async fn equipped(db: &TestDb, collector: &Collector) -> Six {
    let mut six = Six::start(
        db,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("SCAN_SCHEDULE", "false"),
            ("SCAN_GRACE_SECONDS", "0"),
            ("DELIVERY_GRACE_SECONDS", "0"),
        ],
    )
    .await;
    let catalog = Catalog::sample().expect("the sample has no breach");
    let applied = running::apply(&six.peers, &catalog).await;
    applied.expect("the catalogue applies");
    let provisioned = provision::everything(&mut six.peers).await;
    provisioned.expect("numbers are provisioned");
    running::publish_pages(&six.twin, &catalog);
    let released = running::release_all(&six.peers, |_, _| {}).await;
    released.expect("every agent passes");
    six
}

/// A call that is dispatched, delivered, accepted by WhatsApp, summed up and judged; its trace.
async fn whole_story(six: &Six) -> (CallOutcome, String) {
    let need = Need {
        service: SERVICE.to_owned(),
        location: Some(PLACE.to_owned()),
        name: Some(NAME.to_owned()),
        language: Some("fr".to_owned()),
        urgency: Some("emergency".to_owned()),
        ..Need::default()
    };
    let call = PlaceCall::new(CALLER, GENEVA, Scenario::Need(need));
    let outcome = six.twin.place_call(call).await;
    let reply = outcome.tool_reply().expect("the tool was called");
    assert_eq!(reply["ok"], true, "{reply}");
    let lead_id = reply["lead_id"].as_str().expect("a lead").to_owned();
    let offer = eventually(SOON, async || {
        let mut messages = six.twin.messages().into_iter();
        messages.find(|m| m.to.starts_with("whatsapp:") && !m.content_variables.is_null())
    })
    .await;
    let which = offer.content_variables["9"].as_str().expect("the offer's");
    let number = offer.to.trim_start_matches("whatsapp:");
    let payload = format!("accept:{which}");
    six.twin
        .reply(Reply::button(number, OUR_WHATSAPP, "accept", &payload))
        .await;
    eventually(SOON, async || {
        let asked = lead::GetLeadRequest {
            lead_id: lead_id.clone(),
        };
        let found = six.peers.leads.clone().get_lead(asked).await.ok()?;
        let found = found.into_inner().lead?;
        (found.state() == lead::LeadState::Confirmed).then_some(())
    })
    .await;
    // The summary of the call, mailed to the operator.
    eventually(SOON, async || {
        let mut mails = six.twin.mails().into_iter();
        mails.find(|mail| mail.subject.starts_with("Call to"))
    })
    .await;
    scan(&six.peers.quality).await;
    let asked = GetCallRequest {
        call_sid: outcome.call_sid.clone(),
    };
    let known = six.peers.calls.clone().get_call(asked).await;
    let known = known.expect("the call is known").into_inner().call;
    let traceparent = known.expect("the call").traceparent;
    let trace = traceparent.split('-').nth(1).expect("a traceparent");
    (outcome, trace.to_owned())
}

/// The spans of the story that are not there yet.
fn missing(spans: &[Seen]) -> Vec<(&'static str, &'static str)> {
    let told: BTreeSet<_> = spans
        .iter()
        .map(|seen| (seen.program(), seen.span.name.as_str()))
        .collect();
    let story = STORY.into_iter();
    story.filter(|wanted| !told.contains(wanted)).collect()
}

/// Those whose parent is nowhere.
fn orphans(spans: &[Seen]) -> Vec<&Seen> {
    let ids: BTreeSet<_> = spans.iter().map(|seen| &seen.span.span_id).collect();
    let spans = spans.iter();
    let parented = spans.filter(|seen| !seen.span.parent_span_id.is_empty());
    parented
        .filter(|seen| !ids.contains(&seen.span.parent_span_id))
        .collect()
}

async fn complete(collector: &Collector, trace: &str) -> Vec<Seen> {
    let started = std::time::Instant::now();
    loop {
        let all = collector.seen();
        let spans: Vec<Seen> = all.into_iter().filter(|s| s.trace() == trace).collect();
        let (missing, orphans) = (missing(&spans), orphans(&spans));
        if missing.is_empty() && orphans.is_empty() {
            return spans;
        }
        let orphans: Vec<_> = orphans.iter().map(|seen| &seen.span.name).collect();
        assert!(
            started.elapsed() < SETTLED,
            "missing {missing:?}, without a parent {orphans:?}, in\n{}",
            drawn(&spans)
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The tree, for whoever reads a failure.
fn drawn(spans: &[Seen]) -> String {
    let mut children: BTreeMap<&[u8], Vec<&Seen>> = BTreeMap::new();
    for seen in spans {
        children
            .entry(&seen.span.parent_span_id)
            .or_default()
            .push(seen);
    }
    fn draw(of: &[u8], depth: usize, all: &BTreeMap<&[u8], Vec<&Seen>>, out: &mut String) {
        for seen in all.get(of).into_iter().flatten() {
            let indent = "  ".repeat(depth);
            out.push_str(&format!("{indent}{} {}\n", seen.service, seen.span.name));
            draw(&seen.span.span_id, depth + 1, all, out);
        }
    }
    let mut out = String::new();
    draw(&[], 0, &children, &mut out);
    out
}

/// What no span may show: of the caller, of the provider, of what was said, of any secret.
fn personal(six: &Six, outcome: &CallOutcome) -> Vec<String> {
    let mut words: Vec<String> = NAME.split(' ').map(str::to_owned).collect();
    words.extend([SERVICE.to_owned(), "xylophone".to_owned()]);
    words.extend(six.secrets());
    for turn in outcome
        .transcript
        .iter()
        .filter_map(|turn| turn.message.as_deref())
    {
        let spoken: Vec<&str> = turn.split_whitespace().collect();
        words.extend(spoken.windows(3).map(|three| three.join(" ")));
    }
    for conversation in six.twin.conversations() {
        let token = conversation.variables.get("secret__call_token");
        words.extend(token.and_then(|token| token.as_str()).map(str::to_owned));
    }
    for text in six
        .twin
        .messages()
        .iter()
        .map(|m| format!("{} {}", m.body, m.content_variables))
    {
        let links = text.split("/c/").skip(1);
        let token = |rest: &str| {
            let end = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
            rest.split(end).next().unwrap_or_default().to_owned()
        };
        words.extend(links.map(token));
    }
    for mail in six.twin.mails() {
        words.extend(mail.to.iter().map(|to| bare(to)));
    }
    words.retain(|word| word.len() > 6);
    words
}

/// The address of a mailbox.
fn bare(mailbox: &str) -> String {
    let inner = mailbox.rsplit('<').next().unwrap_or(mailbox);
    inner.trim_end_matches('>').to_owned()
}

/// National numbers of everybody who was called or written to, digits only.
fn numbers(six: &Six) -> BTreeSet<String> {
    let mut numbers = BTreeSet::from([CALLER.trim_start_matches("+41").to_owned()]);
    for message in six.twin.messages() {
        let digits: String = message.to.chars().filter(char::is_ascii_digit).collect();
        numbers.insert(digits.trim_start_matches("41").to_owned());
    }
    numbers
}

fn show_nobody(six: &Six, outcome: &CallOutcome, spans: &[Seen]) {
    let (personal, numbers) = (personal(six, outcome), numbers(six));
    assert!(personal.len() > 30 && numbers.len() >= 2, "{personal:?}");
    for seen in spans {
        for shown in seen.words() {
            for word in &personal {
                assert!(
                    !shown.contains(word),
                    "{word} in {}: {shown}",
                    seen.span.name
                );
            }
            let plain = |c: &char| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+');
            let run: String = shown.chars().filter(plain).collect();
            for number in &numbers {
                assert!(
                    !run.contains(number),
                    "{number} in {}: {shown}",
                    seen.span.name
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_call_is_one_trace_of_six_programs_at_a_real_collector_and_shows_nobody() {
    let collector = Collector::start().await;
    let db = TestDb::sqlite().await;
    let six = equipped(&db, &collector).await;
    let (outcome, trace) = whole_story(&six).await;
    let spans = complete(&collector, &trace).await;

    let programs: BTreeSet<&str> = spans.iter().map(|seen| seen.service.as_str()).collect();
    assert_eq!(programs, BTreeSet::from(PROGRAMS));
    let roots: Vec<&Seen> = spans
        .iter()
        .filter(|seen| seen.span.parent_span_id.is_empty())
        .collect();
    let [root] = roots.as_slice() else {
        panic!("{} roots in\n{}", roots.len(), drawn(&spans));
    };
    assert_eq!(root.span.name, "POST /twilio/voice");
    assert_eq!(root.text("http.route"), Some("/twilio/voice"));
    let (ring, last) = (root.span.start_time_unix_nano, spans.iter());
    let last = last.map(|seen| seen.span.end_time_unix_nano).max();
    assert!(last > Some(root.span.end_time_unix_nano) && ring > 0);

    // Every service's statements stand in its own database, and hold no values.
    for (service, schema) in [
        ("telephony-gateway", "telephony"),
        ("lead-service", "lead"),
        ("roster-service", "roster"),
        ("notification-service", "notification"),
        ("quality-service", "quality"),
    ] {
        let own = spans.iter().filter(|seen| seen.service == service);
        let statements: Vec<&Seen> = own
            .filter(|seen| seen.text("db.query.text").is_some())
            .collect();
        assert!(statements.len() > 2, "{service}\n{}", drawn(&spans));
        for statement in statements {
            let told = ["db.system.name", "db.namespace"].map(|key| statement.text(key));
            assert_eq!(told, [Some("sqlite"), Some(schema)], "{statement:?}");
            assert!(statement.span.kind == 3, "{statement:?}");
        }
    }

    // Receipts are children of the very delivery that they are about.
    let sends: BTreeSet<_> = spans
        .iter()
        .filter(|seen| seen.span.name == "delivery.send")
        .map(|seen| hex(&seen.span.span_id))
        .collect();
    assert!(sends.len() >= 5, "five messages\n{}", drawn(&spans));
    let receipts = spans.iter().filter(|seen| {
        ["POST /twilio/messages/status", "POST /mailgun/events"].contains(&&*seen.span.name)
    });
    for receipt in receipts {
        let parent = hex(&receipt.span.parent_span_id);
        assert!(sends.contains(&parent), "{receipt:?}");
        assert_eq!(receipt.span.links.len(), 1, "linked to what queued it");
    }

    let all = collector.seen();
    show_nobody(&six, &outcome, &all);
    // What nobody asked for begins no trace: neither a poll nor a probe.
    for seen in all
        .iter()
        .filter(|seen| seen.span.parent_span_id.is_empty())
    {
        let probe = seen.span.name.starts_with("grpc.");
        assert!(seen.span.kind != 3 && !probe, "{seen:?}");
    }
}

/// R3, B8: the demo shows its call in any backend that takes OTLP, and says where to look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_sends_its_story_to_a_collector_and_names_the_trace() {
    let collector = Collector::start().await;
    let program = binary("bord");
    let arguments = ["demo", "--otlp", &collector.endpoint];
    let demo = tools::run_program(&program, &arguments, &[]).await;
    let told = demo.good();
    let at = told
        .find("The call is one trace, ")
        .expect("the trace is named");
    let words = told.get(at..).expect("its own place");
    let trace = words.split([' ', ',']).nth(6).expect("an id");
    assert_eq!(trace.len(), 32, "{words}");
    let spans = complete(&collector, trace).await;
    let processes: BTreeSet<&str> = spans.iter().map(|seen| seen.service.as_str()).collect();
    assert_eq!(processes, BTreeSet::from(["bord"]));
    let programs: BTreeSet<&str> = spans.iter().map(Seen::program).collect();
    assert_eq!(programs, BTreeSet::from(PROGRAMS));
}
