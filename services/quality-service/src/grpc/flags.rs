//! Flags as they are asked for and travel.

use chassis::db::Db;
use chassis::fault::{self, Fault, Kind, Violations};
use contracts::quality::v1 as wire;
use tonic::{Response, Status};
use uuid::Uuid;

use super::{Unreadable, page};
use crate::app::flags::{self, Shown};
use crate::app::scan::Scanner;
use crate::domain::flag::{self, Evidence, Flag};
use crate::store::flags::Wanted;

/// No flag has this id.
#[derive(Debug, thiserror::Error)]
#[error("no flag has this id; `bord flags` shows them")]
struct UnknownFlag;

impl Fault for UnknownFlag {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn reason(&self) -> &'static str {
        "UNKNOWN_FLAG"
    }
}

fn unreadable(error: chassis::db::StoreError) -> Status {
    fault::status(&Unreadable(error))
}

pub(super) async fn list(
    scanner: &Scanner,
    request: wire::ListFlagsRequest,
) -> Result<Response<wire::ListFlagsResponse>, Status> {
    let size = page::size(request.page_size)?;
    let after = page::flag(&request.page_token)?;
    let state = match request.state() {
        wire::FlagState::Unspecified => "",
        wire::FlagState::Open => "open",
        wire::FlagState::Mending => "mending",
        wire::FlagState::Resolved => "resolved",
    };
    if !request.kind.is_empty() && flag::Kind::from_name(&request.kind).is_none() {
        let names: Vec<&str> = flag::Kind::ALL.into_iter().map(flag::Kind::name).collect();
        let rule = format!("is one of {}", names.join(", "));
        return Err(page::invalid("kind", &rule).into());
    }
    let found = if request.flag_id.is_empty() {
        let wanted = Wanted {
            state: state.to_owned(),
            agent_name: request.agent_name,
            kind: request.kind,
        };
        flags::list(&scanner.db, &wanted, after, size)
            .await
            .map_err(unreadable)?
    } else {
        let id: Uuid = request.flag_id.parse().unwrap_or_default();
        let flag = flags::find(&scanner.db, id).await.map_err(unreadable)?;
        vec![flag.ok_or_else(|| fault::status(&UnknownFlag))?]
    };
    let full = i64::try_from(found.len()).is_ok_and(|count| count == size);
    let last = found.last().filter(|_| full && request.flag_id.is_empty());
    let next = last.map(|flag| page::flag_token(flag.severity, flag.raise_time, flag.id));
    let shown = if request.with_words {
        flags::with_words(&scanner.conversations, found).await
    } else {
        found.into_iter().map(without_words).collect()
    };
    Ok(Response::new(wire::ListFlagsResponse {
        flags: shown.into_iter().map(encode).collect(),
        next_page_token: next.unwrap_or_default(),
    }))
}

pub(super) async fn resolve(
    db: &Db,
    request: wire::ResolveFlagRequest,
) -> Result<Response<wire::ResolveFlagResponse>, Status> {
    let wire::ResolveFlagRequest {
        flag_id,
        actor,
        resolution,
    } = request;
    let mut found = Violations::new();
    let id = found.check("flag_id", flag_id.parse::<Uuid>());
    if actor.is_empty() || actor.len() > 100 || actor.contains(char::is_control) {
        let rule = "says who closes it, such as operator:ana, in at most 100 bytes of one line";
        found.add("actor", rule);
    }
    if resolution.trim().is_empty() || resolution.len() > 1_000 {
        found.add("resolution", "says what was done, in at most 1000 bytes");
    }
    found.finish()?;
    let id = id.unwrap_or_default();
    let resolved = flags::resolve(db, id, actor, resolution)
        .await
        .map_err(unreadable)?;
    let (flag, changed) = resolved.ok_or_else(|| fault::status(&UnknownFlag))?;
    Ok(Response::new(wire::ResolveFlagResponse {
        flag: Some(encode(without_words(flag))),
        changed,
    }))
}

fn without_words(flag: Flag) -> Shown {
    Shown {
        words: Vec::new(),
        flag,
    }
}

fn encode(shown: Shown) -> wire::Flag {
    let Shown { flag, words } = shown;
    let severity = match flag.severity {
        3 => wire::Severity::Critical,
        2 => wire::Severity::Warning,
        _ => wire::Severity::Notice,
    };
    let state = match flag.state.as_str() {
        "mending" => wire::FlagState::Mending,
        "resolved" => wire::FlagState::Resolved,
        _ => wire::FlagState::Open,
    };
    let words = words.into_iter().chain(std::iter::repeat(String::new()));
    let evidence = flag.evidence.into_iter().zip(words).map(place);
    wire::Flag {
        flag_id: flag.id.to_string(),
        kind: flag.kind,
        severity: severity.into(),
        state: state.into(),
        subject: flag.subject,
        agent_name: flag.agent_name,
        conversation_id: flag.conversation_id,
        call_sid: flag.call_sid,
        lead_id: flag.lead_id,
        text: flag.text,
        evidence: evidence.collect(),
        raise_time: Some(super::wire::timestamp(flag.raise_time)),
        owner: flag.owner,
        resolve_time: flag.resolve_time.map(super::wire::timestamp),
        resolved_by: flag.resolved_by,
        resolution: flag.resolution,
        revision_id: flag
            .revision_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        times: flag.times,
    }
}

fn place((at, words): (Evidence, String)) -> wire::Evidence {
    let number = |place: usize| i32::try_from(place).unwrap_or(i32::MAX);
    wire::Evidence {
        turn: number(at.turn),
        start: number(at.start),
        end: number(at.end),
        rule: at.rule,
        words,
    }
}
