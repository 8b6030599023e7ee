//! `bord providers`: who can have a lead, by which channels, and who is paused by whom; and the
//! three things that a person does about it: pause, resume, prove.

mod shown;

use contracts::roster::v1 as roster;
use serde_json::json;

use super::hand::{Hand, Who};
use crate::peers::{Peers, explain};
use crate::terminal;
use crate::words;

use shown::{as_json, table};
pub use shown::{channel, is_out};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Only of this country ("CH").
    #[arg(long)]
    country: Option<String>,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Takes a provider out of matching; what it holds stays with it.
    Pause(PauseArgs),
    /// Puts a provider back into matching.
    Resume(PauseArgs),
    /// Sends a code (or a test) to a channel; the answer (or the receipt) proves it.
    Prove(ProveArgs),
}

#[derive(clap::Args)]
struct PauseArgs {
    /// The provider's id.
    provider: String,
    #[command(flatten)]
    hand: Hand,
}

#[derive(clap::Args)]
struct ProveArgs {
    /// The provider's id.
    provider: String,
    channel: Kind,
    #[command(flatten)]
    who: Who,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    Whatsapp,
    Sms,
    Email,
}

impl Kind {
    fn wire(self) -> roster::ChannelKind {
        match self {
            Self::Whatsapp => roster::ChannelKind::Whatsapp,
            Self::Sms => roster::ChannelKind::Sms,
            Self::Email => roster::ChannelKind::Email,
        }
    }
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    match args.verb {
        None => list(args.country, args.json).await,
        Some(Verb::Pause(args)) => pause(args).await,
        Some(Verb::Resume(args)) => resume(args).await,
        Some(Verb::Prove(args)) => prove(args).await,
    }
}

async fn list(country: Option<String>, json: bool) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let found = all(&mut peers, country.unwrap_or_default()).await?;
    if json {
        terminal::json(&found.iter().map(as_json).collect());
    } else if found.is_empty() {
        terminal::line("Nobody is on the roster: `bord catalog apply DIR` declares providers.");
    } else {
        table(&found).print();
    }
    Ok(())
}

/// The whole roster, by id.
///
/// # Errors
/// When roster-service does not answer.
pub async fn all(peers: &mut Peers, country: String) -> anyhow::Result<Vec<roster::Provider>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = peers
            .roster
            .list_providers(roster::ListProvidersRequest {
                country: country.clone(),
                page_size: 200,
                page_token: token,
                ..Default::default()
            })
            .await
            .map_err(|s| explain("the providers cannot be listed", &s))?
            .into_inner();
        found.extend(page.providers);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

async fn pause(args: PauseArgs) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let request = roster::PauseProviderRequest {
        provider_id: args.provider.clone(),
        actor,
        cause: args.hand.reason,
    };
    let paused = Peers::from_process()?.roster.pause_provider(request).await;
    let paused = paused.map_err(|s| explain(&format!("{} cannot be paused", args.provider), &s))?;
    let told = match paused.into_inner().changed {
        true => "is paused: it gets no new lead, and keeps what it has",
        false => "was paused before, nothing changed",
    };
    terminal::line(format!("{} {told}", args.provider));
    Ok(())
}

async fn resume(args: PauseArgs) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let request = roster::ResumeProviderRequest {
        provider_id: args.provider.clone(),
        actor,
        cause: args.hand.reason,
    };
    let resumed = Peers::from_process()?.roster.resume_provider(request).await;
    let resumed = resumed.map_err(|s| explain(&format!("{} cannot resume", args.provider), &s))?;
    let told = match resumed.into_inner().changed {
        true => "serves again; unmatched leads are tried at once",
        false => "was not paused, nothing changed",
    };
    terminal::line(format!("{} {told}", args.provider));
    Ok(())
}

async fn prove(args: ProveArgs) -> anyhow::Result<()> {
    let actor = args.who.actor()?;
    let kind = args.channel.wire();
    let named = words::roster_channel(kind.into());
    let proof = Peers::from_process()?
        .roster
        .prove_channel(roster::ProveChannelRequest {
            provider_id: args.provider.clone(),
            kind: kind.into(),
            actor,
        })
        .await
        .map_err(|s| {
            explain(
                &format!("{named} of {} cannot be proven", args.provider),
                &s,
            )
        })?
        .into_inner();
    if args.json {
        terminal::json(&json!({
            "proof_id": proof.proof_id, "needs_code": proof.needs_code,
            "expire_time": words::time(proof.expire_time.as_ref()),
        }));
        return Ok(());
    }
    let until = words::time(proof.expire_time.as_ref());
    terminal::line(match proof.needs_code {
        true => format!(
            "a code is on its way to {} by {named}; sent back before {until} it proves the channel",
            args.provider
        ),
        false => format!(
            "a test is on its way to {} by {named}; its receipt before {until} proves the channel",
            args.provider
        ),
    });
    terminal::line("`bord providers` shows the channel's health.");
    Ok(())
}
