//! The pages of an offer, from templates that escape everything, under a policy that lets nothing
//! run: no script, no picture, one style known by its hash, forms to ourselves alone.

use std::sync::LazyLock;

use askama::Template;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use contracts::lead::v1::{Offer, OfferState, Result as JobResult, Urgency, result};
use sha2::{Digest as _, Sha256};

use super::form::{self, Faults, Typed};
use super::money;
use super::when::When;
use super::words::{Said, Words};
use crate::language::Language;
use crate::problem::Problem;

const STYLE: &str = include_str!("../../templates/page.css");

/// The hash is over exactly what stands between the style tags.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 is ASCII")
});

/// What is shown beside an offer: its faults, a notice, and what was typed.
#[derive(Debug, Default)]
pub struct Entry {
    pub typed: Typed,
    pub faults: Faults,
    pub notice: Option<&'static str>,
}

/// An offer in the reader's words.
struct Shown<'a> {
    provider: &'a str,
    reference: &'a str,
    category: &'a str,
    service: &'a str,
    place: &'a str,
    urgency: &'static str,
    received: Option<When>,
    deadline: Option<When>,
    customer: &'a str,
    phone: &'a str,
    customer_language: String,
    /// For `lang`, so that the customer's words are read aloud rightly.
    customer_tag: &'a str,
    recording: &'a str,
}

#[derive(Template)]
#[template(path = "open.html")]
struct OpenPage<'a> {
    w: &'static Words,
    style: &'static str,
    title: String,
    offer: Shown<'a>,
    typed: &'a Typed,
    faults: Faults,
    notice: Option<&'static str>,
    reason_most: usize,
}

#[derive(Template)]
#[template(path = "accepted.html")]
struct AcceptedPage<'a> {
    w: &'static Words,
    style: &'static str,
    title: String,
    offer: Shown<'a>,
    typed: &'a Typed,
    faults: Faults,
    notice: Option<&'static str>,
    reason_most: usize,
    currencies: Vec<&'a str>,
    chosen: &'a str,
}

/// A heading and a text: offers on which nothing is left to do, and trouble.
#[derive(Template)]
#[template(path = "said.html")]
struct SaidPage<'a> {
    w: &'static Words,
    style: &'static str,
    title: String,
    said: &'static Said,
    notice: Option<&'static str>,
    detail: String,
    reference: &'a str,
    /// The entry, to send it once more by one touch.
    again: Option<&'a Typed>,
    retry: bool,
}

/// The language of an offer's page: its provider's, or else the browser's.
#[must_use]
pub fn language(offer: &Offer, browser: Language) -> Language {
    Language::of_tag(&offer.language).unwrap_or(browser)
}

/// The offer as it stands. A state that this gateway does not know is trouble, not a guess.
pub fn offer(status: StatusCode, offer: &Offer, language: Language, entry: &Entry) -> Response {
    let w = Words::of(language);
    let said = match offer.state() {
        OfferState::Open => return open(status, offer, w, entry),
        OfferState::Accepted => return accepted(status, offer, w, entry),
        OfferState::Declined => &w.ends.declined,
        OfferState::Over => &w.ends.over,
        OfferState::Cancelled => &w.ends.cancelled,
        OfferState::Won => &w.ends.won,
        OfferState::Lost => &w.ends.lost,
        OfferState::Unspecified => return trouble(&Problem::internal(), language, None),
    };
    render(
        status,
        &SaidPage {
            w,
            style: STYLE,
            title: title(said.heading, offer, w, entry),
            said,
            notice: entry.notice.or(entry.faults.action),
            detail: outcome(offer.result.as_ref(), w),
            reference: &offer.reference,
            again: None,
            retry: false,
        },
    )
}

fn open(status: StatusCode, offer: &Offer, w: &'static Words, entry: &Entry) -> Response {
    render(
        status,
        &OpenPage {
            w,
            style: STYLE,
            title: title(w.offer.heading, offer, w, entry),
            offer: shown(offer, w),
            typed: &entry.typed,
            faults: entry.faults,
            notice: entry.notice,
            reason_most: form::REASON_MOST,
        },
    )
}

fn accepted(status: StatusCode, offer: &Offer, w: &'static Words, entry: &Entry) -> Response {
    let currencies = form::currencies(&offer.currency);
    let typed = entry.typed.currency.as_str();
    let chosen = currencies.iter().find(|code| **code == typed);
    render(
        status,
        &AcceptedPage {
            w,
            style: STYLE,
            title: title(w.job.heading, offer, w, entry),
            offer: shown(offer, w),
            typed: &entry.typed,
            faults: entry.faults,
            notice: entry.notice,
            reason_most: form::REASON_MOST,
            chosen: chosen.or(currencies.first()).copied().unwrap_or_default(),
            currencies,
        },
    )
}

/// A page without an offer. `typed` is what could not be passed on: one touch sends it again.
#[must_use]
pub fn trouble(problem: &Problem, language: Language, typed: Option<&Typed>) -> Response {
    let w = Words::of(language);
    let behind = matches!(
        problem.status,
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
    );
    // Whatever failed behind us, a person is told the one thing that helps.
    let status = if behind {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        problem.status
    };
    let said = match status {
        StatusCode::NOT_FOUND => &w.trouble.unknown,
        StatusCode::GONE => &w.trouble.expired,
        status if status.is_server_error() => &w.trouble.unavailable,
        _ => &w.trouble.unusable,
    };
    let retry = !matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE);
    let page = SaidPage {
        w,
        style: STYLE,
        title: said.heading.to_owned(),
        said,
        notice: None,
        detail: String::new(),
        reference: "",
        again: typed.filter(|_| status.is_server_error()),
        retry,
    };
    let mut response = render(status, &page);
    let headers = response.headers_mut();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    if problem.closes() {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn render(status: StatusCode, page: &impl Template) -> Response {
    let Ok(body) = page.render() else {
        return Problem::internal().into_response();
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}

fn title(heading: &str, offer: &Offer, w: &Words, entry: &Entry) -> String {
    let reference = &offer.reference;
    if entry.faults == Faults::default() && entry.notice.is_none() {
        format!("{heading} · {reference}")
    } else {
        format!("{}: {heading} · {reference}", w.faults.prefix)
    }
}

fn shown<'a>(offer: &'a Offer, w: &Words) -> Shown<'a> {
    let when = |time: &Option<prost_types::Timestamp>| {
        time.as_ref()
            .and_then(|time| When::of(time, &offer.time_zone, &w.time))
    };
    let phone = offer.customer_phone_e164.as_str();
    let dials = phone
        .strip_prefix('+')
        .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let recording = offer.recording_url.as_str();
    let opens = ["https://", "http://"]
        .iter()
        .any(|scheme| recording.starts_with(scheme));
    let tag = offer.customer_language.as_str();
    Shown {
        provider: &offer.provider_name,
        reference: &offer.reference,
        category: &offer.category_name,
        service: &offer.service,
        place: &offer.location,
        urgency: match offer.urgency() {
            Urgency::Emergency => w.offer.emergency,
            Urgency::Soon => w.offer.soon,
            Urgency::Flexible => w.offer.flexible,
            Urgency::Unspecified => "",
        },
        received: when(&offer.create_time),
        deadline: when(&offer.answer_deadline_time),
        customer: &offer.customer_name,
        phone: if dials { phone } else { "" },
        customer_language: w.language(tag),
        customer_tag: tag,
        recording: if opens { recording } else { "" },
    }
}

/// What the provider reported.
fn outcome(result: Option<&JobResult>, w: &Words) -> String {
    match result.and_then(|result| result.result.as_ref()) {
        Some(result::Result::Won(won)) => money::show(won.amount_minor, &won.currency, &w.number),
        Some(result::Result::Lost(lost)) => lost.reason.clone(),
        None => String::new(),
    }
}
