//! `bord status`: on one screen whether everything serves, what waits for a person, what is out of
//! order, and the sums whose only good value is 0. What cannot be asked is shown as such, never left
//! out; anything that is wrong makes exit code 1.

mod books;
mod gauges;

use std::collections::BTreeMap;
use std::time::Duration;

use chassis::client;
use chassis::config::Env;
use chrono::{DateTime, Utc};
use contracts::lead::v1 as lead;
use contracts::roster::v1 as roster;
use serde_json::{Value, json};

use super::{check, providers};
use crate::peers::{Addresses, Peers, explain};
use crate::terminal::{self, Table};
use crate::{ready, words};

use books::Books;
use gauges::Gauges;

/// For each question; a service that does not answer must not hold up the rest.
const LIMIT: Duration = Duration::from_secs(5);
/// How far back owners are recounted here; `bord check` recounts all.
const RECOUNT: Duration = Duration::from_secs(24 * 3_600);

#[derive(clap::Args)]
pub struct Args {
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// All that was learned; an error is what could not be.
struct Status {
    serving: Vec<(&'static str, String, bool)>,
    leads: Result<lead::SummarizeLeadsResponse, String>,
    out: Result<Vec<(String, roster::Channel)>, String>,
    paused: Vec<(String, String)>,
    owners: Result<lead::CheckOwnershipResponse, String>,
    books: Books,
    gauges: Gauges,
}

/// # Errors
/// When something is wrong, after everything is shown.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let addresses = Addresses::read(&mut env)?;
    let gateway = env.url_or("GATEWAY_URL", "http://127.0.0.1:8080");
    env.finish()?;
    let peers = Peers::at(&addresses)?;
    let asked = Box::pin(async {
        let (serving, leads, roster, owners, books, gauges) = tokio::join!(
            serving(&addresses, &gateway),
            leads(peers.clone()),
            roster(peers.clone()),
            owners(peers.clone()),
            books::read(peers.clone()),
            gauges::read(&env),
        );
        let (out, paused) = match roster {
            Ok((out, paused)) => (Ok(out), paused),
            Err(why) => (Err(why), Vec::new()),
        };
        Status {
            serving,
            leads,
            out,
            paused,
            owners,
            books,
            gauges,
        }
    });
    let status = client::with_timeout(LIMIT, asked).await;
    let now = chassis::clock::now();
    if args.json {
        terminal::json(&status.as_json(now));
    } else {
        status.lines(now).iter().for_each(terminal::line);
    }
    let wrong = status.wrong(now);
    anyhow::ensure!(wrong.is_empty(), "not all is well: {}", wrong.join("; "));
    Ok(())
}

async fn serving(addresses: &Addresses, gateway: &url::Url) -> Vec<(&'static str, String, bool)> {
    let mut found = Vec::new();
    for (name, url) in addresses.by_name() {
        let serves = tokio::time::timeout(LIMIT, ready::serving(url)).await;
        found.push((name, url.to_string(), serves == Ok(true)));
    }
    let serves = match gateway.join("healthz") {
        Ok(url) => {
            let asked = chassis::http::client().get(url).timeout(LIMIT);
            let answer = chassis::http::send("gateway.health", asked).await;
            answer.is_ok_and(|answer| answer.status().is_success())
        }
        Err(_) => false,
    };
    found.push(("gateway", gateway.to_string(), serves));
    found
}

/// One line: the rest of an explanation is for the command that the person calls next.
fn short(error: &anyhow::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

async fn leads(mut peers: Peers) -> Result<lead::SummarizeLeadsResponse, String> {
    let asked = peers.leads.summarize_leads(lead::SummarizeLeadsRequest {});
    match asked.await {
        Ok(answer) => Ok(answer.into_inner()),
        Err(status) => Err(short(&explain("leads cannot be counted", &status))),
    }
}

type Roster = (Vec<(String, roster::Channel)>, Vec<(String, String)>);

/// Channels that are out of use, and who is paused by whom.
async fn roster(mut peers: Peers) -> Result<Roster, String> {
    let all = providers::all(&mut peers, String::new()).await;
    let all = all.map_err(|error| short(&error))?;
    let paused = all
        .iter()
        .filter(|one| one.paused)
        .map(|one| (one.provider_id.clone(), one.pause_actor.clone()))
        .collect();
    let out = all.into_iter().flat_map(|one| {
        let id = one.provider_id;
        one.channels
            .into_iter()
            .filter(providers::is_out)
            .map(move |channel| (id.clone(), channel))
    });
    Ok((out.collect(), paused))
}

async fn owners(mut peers: Peers) -> Result<lead::CheckOwnershipResponse, String> {
    let found = check::check(&mut peers, String::new(), Some(RECOUNT)).await;
    found.map_err(|error| short(&error))
}

impl Status {
    fn lines(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut table = Table::new(&["SERVICE", "HEALTH", "AT"]);
        for (name, url, serves) in &self.serving {
            let health = if *serves { "serves" } else { "DOES NOT SERVE" };
            table.row([*name, health, url]);
        }
        let mut out = table.lines();
        out.push(String::new());
        out.extend(self.figures(now).lines());
        out.push(String::new());
        out.extend(self.gauges.lines());
        out
    }

    fn figures(&self, now: DateTime<Utc>) -> Table {
        let mut table = Table::new(&["WHAT", "NOW"]);
        let unknown = |why: &String| format!("unknown: {why}");
        match &self.leads {
            Err(why) => table.row(["leads", &unknown(why)]),
            Ok(leads) => {
                let states: BTreeMap<_, _> = leads.by_state.iter().collect();
                let states: Vec<_> = states
                    .iter()
                    .map(|(state, many)| format!("{many} {state}"))
                    .collect();
                table.row(["leads", &words::or_dash(&states.join(", "))]);
                let oldest = leads.oldest_unmatched_time.as_ref();
                let oldest = oldest.map_or("none".to_owned(), |time| {
                    let age = words::age(words::since(Some(time), now));
                    format!("{age} old, since {}", words::time(Some(time)))
                });
                table.row(["oldest unmatched", &oldest]);
                table.row(["waiting for a person", &leads.operator_owned.to_string()]);
                table.row(["overdue offers", &leads.overdue.to_string()]);
            }
        }
        match &self.out {
            Err(why) => table.row(["channels out", &unknown(why)]),
            Ok(channels) => {
                table.row(["channels out", &channels.len().to_string()]);
                for (id, channel) in channels {
                    table.row(["", &format!("{id}: {}", providers::channel(channel))]);
                }
            }
        }
        for (id, by) in &self.paused {
            table.row(["paused", &format!("{id}, by {}", words::or_dash(by))]);
        }
        self.books.rows(&mut table, now);
        let owners = self.owners.as_ref().map_or_else(unknown, check::summary);
        table.row(["owners, last 24 h", &owners]);
        table
    }

    fn wrong(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut wrong = Vec::new();
        let silent: Vec<_> = self
            .serving
            .iter()
            .filter(|(_, _, serves)| !serves)
            .map(|(name, _, _)| *name)
            .collect();
        if !silent.is_empty() {
            wrong.push(format!("{} does not serve", silent.join(", ")));
        }
        let unknown = [
            self.leads.as_ref().err(),
            self.out.as_ref().err(),
            self.owners.as_ref().err(),
        ];
        wrong.extend(unknown.into_iter().flatten().cloned());
        wrong.extend(self.books.wrong(now));
        if let Ok(found) = &self.owners
            && check::findings(found) > 0
        {
            wrong.push("owners differ, see `bord check`".to_owned());
        }
        wrong.extend(self.gauges.wrong());
        wrong
    }

    fn as_json(&self, now: DateTime<Utc>) -> Value {
        let serving: BTreeMap<_, _> = self
            .serving
            .iter()
            .map(|(name, _, serves)| (*name, *serves))
            .collect();
        let leads = self.leads.as_ref().ok().map(|l| {
            json!({
                "by_state": l.by_state, "operator_owned": l.operator_owned, "overdue": l.overdue,
                "oldest_unmatched_time": l.oldest_unmatched_time.as_ref().map(|t| words::time(Some(t))),
            })
        });
        let out = self.out.as_ref().ok().map(|channels| {
            let each = channels.iter().map(|(id, c)| {
                json!({
                    "provider_id": id, "kind": words::roster_channel(c.kind).to_lowercase(),
                    "health": words::channel_health(c.health), "health_cause": c.health_cause,
                    "health_time": words::time(c.health_time.as_ref()),
                })
            });
            each.collect::<Vec<_>>()
        });
        let paused: BTreeMap<_, _> = self.paused.iter().cloned().collect();
        json!({
            "serving": serving, "leads": leads, "channels_out": out, "paused": paused,
            "parked_entries": self.books.parked(), "books": self.books.as_json(),
            "ownership_findings": self.owners.as_ref().ok().map(check::findings),
            "metrics": self.gauges.as_json(), "wrong": self.wrong(now),
        })
    }
}

#[cfg(test)]
mod tests;
