//! The offer's page as it is shown: each state, each language, each link that opens nothing.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chassis::fault::{self, Kind};
use chrono::TimeDelta;
use contracts::lead::v1::{GetOfferRequest, GetOfferResponse, OfferState};

use crate::offers::{Desk, link, link_of};
use crate::world::{Answer, World};

async fn open(world: &World, path: &str) -> Answer {
    open_as(world, "GET", path, "de-CH,de;q=0.9").await
}

async fn open_as(world: &World, method: &str, path: &str, languages: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept-language", languages)
        .body(Body::empty())
        .unwrap();
    world.send(request).await
}

/// What every page must be, refusal or not.
fn is_page(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
    assert!(!policy.contains("script") && !policy.contains("unsafe"));
    let page = answer.text();
    assert!(page.starts_with("<!doctype html>\n<html lang=\""), "{page}");
    for active in [
        "<script",
        "javascript:",
        " onclick",
        " onload",
        " style=",
        "<img",
        "<link",
    ] {
        assert!(!page.contains(active), "{active} in {page}");
    }
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(page.matches("<main>").count(), 1);
    // Every field has a label, and every description is there.
    for field in page.split(" id=\"").skip(1) {
        let id = field.split('"').next().unwrap();
        if ["reason", "amount", "currency"].contains(&id) {
            assert!(page.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
    }
    for described in page.split("aria-describedby=\"").skip(1) {
        for id in described.split('"').next().unwrap().split(' ') {
            assert!(page.contains(&format!(" id=\"{id}\"")), "{id} in {page}");
        }
    }
}

/// R48, engineering I23: programs that look at links accept nothing.
#[tokio::test]
async fn opening_the_link_shows_the_offer_and_changes_nothing() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr-CH");
    for _ in 0..50 {
        let answer = open(&world, &link()).await;
        assert_eq!(answer.status, StatusCode::OK);
        is_page(&answer);
    }
    let answer = open(&world, &link()).await;
    let page = answer.text();
    assert!(page.contains("<html lang=\"fr\">"));
    for shown in [
        "Plomberie",
        "Carouge, 3e étage",
        "K7-3F9AQ",
        "Urgent – il faut intervenir maintenant",
        "datetime=\"2026-11-21T17:30:00Z\"",
        "samedi 21 novembre 2026 à 18:30 (CET, UTC+01:00)",
        "value=\"accept\"",
        "value=\"decline\"",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    // Not yet the provider's to know (R49), and never markup.
    for hidden in ["Dana", "41790000042", "tel:", "/r/", "<b>"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    assert!(page.contains("&#60;b&#62;&#38; goutte") || page.contains("&lt;b&gt;&amp; goutte"));
    assert_eq!(desk.state(), OfferState::Open);
    let methods = world.services.methods();
    assert!(
        methods
            .iter()
            .all(|method| method == "LeadService/GetOffer")
    );
}

#[tokio::test]
async fn a_head_request_is_answered_without_a_page_and_changes_nothing() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr");
    let answer = open_as(&world, "HEAD", &link(), "fr").await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for method in ["PUT", "DELETE", "OPTIONS", "BREW"] {
        let answer = open_as(&world, method, &link(), "fr").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), "GET, HEAD, POST");
        is_page(&answer);
    }
    assert_eq!(desk.state(), OfferState::Open);
}

/// R49: name, number to touch, language and recording.
#[tokio::test]
async fn an_accepted_offer_shows_all_that_is_needed_to_go() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr-CH");
    desk.put(OfferState::Accepted);
    let answer = open(&world, &link()).await;
    is_page(&answer);
    let page = answer.text();
    for shown in [
        "Dana Reyes",
        "href=\"tel:+41790000042\"",
        "<dd>anglais</dd>",
        "href=\"https://gw.example.com/r/sound.token\"",
        "lang=\"en-GB\"",
        "name=\"amount\"",
        "<option value=\"CHF\" selected>",
        "value=\"lost\"",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    // What would not be a link is not made one.
    desk.change(|offer| {
        offer.recording_url = "javascript:alert(1)".to_owned();
        offer.customer_phone_e164 = "+41;ext=\"".to_owned();
        offer.customer_name = "\"><script>".to_owned();
    });
    let answer = open(&world, &link()).await;
    is_page(&answer);
    assert!(!answer.text().contains("tel:"));
}

#[tokio::test]
async fn each_state_is_told_in_each_language() {
    let world = World::new().await;
    for (language, ends) in [
        (
            "fr",
            ["décliné", "plus ouverte", "annulée", "réalisé", "abouti"],
        ),
        (
            "de",
            [
                "abgelehnt",
                "nicht mehr offen",
                "storniert",
                "ausgeführt",
                "nichts daraus",
            ],
        ),
        (
            "it",
            [
                "rifiutato",
                "non è più aperta",
                "annullata",
                "eseguito",
                "fatto nulla",
            ],
        ),
        (
            "en",
            [
                "declined",
                "no longer open",
                "cancelled",
                "was done",
                "nothing came",
            ],
        ),
        (
            "id",
            [
                "menolak",
                "tidak lagi terbuka",
                "dibatalkan",
                "dikerjakan",
                "tidak jadi",
            ],
        ),
        (
            "es",
            [
                "rechazado",
                "ya no está abierta",
                "cancelada",
                "se realizó",
                "no llegó",
            ],
        ),
    ] {
        let desk = Desk::open(&world.services, language);
        let states = [
            OfferState::Declined,
            OfferState::Over,
            OfferState::Cancelled,
            OfferState::Won,
            OfferState::Lost,
        ];
        for (state, word) in states.into_iter().zip(ends) {
            desk.put(state);
            let answer = open(&world, &link()).await;
            assert_eq!(answer.status, StatusCode::OK);
            is_page(&answer);
            let page = answer.text();
            assert!(page.contains(&format!("<html lang=\"{language}\">")));
            // Escaping writes apostrophes as references; none of these words has one.
            assert!(page.contains(word), "{word} in {page}");
            assert!(!page.contains("<form"), "nothing is left to do: {page}");
        }
    }
}

/// A tampered link and an unknown offer are told alike, so that neither reveals anything.
#[tokio::test]
async fn a_link_that_is_not_ours_is_a_page_that_reveals_nothing() {
    let world = World::new().await;
    Desk::open(&world.services, "fr");
    let good = link();
    let flipped = if good.ends_with('A') { "Q" } else { "A" };
    let tampered = format!("{}{flipped}", &good[..good.len() - 1]);
    let mut pages = Vec::new();
    for path in [
        tampered.as_str(),
        &good[..good.len() - 4],
        "/c/x",
        "/c/%ff%fe",
        "/c/..%2f..%2fhealthz",
        &link_of("recording", TimeDelta::days(1)),
    ] {
        let answer = open(&world, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        is_page(&answer);
        assert!(answer.text().contains("Dieser Link öffnet nichts"));
        pages.push(answer.text().to_owned());
    }
    assert!(world.services.methods().is_empty());
    world
        .services
        .answer("LeadService/GetOffer", |_: GetOfferRequest| {
            let unknown = fault::plain(Kind::NotFound, "UNKNOWN_OFFER", "no such offer");
            Err::<GetOfferResponse, _>(unknown)
        });
    let answer = open(&world, &good).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    pages.push(answer.text().to_owned());
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[tokio::test]
async fn an_expired_link_says_so_in_the_browsers_language() {
    let world = World::new().await;
    let expired = link_of("offer", TimeDelta::seconds(-1));
    for (languages, told) in [
        ("it-CH,it;q=0.9", "Questo link è scaduto"),
        ("id", "Tautan ini sudah kedaluwarsa"),
        ("ja", "This link has expired"),
    ] {
        let answer = open_as(&world, "GET", &expired, languages).await;
        assert_eq!(answer.status, StatusCode::GONE);
        is_page(&answer);
        assert!(answer.text().contains(told));
    }
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn what_is_down_behind_the_gateway_is_a_page_to_try_again() {
    let world = World::with(|config| "http://127.0.0.1:9".clone_into(&mut config.lead_url)).await;
    let answer = open(&world, &link()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    is_page(&answer);
    assert_eq!(answer.header("retry-after"), "5");
    let page = answer.text();
    assert!(page.contains("nicht erreichbar") && page.contains("href=\"\""));
}
