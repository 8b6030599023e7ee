//! The call as its two people hear it: the ring, the talk, and the tool's answer.

use anyhow::Context as _;
use vendor_twin::CallOutcome;

use super::teller::Teller;
use crate::running::Running;
use crate::words;

pub(super) async fn ring(
    teller: &mut Teller,
    up: &mut Running,
    outcome: &CallOutcome,
) -> anyhow::Result<()> {
    let answer = outcome
        .answer_ms
        .context("no TwiML came: the caller heard an error tone")?;
    for heard in &outcome.heard {
        teller.say(format!("the caller hears: « {heard} »"));
    }
    anyhow::ensure!(
        outcome.agent_spoke(),
        "the agent did not answer; the caller was served by the fallback: {}",
        outcome.heard.join(" / ")
    );
    teller.say(format!("answered after {answer} ms (limit 3000 ms)"));
    anyhow::ensure!(answer < 3_000, "the answer took {answer} ms, more than 3 s");
    let call = up.call(&outcome.call_sid).await?;
    teller.say(format!(
        "site {}, agent {}, came {}, registered {} time(s) at the vendor",
        call.site_id,
        call.agent_name,
        words::call_origin(call.origin),
        call.registrations,
    ));
    anyhow::ensure!(
        call.registrations == 1,
        "the call was registered {} times",
        call.registrations
    );
    Ok(())
}

pub(super) fn talk(teller: &mut Teller, outcome: &CallOutcome) -> anyhow::Result<()> {
    for turn in &outcome.transcript {
        if let Some(text) = &turn.message {
            let who = if turn.role == "agent" {
                "agent "
            } else {
                "caller"
            };
            teller.say(format!("{who}  {text}"));
        }
        for call in &turn.tool_calls {
            if call["tool_name"] == "dispatch_lead" {
                teller.say("        → dispatch_lead");
            }
        }
    }
    anyhow::ensure!(
        !outcome.tool_calls.is_empty(),
        "the agent never called dispatch_lead"
    );
    Ok(())
}

pub(super) fn the_lead(teller: &mut Teller, outcome: &CallOutcome) -> anyhow::Result<String> {
    let reply = outcome
        .tool_reply()
        .context("dispatch_lead got no readable answer")?;
    anyhow::ensure!(reply["ok"] == true, "dispatch_lead was answered {reply}");
    let latency = outcome.tool_calls.last().map_or(0, |call| call.latency_ms);
    teller.say(format!(
        "answered ok after {latency} ms: the lead is committed"
    ));
    let id = reply["lead_id"].as_str().unwrap_or_default().to_owned();
    anyhow::ensure!(!id.is_empty(), "the answer names no lead");
    Ok(id)
}
