//! What becomes of the call afterwards: its summary mail and the scan's verdict; then an agent whose
//! prompt is softened behind bord's back, and heals without a hand.

use anyhow::Context as _;
use contracts::notification::v1 as notification;
use contracts::quality::v1 as quality;
use contracts::telephony::v1 as telephony;
use vendor_twin::{CallOutcome, PlaceCall, Scenario};

use super::aftermath::SOON;
use super::teller::Teller;
use crate::peers::explain;
use crate::running::Running;
use crate::{gate, terminal};

/// The agent of the story.
const AGENT: &str = "bord-plombiersgeneve";
/// Two more people with a leak, made up.
const LOST: &str = "+41791234568";
const NEXT: &str = "+41791234569";

/// The summary as the operator reads it (R52, R53).
pub(super) async fn summary(
    teller: &mut Teller,
    up: &mut Running,
    outcome: &CallOutcome,
) -> anyhow::Result<()> {
    let conversation = outcome.conversation_id.clone().unwrap_or_default();
    let asked = notification::GetMessageRequest {
        message_key: format!("summary:{conversation}"),
    };
    let until = tokio::time::Instant::now() + SOON;
    let content = loop {
        let found = up.peers.notification.get_message(asked.clone()).await;
        let found = found.map(tonic::Response::into_inner).unwrap_or_default();
        let state = found.deliveries.first().map(notification::Delivery::state);
        if state == Some(notification::DeliveryState::Delivered) {
            break found.contents.into_iter().next();
        }
        anyhow::ensure!(
            tokio::time::Instant::now() < until,
            "the summary of the call did not reach the operator"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    let content = content.context("the summary has no text")?;
    teller.say(format!("to {}", content.address));
    terminal::line(format!("      │ {}", content.subject));
    for line in content.text.lines() {
        terminal::line(format!("      │ {line}"));
    }
    Ok(())
}

/// The scan reads what was said, and closes the books.
pub(super) async fn verdict(teller: &mut Teller, up: &mut Running) -> anyhow::Result<()> {
    let scan = scan(up, None).await?;
    tell(teller, &scan);
    let flags = flags(up).await?;
    anyhow::ensure!(flags.is_empty(), "a good call was flagged: {}", kinds(&flags));
    anyhow::ensure!(scan.judged == 1, "{} conversations were judged, not one", scan.judged);
    teller.say("no flag: dispatch_lead was called, no goodbye before it, no date of birth, no address");
    Ok(())
}

/// Somebody edits the prompt at the vendor; the next caller is lost, for now.
pub(super) async fn soften(
    teller: &mut Teller,
    up: &mut Running,
    number: &str,
) -> anyhow::Result<()> {
    let softened = up.twin.edit_prompt(AGENT, |prompt| {
        let kept = prompt.lines().filter(|line| !line.contains("**"));
        kept.collect::<Vec<_>>().join("\n")
    });
    softened.context("the vendor has the agent")?;
    teller.say(format!(
        "{AGENT}: its emphasised rule is gone at the vendor, and nothing of it passed a gate"
    ));
    let call = PlaceCall::new(LOST, number, Scenario::PlumbingFrench);
    let outcome = up.twin.place_call(call).await;
    let said = outcome.transcript.iter().rev();
    let last = said
        .into_iter()
        .find(|turn| turn.role == "agent")
        .and_then(|turn| turn.message.clone());
    teller.say(format!("the next caller hears: « {} »", last.unwrap_or_default()));
    anyhow::ensure!(
        outcome.tool_calls.is_empty(),
        "the softened agent dispatched all the same"
    );
    teller.say("and dispatch_lead was not called: the lead is lost, for now");
    let conversation = outcome.conversation_id.unwrap_or_default();
    stored(up, &conversation).await
}

/// The scan finds the edit, the broken rules and the lost lead.
pub(super) async fn found(teller: &mut Teller, up: &mut Running) -> anyhow::Result<()> {
    let hour_ago = chassis::clock::now().timestamp() - 3_600;
    let scan = scan(up, Some(hour_ago)).await?;
    tell(teller, &scan);
    let flags = flags(up).await?;
    for flag in &flags {
        teller.say(format!("{:<16} {}", flag.kind, flag.text));
    }
    // What the machine mends at once may be mended before we look.
    anyhow::ensure!(scan.flags_raised >= 3, "too little was found: {}", kinds(&flags));
    anyhow::ensure!(scan.recovered == 1, "the lost lead was not recovered");
    teller.say("the lost lead is recovered from the vendor's data collection, and given to a provider");
    Ok(())
}

/// The candidate goes through the gate and live, and the flags close by themselves.
pub(super) async fn healed(
    teller: &mut Teller,
    up: &mut Running,
    number: &str,
) -> anyhow::Result<()> {
    let until = tokio::time::Instant::now() + SOON;
    loop {
        let open = flags(up).await?;
        let agent = gate::revisions(&mut up.peers, AGENT).await?;
        let live = drifts(up).await? == 0;
        if open.is_empty() && live {
            break;
        }
        if tokio::time::Instant::now() > until {
            let states: Vec<String> = agent.iter().map(line).collect();
            anyhow::bail!(
                "the agent did not heal; open flags: {}; revisions:\n  {}",
                kinds(&open),
                states.join("\n  ")
            );
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for revision in gate::revisions(&mut up.peers, AGENT).await?.iter().rev() {
        teller.say(line(revision));
    }
    teller.say("what stands at the vendor is what was sealed, and every flag is closed");
    let call = PlaceCall::new(NEXT, number, Scenario::PlumbingFrench);
    let outcome = up.twin.place_call(call).await;
    let reply = outcome.tool_reply().context("the healed agent did not dispatch")?;
    anyhow::ensure!(reply["ok"] == true, "dispatch_lead was answered {reply}");
    teller.say("the next caller's lead is dispatched again");
    Ok(())
}

fn line(revision: &quality::PromptRevision) -> String {
    let state = revision.state().as_str_name().to_ascii_lowercase();
    let approved = match revision.approved_by.as_str() {
        "" => String::new(),
        by => format!(", approved by {by}"),
    };
    format!(
        "{} by {}: {}{approved}{}",
        revision.configuration_hash.get(..12).unwrap_or_default(),
        revision.origin,
        state.trim_start_matches("revision_state_"),
        if revision.reasons.is_empty() {
            String::new()
        } else {
            format!(" ({})", revision.reasons.join("; "))
        }
    )
}

fn tell(teller: &Teller, scan: &quality::Scan) {
    teller.say(format!(
        "{} conversations judged, {} of {} calls closed, {} recovered, {} flags raised",
        scan.judged, scan.closed_calls, scan.ended_calls, scan.recovered, scan.flags_raised
    ));
}

/// A scan from its start to its end; of the slot, or of everything since.
async fn scan(up: &mut Running, since: Option<i64>) -> anyhow::Result<quality::Scan> {
    let asked = quality::RunScanRequest {
        asked_by: "operator:demo".to_owned(),
        since_time: since.map(|seconds| prost_types::Timestamp { seconds, nanos: 0 }),
    };
    let started = up.peers.quality.run_scan(asked).await;
    let started = started.map_err(|s| explain("the scan cannot start", &s))?;
    let mut scan = started.into_inner().scan.unwrap_or_default();
    let until = tokio::time::Instant::now() + SOON;
    while scan.state() == quality::ScanState::Running {
        anyhow::ensure!(tokio::time::Instant::now() < until, "the scan does not end");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let asked = quality::GetScanRequest {
            scan_id: scan.scan_id.clone(),
        };
        let read = up.peers.quality.get_scan(asked).await;
        let read = read.map_err(|s| explain("the scan cannot be read", &s))?;
        scan = read.into_inner().scan.unwrap_or_default();
    }
    anyhow::ensure!(
        scan.state() == quality::ScanState::Good,
        "the scan failed: {}",
        scan.failures.join("; ")
    );
    Ok(scan)
}

async fn flags(up: &mut Running) -> anyhow::Result<Vec<quality::Flag>> {
    let listed = up.peers.quality.list_flags(quality::ListFlagsRequest::default()).await;
    let listed = listed.map_err(|s| explain("the flags cannot be read", &s))?;
    Ok(listed.into_inner().flags)
}

fn kinds(flags: &[quality::Flag]) -> String {
    let kinds: Vec<String> = flags.iter().map(|flag| format!("{} ({})", flag.kind, flag.subject)).collect();
    if kinds.is_empty() {
        "none".to_owned()
    } else {
        kinds.join(", ")
    }
}

async fn drifts(up: &mut Running) -> anyhow::Result<usize> {
    let asked = telephony::CompareAgentRequest {
        name: AGENT.to_owned(),
    };
    let compared = up.peers.catalog.compare_agent(asked).await;
    let compared = compared.map_err(|s| explain("the agent cannot be compared", &s))?;
    Ok(compared.into_inner().drifts.len())
}

/// Waits until telephony has the conversation and quality-service heard of it.
async fn stored(up: &mut Running, conversation_id: &str) -> anyhow::Result<()> {
    let until = tokio::time::Instant::now() + SOON;
    loop {
        let asked = telephony::GetConversationRequest {
            conversation_id: conversation_id.to_owned(),
        };
        let stored = up.peers.conversations.get_conversation(asked).await;
        let is_final = stored.is_ok_and(|found| {
            let found = found.into_inner().conversation.unwrap_or_default();
            found.status == "done"
        });
        if is_final {
            return Ok(());
        }
        anyhow::ensure!(
            tokio::time::Instant::now() < until,
            "the conversation of the lost call did not come in"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
