//! `bord demo`: one call to plombiersgeneve.ch from ring to receipt, told step by step, with every
//! promise of the story checked. Exits non-zero when any step fails.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use chassis::config::Env;
use chassis::run::Life;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::telephony::v1 as telephony;
use vendor_twin::{CallOutcome, PlaceCall, Scenario};

use crate::catalog::Catalog;
use crate::fault::DemoFault;
use crate::leads;
use crate::peers::explain;
use crate::running::{self, Running};
use crate::stack::Ports;
use crate::{terminal, words};

const SITE: &str = "plombiersgeneve.ch";
/// A Swiss mobile, made up; the caller of the story.
const CALLER: &str = "+41791234567";
/// How long the story waits for what follows a call.
const SOON: Duration = Duration::from_secs(20);

#[derive(clap::Args)]
pub struct Args {
    /// Breaks one step on purpose, to see that the demo notices.
    #[arg(long, value_enum)]
    fault: Option<DemoFault>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let life = Life::new(Duration::from_secs(5));
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    chassis::telemetry::install_crypto();
    let told = story(args.fault, folder.path(), &life).await;
    life.stop();
    // What still runs has nothing to lose: the databases go with the folder.
    let _ = tokio::time::timeout(Duration::from_secs(6), life.drained()).await;
    told
}

async fn story(fault: Option<DemoFault>, data: &Path, life: &Life) -> anyhow::Result<()> {
    let mut teller = Teller::default();
    if let Some(fault) = fault {
        terminal::line(format!("One step is broken on purpose: {fault}."));
    }

    teller.step(
        "Everything starts: five services and the gateway in one process, SQLite, the vendor twin",
    );
    if fault == Some(DemoFault::Start) {
        DemoFault::spoil(data)?;
    }
    let mut up = running::with_twin(&Env::default(), Ports::Free, data, life).await?;
    teller.say(format!(
        "ready after {} ms; gateway {}, vendor twin {}",
        up.ready_after.as_millis(),
        up.gateway,
        up.twin.url()
    ));

    teller.step("The sample catalogue is checked and applied");
    let folder = match fault {
        Some(DemoFault::Catalog) => DemoFault::broken_catalog(),
        _ => crate::catalog::Folder::sample(),
    };
    let catalog = Catalog::from_folder(&folder).map_err(|breaches| {
        anyhow::anyhow!(
            "the catalogue has mistakes\n{}",
            crate::catalog::render(&breaches)
        )
    })?;
    let applied = running::apply(&up.peers, &catalog).await?;
    let summary = applied.lines().last().unwrap_or_default().to_owned();
    teller.say(format!(
        "{} sites, {} providers: {summary}",
        catalog.sites.len(),
        catalog.providers.len()
    ));
    let numbers = running::provision(&mut up.peers).await?;
    teller.say(format!("{} numbers ring here", numbers.len()));

    teller.step("Nine prompts go through the gate: dental urgency, off-topic caller, plumbing in French, five times each");
    if let Some(fault) = fault {
        fault.set_before_gate(&up.twin);
    }
    let released = running::release_all(&up.peers, |agent, passed| {
        terminal::line(format!("   {:<34} {passed}", agent.name));
    })
    .await?;
    teller.say(format!(
        "{released} agents sealed and live; there is no other way to put a prompt live"
    ));
    if let Some(fault) = fault {
        fault.set_before_call(&up).await?;
    }

    let site = catalog
        .site(SITE)
        .context("the sample catalogue has the site")?;
    let number = &site.numbers.first().context("the site has a number")?;
    teller.step(format!(
        "The telephone rings: {CALLER} calls the mobile of {SITE}, which forwards to {}",
        number.did
    ));
    let mut call = PlaceCall::new(CALLER, &number.did, Scenario::PlumbingFrench);
    if let Some(chain) = &number.chain {
        call = call.forwarded_from(&chain.mobile);
    }
    let outcome = up.twin.place_call(call).await;
    ring(&mut teller, &mut up, &outcome).await?;

    teller.step("They talk");
    talk(&mut teller, &outcome)?;

    teller.step("The lead is stored before anything else, then given to one provider");
    let lead_id = the_lead(&mut teller, &outcome)?;
    let lead = owned(&mut teller, &mut up, &lead_id).await?;

    teller.step("Five messages leave side by side; this is what their receivers see");
    messages(&mut teller, &mut up, &lead).await?;

    teller.step("After the call");
    after(&mut teller, &mut up, &outcome).await?;

    terminal::line(format!("\nAll {} steps went as they should.", teller.steps));
    up.twin.stop();
    Ok(())
}

async fn ring(teller: &mut Teller, up: &mut Running, outcome: &CallOutcome) -> anyhow::Result<()> {
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
    teller.say(format!("answered after {answer} ms (limit 3000 ms, R15)"));
    anyhow::ensure!(
        answer < 3_000,
        "the answer took {answer} ms, more than 3 s (R15)"
    );
    let call = up
        .peers
        .calls
        .get_call(telephony::GetCallRequest {
            call_sid: outcome.call_sid.clone(),
        })
        .await
        .map_err(|s| explain("the call cannot be read", &s))?
        .into_inner()
        .call
        .unwrap_or_default();
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

fn talk(teller: &mut Teller, outcome: &CallOutcome) -> anyhow::Result<()> {
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
        "the agent never called dispatch_lead (R58)"
    );
    Ok(())
}

fn the_lead(teller: &mut Teller, outcome: &CallOutcome) -> anyhow::Result<String> {
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

/// The lead once it is notified, with its one owner.
async fn owned(teller: &mut Teller, up: &mut Running, id: &str) -> anyhow::Result<lead::Lead> {
    let until = tokio::time::Instant::now() + SOON;
    let story = loop {
        let story = leads::read(&mut up.peers, id).await?;
        if story.lead.state() == lead::LeadState::Notified {
            break story;
        }
        if tokio::time::Instant::now() > until || story.lead.state() == lead::LeadState::Unmatched {
            story
                .lines()
                .iter()
                .for_each(|line| terminal::line(format!("   {line}")));
            anyhow::bail!(
                "the lead is {}, not given to a provider",
                words::lead_state(story.lead.state)
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let lead = story.lead;
    teller.say(format!("lead {}", lead.lead_id));
    teller.say(format!(
        "{} ({}), {}: {} in {}",
        lead.customer_name, lead.phone_e164, lead.language, lead.category, lead.city
    ));
    teller.say(format!("from {} in {}", lead.site_url, lead.source_country));
    teller.say(format!(
        "given to {}: {}",
        lead.provider_id, lead.match_reason
    ));
    for candidate in &story.candidates {
        let verdict = if candidate.removed_by.is_empty() {
            format!("{}.", candidate.rank)
        } else {
            format!("out ({})", candidate.removed_by)
        };
        teller.say(format!(
            "  {verdict:<16} {:<24} {}",
            candidate.provider_id, candidate.explanation
        ));
    }
    Ok(lead)
}

async fn messages(teller: &mut Teller, up: &mut Running, lead: &lead::Lead) -> anyhow::Result<()> {
    let key = format!("lead:{}:{}", lead.lead_id, lead.attempt);
    let until = tokio::time::Instant::now() + SOON;
    let found = loop {
        let found = up
            .peers
            .notification
            .get_message(notification::GetMessageRequest {
                message_key: key.clone(),
            })
            .await
            .map_err(|s| explain("the messages cannot be read", &s))?
            .into_inner();
        let delivered =
            |d: &notification::Delivery| d.state() == notification::DeliveryState::Delivered;
        let ended = |d: &notification::Delivery| {
            use notification::DeliveryState as S;
            !matches!(d.state(), S::Queued | S::Sending | S::Accepted)
        };
        if found.deliveries.iter().all(delivered)
            || found.deliveries.iter().any(|d| ended(d) && !delivered(d))
            || tokio::time::Instant::now() > until
        {
            break found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for delivery in &found.deliveries {
        let content = found
            .contents
            .iter()
            .find(|c| c.delivery_id == delivery.delivery_id);
        teller.say(format!(
            "{} by {} to {}: {} {}",
            words::recipient(delivery.recipient),
            words::channel(delivery.channel),
            delivery.masked_address,
            words::delivery_state(delivery.state),
            delivery.reason,
        ));
        if let Some(content) = content {
            if !content.subject.is_empty() {
                terminal::line(format!("      │ {}", content.subject));
            }
            for line in content.text.lines() {
                terminal::line(format!("      │ {line}"));
            }
        }
    }
    anyhow::ensure!(
        found.deliveries.len() == 5,
        "{} messages were planned, not five",
        found.deliveries.len()
    );
    for delivery in &found.deliveries {
        anyhow::ensure!(
            delivery.state() == notification::DeliveryState::Delivered,
            "the {} to the {} is {} {}",
            words::channel(delivery.channel),
            words::recipient(delivery.recipient),
            words::delivery_state(delivery.state),
            delivery.reason
        );
    }
    let carried = up.twin.messages().len() + up.twin.mails().len();
    anyhow::ensure!(
        carried == 5,
        "the carriers took {carried} messages, not five"
    );
    teller.say("the carriers took exactly five, and five receipts came back");
    Ok(())
}

async fn after(teller: &mut Teller, up: &mut Running, outcome: &CallOutcome) -> anyhow::Result<()> {
    let conversation = outcome.conversation_id.clone().unwrap_or_default();
    let until = tokio::time::Instant::now() + SOON;
    loop {
        let call = up
            .peers
            .calls
            .get_call(telephony::GetCallRequest {
                call_sid: outcome.call_sid.clone(),
            })
            .await
            .map_err(|s| explain("the call cannot be read", &s))?
            .into_inner()
            .call
            .unwrap_or_default();
        let stored = up
            .peers
            .conversations
            .get_conversation(telephony::GetConversationRequest {
                conversation_id: conversation.clone(),
            })
            .await
            .map(|found| found.into_inner().conversation.unwrap_or_default());
        if let (telephony::CallState::Completed, Ok(stored)) = (call.state(), &stored) {
            let seconds = call.duration.map_or(0, |d| d.seconds);
            teller.say(format!(
                "the call ended after {seconds} s and is closed ({})",
                outcome.status
            ));
            teller.say(format!(
                "its conversation is stored with {} turns",
                stored.turns.len()
            ));
            return Ok(());
        }
        if tokio::time::Instant::now() > until {
            anyhow::bail!(
                "after the call: the call is {}, its conversation is {}",
                words::call_state(call.state),
                if stored.is_ok() {
                    "stored"
                } else {
                    "not stored"
                }
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Numbers the steps.
#[derive(Default)]
struct Teller {
    steps: usize,
}

impl Teller {
    fn step(&mut self, title: impl AsRef<str>) {
        self.steps += 1;
        terminal::line(format!("\n{}. {}", self.steps, title.as_ref()));
    }

    #[expect(
        clippy::unused_self,
        reason = "what is said belongs to the step that was begun"
    )]
    fn say(&self, text: impl AsRef<str>) {
        terminal::line(format!("   {}", text.as_ref()));
    }
}
