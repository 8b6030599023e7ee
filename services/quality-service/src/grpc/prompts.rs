//! Prompt revisions on the wire: propose, evaluate, release, roll back, list.

use chassis::fault::{self, InvalidRequest, Violations};
use chrono::{DateTime, Utc};
use contracts::quality::v1 as wire;
use prost_types::Timestamp;
use tonic::{Response, Status};
use uuid::Uuid;

use crate::app::prompt::{Basis, Prompts, Proposal, Refusal, Shown};
use crate::domain::clause::Rule;
use crate::domain::revision::{Configuration, State};

/// The longest prompt that is read; telephony refuses longer ones.
const MOST_PROMPT: usize = 200_000;
const MOST_CAUSE: usize = 1_000;

pub(super) async fn propose(
    prompts: &Prompts,
    request: wire::ProposePromptRequest,
) -> Result<Response<wire::ProposePromptResponse>, Status> {
    let proposal = proposal(request)?;
    let shown = Box::pin(prompts.propose(proposal)).await.map_err(refuse)?;
    let revision = Some(revision(shown));
    Ok(Response::new(wire::ProposePromptResponse { revision }))
}

pub(super) async fn evaluate(
    prompts: &Prompts,
    request: wire::EvaluatePromptRequest,
) -> Result<Response<wire::EvaluatePromptResponse>, Status> {
    let id = id("revision_id", &request.revision_id)?;
    let shown = Box::pin(prompts.evaluate(id)).await.map_err(refuse)?;
    let revision = Some(revision(shown));
    Ok(Response::new(wire::EvaluatePromptResponse { revision }))
}

pub(super) async fn release(
    prompts: &Prompts,
    request: wire::ReleasePromptRequest,
) -> Result<Response<wire::ReleasePromptResponse>, Status> {
    let wire::ReleasePromptRequest { revision_id, actor } = request;
    let mut found = Violations::new();
    check_actor(&actor, &mut found);
    found.finish()?;
    let id = id("revision_id", &revision_id)?;
    let done = Box::pin(prompts.release(id, &actor)).await;
    let (shown, changed) = done.map_err(refuse)?;
    let revision = Some(revision(shown));
    Ok(Response::new(wire::ReleasePromptResponse {
        revision,
        changed,
    }))
}

pub(super) async fn rollback(
    prompts: &Prompts,
    request: wire::RollbackPromptRequest,
) -> Result<Response<wire::RollbackPromptResponse>, Status> {
    let wire::RollbackPromptRequest {
        agent_name,
        actor,
        cause,
    } = request;
    let mut found = Violations::new();
    check_actor(&actor, &mut found);
    check_name(&agent_name, &mut found);
    check_cause(&cause, &mut found);
    found.finish()?;
    let done = Box::pin(prompts.rollback(&agent_name, &actor, &cause)).await;
    let revision = Some(revision(done.map_err(refuse)?));
    Ok(Response::new(wire::RollbackPromptResponse { revision }))
}

pub(super) async fn list(
    prompts: &Prompts,
    request: wire::ListPromptRevisionsRequest,
) -> Result<Response<wire::ListPromptRevisionsResponse>, Status> {
    let wire::ListPromptRevisionsRequest {
        agent_name,
        page_size,
        page_token,
    } = request;
    let mut found = Violations::new();
    let size = match page_size {
        0 => 50,
        1.. => i64::from(page_size.min(200)),
        _ => {
            found.add("page_size", "is not negative");
            0
        }
    };
    let before = found.check("page_token", place(&page_token));
    if agent_name.contains(char::is_control) {
        found.add("agent_name", "is a name, in one line");
    }
    found.finish()?;
    let before = before.unwrap_or_default();
    let listed = Box::pin(prompts.list(&agent_name, before, size)).await;
    let listed = listed.map_err(refuse)?;
    let next_page_token = match listed.last() {
        Some(last) if i64::try_from(listed.len()) == Ok(size) => token(last),
        _ => String::new(),
    };
    let revisions = listed.into_iter().map(revision).collect();
    Ok(Response::new(wire::ListPromptRevisionsResponse {
        revisions,
        next_page_token,
    }))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn refuse(refusal: Refusal) -> Status {
    fault::status(&refusal)
}

fn proposal(request: wire::ProposePromptRequest) -> Result<Proposal, InvalidRequest> {
    use wire::propose_prompt_request::Basis as Told;
    let wire::ProposePromptRequest {
        agent_name,
        actor,
        cause,
        basis,
    } = request;
    let mut found = Violations::new();
    check_name(&agent_name, &mut found);
    check_actor(&actor, &mut found);
    check_cause(&cause, &mut found);
    let basis = match basis {
        None => {
            let rule = "is one of clauses, revision_id, adopt_live and prompt";
            found.add("basis", rule);
            None
        }
        Some(Told::Clauses(told)) => Some(clauses(&told, &mut found)),
        Some(Told::RevisionId(told)) => {
            let id = found.check("revision_id", told.parse());
            id.map(Basis::Revision)
        }
        Some(Told::AdoptLive(true)) => Some(Basis::AdoptLive),
        Some(Told::AdoptLive(false)) => {
            found.add("adopt_live", "is true where it is chosen");
            None
        }
        Some(Told::Prompt(prompt)) => {
            if prompt.trim().is_empty() || prompt.len() > MOST_PROMPT {
                found.add("prompt", "has 1 to 200000 bytes");
            }
            Some(Basis::Prompt(prompt))
        }
    };
    match (basis, found.is_empty()) {
        (Some(basis), true) => Ok(Proposal {
            agent_name,
            actor,
            cause,
            basis,
        }),
        _ => Err(found.finish().expect_err("a violation was added")),
    }
}

fn clauses(told: &wire::ClauseRules, found: &mut Violations) -> Basis {
    let rules: Vec<Rule> = told
        .rules
        .iter()
        .filter_map(|name| Rule::from_name(name))
        .collect();
    if rules.is_empty() || rules.len() != told.rules.len() {
        let rule = "names at least one of dispatched, birth, address, closing";
        found.add("clauses.rules", rule);
    }
    let ids = told.flag_ids.iter().take(200);
    let flag_ids = ids
        .filter_map(|told| found.check("clauses.flag_ids", told.parse()))
        .collect();
    Basis::Clauses { rules, flag_ids }
}

fn check_name(name: &str, found: &mut Violations) {
    if name.is_empty() || name.len() > 200 || name.contains(char::is_control) {
        found.add("agent_name", "is required: the agent's name, in one line");
    }
}

fn check_actor(actor: &str, found: &mut Violations) {
    let is_name = !actor.trim().is_empty() && actor.len() <= 100;
    // A person cannot release in the standing policy's name.
    if !is_name || actor.contains(char::is_control) || actor.starts_with("policy:") {
        let rule = "says who asks, such as operator:ana, in at most 100 bytes of one line";
        found.add("actor", rule);
    }
}

fn check_cause(cause: &str, found: &mut Violations) {
    if cause.len() > MOST_CAUSE || cause.contains('\0') {
        found.add("cause", "has at most 1000 bytes of text");
    }
}

fn id(field: &str, told: &str) -> Result<Uuid, InvalidRequest> {
    let mut found = Violations::new();
    match found.check(field, told.parse()) {
        Some(id) => Ok(id),
        None => Err(found.finish().expect_err("a violation was added")),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("is the next_page_token of an earlier answer")]
struct UnknownToken;

/// The place after which a page begins: time and id of the last one before.
fn place(token: &str) -> Result<(DateTime<Utc>, Uuid), UnknownToken> {
    if token.is_empty() {
        let far = DateTime::from_timestamp(253_402_300_799, 0).ok_or(UnknownToken)?;
        return Ok((far, Uuid::max()));
    }
    let (us, id) = token.split_once('-').ok_or(UnknownToken)?;
    let us = us.parse().map_err(|_| UnknownToken)?;
    let time = DateTime::from_timestamp_micros(us).ok_or(UnknownToken)?;
    Ok((time, id.parse().map_err(|_| UnknownToken)?))
}

fn token(last: &Shown) -> String {
    let us = last.revision.create_time.timestamp_micros();
    format!("{us}-{}", last.revision.id.simple())
}

fn revision(shown: Shown) -> wire::PromptRevision {
    let known = shown.revision;
    let state = match known.state {
        State::Candidate => wire::RevisionState::Candidate,
        State::Evaluating => wire::RevisionState::Evaluating,
        State::Passed => wire::RevisionState::Passed,
        State::Failed => wire::RevisionState::Failed,
        State::Live => wire::RevisionState::Live,
        State::Superseded => wire::RevisionState::Superseded,
        State::RolledBack => wire::RevisionState::RolledBack,
    };
    let length = known.configuration.as_ref();
    wire::PromptRevision {
        revision_id: known.id.to_string(),
        agent_name: known.agent_name,
        configuration_hash: known.configuration_hash,
        state: state.into(),
        origin: known.origin.name().to_owned(),
        cause: known.cause,
        flag_ids: shown.flag_ids.iter().map(Uuid::to_string).collect(),
        clauses: known.clauses,
        run_id: known.run_id,
        reasons: known.reasons,
        approved_by: known.approved_by,
        create_time: Some(timestamp(known.create_time)),
        release_time: known.release_time.map(timestamp),
        real_calls: shown.real_calls,
        dispatched_calls: shown.dispatched_calls,
        prompt_length: length.map_or(0, Configuration::prompt_length),
    }
}

fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}
