//! `bord demo`: one call to plombiersgeneve.ch from the ring to the provider's yes, its summary and its
//! verdict, then an agent that is softened behind bord's back and heals, and at the end what the lead
//! cost and brings in; told step by step, with every promise of the story checked. Exits non-zero when
//! any step fails.

mod aftermath;
mod answer;
mod economics;
mod quality;
mod talk;
mod teller;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use chassis::config::Env;
use chassis::run::Life;
use chassis::telemetry::{self, Settings};
use url::Url;
use vendor_twin::PlaceCall;

use self::teller::Teller;
use crate::catalog::Catalog;
use crate::fault::DemoFault;
use crate::stack::Ports;
use crate::terminal;
use crate::{provision, running};

const SITE: &str = "plombiersgeneve.ch";
/// A Swiss mobile, made up; the caller of the story.
const CALLER: &str = "+41791234567";

#[derive(clap::Args)]
pub struct Args {
    /// Breaks one step on purpose, to see that the demo notices.
    #[arg(long, value_enum)]
    fault: Option<DemoFault>,
    /// Sends the traces of the story to an OpenTelemetry backend, such as http://localhost:4317
    /// (OTLP over gRPC).
    #[arg(long, value_name = "URL")]
    otlp: Option<Url>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    if let Some(url) = &args.otlp {
        telemetry::init("bord", Settings::with_endpoint(url.clone()).silent())
            .context("--otlp needs a URL such as http://localhost:4317")?;
    }
    let life = Life::new(Duration::from_secs(5));
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    telemetry::install_crypto();
    let told = story(args.fault, folder.path(), &life).await;
    life.stop();
    // What still runs has nothing to lose: the databases go with the folder.
    let _ = tokio::time::timeout(Duration::from_secs(6), life.drained()).await;
    let trace = told?;
    if let Some(url) = &args.otlp {
        show_trace(url, &trace).await?;
    }
    Ok(())
}

/// Sends the last of it and says where to look.
async fn show_trace(url: &Url, trace: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        telemetry::flush().await,
        "the traces did not reach {url}: something must take OTLP over gRPC there, such as Jaeger \
         on port 4317"
    );
    terminal::line(format!("\nThe call is one trace, {trace}, sent to {url}."));
    let host = url.host_str().unwrap_or("localhost");
    terminal::line(format!("In Jaeger: http://{host}:16686/trace/{trace}"));
    terminal::line(
        "or, anywhere else: service bord, span POST /twilio/voice; `bord.service` names the service.",
    );
    Ok(())
}

/// Tells the story; gives the id of the call's trace.
async fn story(fault: Option<DemoFault>, data: &Path, life: &Life) -> anyhow::Result<String> {
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
    // The story asks for its scans by itself, and nobody waits for a slot.
    let mut env = Env::default();
    for (name, value) in [
        ("SCAN_SCHEDULE", "false"),
        ("SCAN_GRACE_SECONDS", "0"),
        ("DELIVERY_GRACE_SECONDS", "0"),
    ] {
        env.set(name, value);
    }
    let mut up = running::with_twin(&env, Ports::Free, data, life).await?;
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
    let numbers = provision::everything(&mut up.peers).await?;
    running::publish_pages(&up.twin, &catalog);
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
    let mut call = PlaceCall::new(CALLER, &number.did, DemoFault::scenario(fault));
    if let Some(chain) = &number.chain {
        call = call.forwarded_from(&chain.mobile);
    }
    let outcome = up.twin.place_call(call).await;
    talk::ring(&mut teller, &mut up, &outcome).await?;

    teller.step("They talk");
    talk::talk(&mut teller, &outcome)?;

    teller.step("The lead is stored before anything else, then given to one provider");
    let lead_id = talk::the_lead(&mut teller, &outcome)?;
    let lead = aftermath::owned(&mut teller, &mut up, &lead_id).await?;

    teller.step("Five messages leave side by side; this is what their receivers see");
    aftermath::messages(&mut teller, &mut up, &lead).await?;

    teller.step("After the call");
    aftermath::after(&mut teller, &mut up, &outcome).await?;

    if let Some(fault) = fault {
        fault.set_before_answer(&up.twin);
    }
    teller.step("The provider answers by SMS, with the code of the offer");
    answer::answer(&mut teller, &mut up, &lead, fault).await?;

    teller.step("The lead is confirmed");
    answer::confirmed(&mut teller, &mut up, &lead).await?;

    teller.step("The provider gets all that is needed to go to the customer");
    answer::confirmation(&mut teller, &mut up, &lead).await?;

    teller.step("The life of the lead, as `bord lead` shows it");
    answer::life(&mut teller, &mut up, &lead).await?;

    teller.step("The operator reads the call: a summary mail, within a minute");
    quality::summary(&mut teller, &mut up, &outcome).await?;

    teller.step("The scan reads every transcript and closes the books");
    quality::verdict(&mut teller, &mut up).await?;

    teller.step("Somebody softens the agent's prompt at the vendor, behind our back");
    quality::soften(&mut teller, &mut up, &number.did).await?;

    if let Some(fault) = fault {
        fault.set_before_healing(&up.twin);
    }
    teller.step("The next scan finds the edit, the broken rules and the lost lead");
    quality::found(&mut teller, &mut up).await?;

    teller.step(
        "A candidate is made, passes the gate, goes live and is read back: nobody did anything",
    );
    quality::healed(&mut teller, &mut up, &number.did).await?;

    teller.step("The work is done, and the provider bills CHF 450");
    economics::billed(&mut teller, &mut up, &lead, fault).await?;

    teller.step("What the lead cost, part by part, and what it brings in");
    let of_lead = economics::of_lead(&mut teller, &mut up, &lead).await?;

    teller.step("The site's table, as `bord economics` shows it");
    economics::of_site(&mut teller, &mut up, &site.id, &of_lead).await?;
    economics::balance(&mut teller, &mut up).await?;

    terminal::line(format!("\nAll {} steps went as they should.", teller.steps));
    let traceparent = up.call(&outcome.call_sid).await?.traceparent;
    up.twin.stop();
    let trace = traceparent.split('-').nth(1).unwrap_or_default();
    Ok(trace.to_owned())
}
