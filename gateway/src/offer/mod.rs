//! `GET` and `POST /c/{token}`: one provider's offer of a lead, for people with a telephone.
//!
//! The link is the proof: signed, expiring, one offer only. A GET shows and changes nothing, since
//! mail and chat programs open links by themselves; a POST passes an answer to lead-service, which
//! alone decides (R48). Unlike every other route, refusals here are pages and no problem documents:
//! whoever opens the link is a person, who can do nothing with JSON. `edge` makes them of the same
//! `Problem`s, so that they are counted and logged as everywhere.

pub mod form;
pub mod money;
pub mod page;
pub mod when;
pub mod words;

use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chassis::{clock, token};
use contracts::lead::v1::{
    CloseLeadRequest, ConfirmLeadRequest, DeclineLeadRequest, GetOfferRequest, Lost, Offer,
    Result as JobResult, Won, result,
};
use serde::Deserialize;

use crate::Gateway;
use crate::clients;
use crate::edge::Told;
use crate::language::Language;
use crate::problem::Problem;
use form::{Answer, Faults, Typed};
use page::Entry;
use words::Words;

/// The route, which `edge` answers with pages.
pub const ROUTE: &str = "/c/{token}";
const PURPOSE: &str = "offer";
const ACTOR: &str = "provider:link";
/// A person waits, with a page that says so.
const LIMIT: Duration = Duration::from_secs(5);

/// What the link is about.
#[derive(Debug, Deserialize)]
struct Link {
    lead_id: String,
    attempt: i32,
}

type Token = Result<Path<String>, PathRejection>;

/// Shows the offer.
pub async fn show(
    State(gateway): State<Gateway>,
    token: Token,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (_, link) = open(&gateway, token)?;
    let offer = ask(&gateway, &link).await?;
    let language = page::language(&offer, Language::accepted(&headers));
    Ok(page::offer(
        StatusCode::OK,
        &offer,
        language,
        &Entry::default(),
    ))
}

/// Takes an answer and sends the browser back to the page, so that loading it anew posts nothing.
pub async fn answer(
    State(gateway): State<Gateway>,
    token: Token,
    request: Request,
) -> Result<Response, Problem> {
    let (token, link) = open(&gateway, token)?;
    let (parts, body) = request.into_parts();
    gateway.crash_points.pass("gateway.after_verify").await?;
    let typed = Typed::read(&parts.headers, body).await?;
    gateway.crash_points.pass("gateway.after_read").await?;
    let browser = Language::accepted(&parts.headers);
    let offer = match ask(&gateway, &link).await {
        Ok(offer) => offer,
        Err(problem) => return Ok(again(&problem, browser, &typed)),
    };
    let language = page::language(&offer, browser);
    let words = &Words::of(language).faults;
    let answer = match typed.understand(&offer.currency, words) {
        Ok(answer) => answer,
        Err(faults) => return Ok(faulty(&offer, language, typed, faults)),
    };
    let told = async {
        gateway.crash_points.pass("gateway.before_rpc").await?;
        tell(&gateway, &link, answer).await?;
        Ok(gateway.crash_points.pass("gateway.after_rpc").await?)
    };
    let problem: Problem = match told.await {
        Ok(()) => return Ok(back(&token)),
        Err(problem) => problem,
    };
    match problem.status {
        // Too late, or not possible any more: the page shows what holds now.
        StatusCode::CONFLICT => {
            let entry = Entry {
                typed,
                notice: Some(words.changed),
                ..Entry::default()
            };
            Ok(match ask(&gateway, &link).await {
                Ok(now) => {
                    let page = page::offer(StatusCode::CONFLICT, &now, language, &entry);
                    refused(page, &problem)
                }
                Err(problem) => again(&problem, language, &entry.typed),
            })
        }
        StatusCode::BAD_REQUEST => {
            let faults = Faults::of(&problem, words);
            Ok(faulty(&offer, language, typed, faults))
        }
        _ => Ok(again(&problem, language, &typed)),
    }
}

/// Any other method, told to a person.
pub async fn wrong_method() -> Problem {
    Problem::wrong_method("GET, HEAD, POST")
}

fn open(gateway: &Gateway, token: Token) -> Result<(String, Link), Problem> {
    let Path(token) = token.map_err(|_| Problem::link_invalid())?;
    let link = token::verify(&gateway.link_secrets, PURPOSE, &token, clock::now());
    let link = link.map_err(|invalid| match invalid {
        token::Invalid::Expired => Problem::link_expired(),
        token::Invalid::Forged | token::Invalid::Unreadable => Problem::link_invalid(),
    })?;
    Ok((token, link))
}

async fn ask(gateway: &Gateway, link: &Link) -> Result<Offer, Problem> {
    let request = GetOfferRequest {
        lead_id: link.lead_id.clone(),
        attempt: link.attempt,
    };
    let mut leads = gateway.clients.leads.clone();
    let answer = clients::within(LIMIT, leads.get_offer(request)).await?;
    answer.offer.ok_or_else(Problem::internal)
}

async fn tell(gateway: &Gateway, link: &Link, answer: Answer) -> Result<(), Problem> {
    let (lead_id, attempt) = (link.lead_id.clone(), link.attempt);
    let actor = ACTOR.to_owned();
    let mut leads = gateway.clients.leads.clone();
    let result = match answer {
        Answer::Accept => {
            let request = ConfirmLeadRequest {
                lead_id,
                attempt,
                actor,
                cause: "accepted on the offer's page".to_owned(),
            };
            return clients::within(LIMIT, leads.confirm_lead(request))
                .await
                .map(drop);
        }
        Answer::Decline { reason } => {
            let request = DeclineLeadRequest {
                lead_id,
                attempt,
                actor,
                reason,
            };
            return clients::within(LIMIT, leads.decline_lead(request))
                .await
                .map(drop);
        }
        Answer::Won {
            amount_minor,
            currency,
        } => result::Result::Won(Won {
            amount_minor,
            currency,
        }),
        Answer::Lost { reason } => result::Result::Lost(Lost { reason }),
    };
    let request = CloseLeadRequest {
        lead_id,
        attempt,
        actor,
        result: Some(JobResult {
            result: Some(result),
        }),
    };
    clients::within(LIMIT, leads.close_lead(request))
        .await
        .map(drop)
}

/// Relative, so that it holds behind whatever path the public URL has.
fn back(token: &str) -> Response {
    let location = HeaderValue::from_str(&format!("./{token}"))
        .expect("a token that was verified is base64url and a point");
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn faulty(offer: &Offer, language: Language, typed: Typed, faults: Faults) -> Response {
    let entry = Entry {
        typed,
        faults,
        notice: None,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut response = page::offer(status, offer, language, &entry);
    response
        .extensions_mut()
        .insert(Told("INVALID_REQUEST".into()));
    response
}

/// Nothing is lost: the page holds what was typed, and sends it once more by one touch.
fn again(problem: &Problem, language: Language, typed: &Typed) -> Response {
    refused(page::trouble(problem, language, Some(typed)), problem)
}

fn refused(mut page: Response, problem: &Problem) -> Response {
    page.extensions_mut().insert(Told(problem.reason.clone()));
    page
}
