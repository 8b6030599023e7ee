//! `bord flags` and `bord flag ID`: what was found and waits for somebody, the worst and oldest
//! first. The words of the evidence are a caller's, or said to one: they are read on demand only.

mod shown;

use contracts::quality::v1 as quality;
use serde_json::json;

use self::shown::{as_json, evidence, shown, table};
use super::hand::Hand;
use crate::peers::{Peers, explain};
use crate::terminal;
use crate::words;

/// How an id is written: 8-4-4-4-12; fewer than four characters of it name nothing.
const WHOLE: usize = 36;
const SHORTEST: usize = 4;
const PAGE: usize = 200;

#[derive(clap::Args)]
pub struct ListArgs {
    /// Only this agent's.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// Only of this kind: DISPATCH_MISSED, BIRTH_ASKED, ADDRESS_TOLD, DRIFT…
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Those that are resolved as well.
    #[arg(long)]
    all: bool,
    /// With the words of the evidence; they may be personal.
    #[arg(long)]
    words: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct OneArgs {
    /// The flag's id, or the first characters of it.
    id: String,
    /// With the words of the evidence; they may be personal.
    #[arg(long)]
    words: bool,
    /// JSON, for scripts.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Closes it by hand, with what was done.
    Resolve(#[command(flatten)] Hand),
}

pub async fn list(args: ListArgs) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let request = quality::ListFlagsRequest {
        agent_name: args.agent.unwrap_or_default(),
        kind: args.kind.unwrap_or_default().to_uppercase(),
        with_words: args.words,
        ..Default::default()
    };
    let (mut flags, mut more) = read(&mut peers, request.clone(), args.limit).await?;
    if args.all && !more {
        let resolved = quality::ListFlagsRequest {
            state: quality::FlagState::Resolved.into(),
            ..request
        };
        let left = args.limit.saturating_sub(flags.len());
        let (found, beyond) = read(&mut peers, resolved, left).await?;
        flags.extend(found);
        more = beyond;
    }
    let now = chassis::clock::now();
    if args.json {
        terminal::json(
            &flags
                .iter()
                .map(|flag| as_json(flag, now, args.words))
                .collect(),
        );
        return Ok(());
    }
    if flags.is_empty() {
        terminal::line("No flag stands.");
        return Ok(());
    }
    table(&flags, now).print();
    if args.words {
        for flag in &flags {
            evidence(flag).iter().for_each(terminal::line);
        }
    }
    if more {
        terminal::line("… and more; --limit shows them");
    }
    terminal::line(
        "\n`bord flag ID` shows one; `bord flag ID resolve --reason TEXT` closes it, with what was done.",
    );
    Ok(())
}

/// Flags up to a limit, and whether there are more.
async fn read(
    peers: &mut Peers,
    request: quality::ListFlagsRequest,
    limit: usize,
) -> anyhow::Result<(Vec<quality::Flag>, bool)> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        // One more than is shown tells whether there are more.
        let left = (limit + 1).saturating_sub(found.len()).min(PAGE);
        let page = peers
            .quality
            .list_flags(quality::ListFlagsRequest {
                page_size: i32::try_from(left).unwrap_or(200),
                page_token: token,
                ..request.clone()
            })
            .await
            .map_err(|s| explain("the flags cannot be listed", &s))?
            .into_inner();
        found.extend(page.flags);
        token = page.next_page_token;
        if token.is_empty() || found.len() > limit {
            let more = found.len() > limit;
            found.truncate(limit);
            return Ok((found, more));
        }
    }
}

pub async fn one(args: OneArgs) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let Some(Action::Resolve(hand)) = args.action else {
        let flag = named(&mut peers, &args.id, args.words).await?;
        let now = chassis::clock::now();
        if args.json {
            terminal::json(&as_json(&flag, now, args.words));
        } else {
            shown(&flag, now).iter().for_each(terminal::line);
        }
        return Ok(());
    };
    let actor = hand.who.actor()?;
    let flag_id = match args.id.len() {
        WHOLE => args.id,
        _ => named(&mut peers, &args.id, false).await?.flag_id,
    };
    let request = quality::ResolveFlagRequest {
        flag_id,
        actor,
        resolution: hand.reason,
    };
    let done = peers.quality.resolve_flag(request).await;
    let done = done.map_err(|s| explain("the flag cannot be resolved", &s))?;
    let quality::ResolveFlagResponse { flag, changed } = done.into_inner();
    let flag = flag.unwrap_or_default();
    if args.json {
        let mut value = as_json(&flag, chassis::clock::now(), false);
        value["changed"] = json!(changed);
        terminal::json(&value);
    } else if changed {
        terminal::line(format!("{} {} is resolved", flag.kind, flag.flag_id));
    } else {
        terminal::line(format!(
            "nothing changed: {} {} was resolved by {} at {}",
            flag.kind,
            flag.flag_id,
            words::or_dash(&flag.resolved_by),
            words::time(flag.resolve_time.as_ref())
        ));
    }
    Ok(())
}

/// The flag that an id, or the beginning of one, names; resolved ones too.
async fn named(peers: &mut Peers, id: &str, with_words: bool) -> anyhow::Result<quality::Flag> {
    let id = id.trim().to_lowercase();
    anyhow::ensure!(
        id.len() >= SHORTEST,
        "{id:?} names no flag: give at least the first {SHORTEST} characters of its id; `bord flags` shows it"
    );
    let mut found = Vec::new();
    for state in [
        quality::FlagState::Unspecified,
        quality::FlagState::Resolved,
    ] {
        let request = quality::ListFlagsRequest {
            state: state.into(),
            flag_id: if id.len() == WHOLE {
                id.clone()
            } else {
                String::new()
            },
            with_words: with_words && id.len() == WHOLE,
            ..Default::default()
        };
        let (flags, _) = read(peers, request, 10_000).await?;
        found.extend(
            flags
                .into_iter()
                .filter(|flag| flag.flag_id.starts_with(&id)),
        );
    }
    found.dedup_by(|a, b| a.flag_id == b.flag_id);
    let flag = single(&id, found)?;
    if with_words && id.len() != WHOLE {
        return Box::pin(named(peers, &flag.flag_id, true)).await;
    }
    Ok(flag)
}

fn single(id: &str, mut found: Vec<quality::Flag>) -> anyhow::Result<quality::Flag> {
    match (found.pop(), found.len()) {
        (Some(flag), 0) => Ok(flag),
        (None, _) => anyhow::bail!("no flag is named {id}: `bord flags --all` lists them"),
        (Some(_), others) => anyhow::bail!("{id} names {} flags: give more of the id", others + 1),
    }
}

#[cfg(test)]
mod tests;
