//! The landing pages of the sites: what `GET /pages/{host}` answers, as the outside would. A page is
//! set, or made of the number that rings for its host; a host of which nothing is known has none.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;

use crate::hub::{Shared, World};

/// A page that was set.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    Html(String),
    /// The server answers this status instead.
    Status(u16),
    /// The standard page with this number on it.
    Number(String),
}

pub(crate) type Pages = HashMap<String, Page>;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/pages/{host}", get(page))
        .route("/pages/{host}/", get(page))
        .route("/pages/{host}/{*path}", get(page_below))
}

async fn page(State(hub): State<Shared>, Path(host): Path<String>) -> Response {
    answer(&hub.world(), &host)
}

async fn page_below(State(hub): State<Shared>, Path(at): Path<(String, String)>) -> Response {
    answer(&hub.world(), &at.0)
}

fn answer(world: &World, host: &str) -> Response {
    let host = plain(host);
    match world.pages.get(&host) {
        Some(Page::Html(html)) => Html(html.clone()).into_response(),
        Some(Page::Number(number)) => Html(standard(&host, number)).into_response(),
        Some(Page::Status(status)) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            status.into_response()
        }
        None => match ringing(world, &host) {
            Some(number) => Html(standard(&host, &number)).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// A host as it is looked up: lower case, without port and without `www.`.
pub(crate) fn plain(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// The number that last rang for the host: a call's variables name its site and the number called.
fn ringing(world: &World, host: &str) -> Option<String> {
    let mut calls = world.eleven.conversations.iter().rev();
    calls.find_map(|call| {
        let url = call.variables.get("site_url")?.as_str()?;
        let rest = url.split_once("://")?.1;
        let named = rest.split(['/', '?', '#']).next()?;
        (plain(named) == host).then(|| call.to.clone())
    })
}

/// A page such as the business has: the number as a link, and as people write it.
fn standard(host: &str, number: &str) -> String {
    let shown = spaced(number);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{host}</title></head>\n\
         <body><header><h1>{host}</h1><p><a href=\"tel:{number}\">{shown}</a></p></header>\n\
         <main><p>Call us day and night: <strong>{shown}</strong>. Since 1998, 24/7.</p></main>\n\
         <footer>&copy; 2026 {host}</footer></body></html>\n"
    )
}

/// "+41225394512" as "+41 22 539 45 12": pairs from the end, three digits where that leaves one.
fn spaced(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let (country, rest) = digits.split_at(digits.len().min(2));
    let mut groups: Vec<String> = Vec::new();
    let mut end = rest.len();
    while end > 0 {
        let size = match (groups.len(), end) {
            (_, left) if left <= 3 => left,
            (0 | 1, _) => 2,
            _ => 3,
        };
        groups.push(rest[end - size..end].iter().collect());
        end -= size;
    }
    groups.reverse();
    let country: String = country.iter().collect();
    format!("+{country} {}", groups.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_people_write_it() {
        assert_eq!(spaced("+41225394512"), "+41 22 539 45 12");
        let same = |number: &str| spaced(number).replace(' ', "") == number;
        assert!(
            ["+6281234567", "+498912345678", "+34911234567", "+41"]
                .iter()
                .all(|n| same(n) || *n == "+41")
        );
    }
}
