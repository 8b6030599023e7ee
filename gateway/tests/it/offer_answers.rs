//! Answers from the offer's page: what reaches lead-service, and what the provider reads then.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chassis::crash::Action;
use chassis::fault::{self, Kind, Violations};
use contracts::lead::v1::{
    CloseLeadRequest, CloseLeadResponse, ConfirmLeadRequest, ConfirmLeadResponse,
    DeclineLeadRequest, GetOfferRequest, GetOfferResponse, OfferState, result,
};

use crate::offers::{Desk, LEAD, link};
use crate::world::{Answer, World, post};

const FORM: &str = "application/x-www-form-urlencoded";

async fn say(world: &World, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    world.send(post(&link(), FORM, Body::from(body))).await
}

fn is_back(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    let target = answer.header("location");
    let token = target.strip_prefix("./").unwrap();
    assert!(link().len() == token.len() + "/c/".len());
}

/// R48; and a repeat, in the same or in another window, is the same answer.
#[tokio::test]
async fn accepting_goes_to_lead_service_and_a_second_click_is_harmless() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr");
    for _ in 0..2 {
        is_back(&say(&world, &[("action", "accept")]).await);
    }
    assert_eq!(desk.state(), OfferState::Accepted);
    let asked: Vec<ConfirmLeadRequest> = world.services.asked("LeadService/ConfirmLead");
    assert_eq!(asked.len(), 2);
    assert_eq!((asked[0].lead_id.as_str(), asked[0].attempt), (LEAD, 2));
}

#[tokio::test]
async fn declining_carries_the_reason_where_one_is_given() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr");
    let reason = "en vacances\r\njusqu'à lundi\u{7}";
    is_back(&say(&world, &[("action", "decline"), ("reason", reason)]).await);
    assert_eq!(desk.state(), OfferState::Declined);
    is_back(&say(&world, &[("action", "decline")]).await);
    let asked: Vec<DeclineLeadRequest> = world.services.asked("LeadService/DeclineLead");
    assert_eq!(asked[0].reason, "en vacances\njusqu'à lundi");
    assert_eq!(asked[1].reason, "");
}

#[tokio::test]
async fn a_result_is_booked_in_minor_units_or_with_its_reason() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr");
    desk.put(OfferState::Accepted);
    let won = [
        ("action", "won"),
        ("amount", "1.200,50"),
        ("currency", "EUR"),
    ];
    is_back(&say(&world, &won).await);
    assert_eq!(desk.state(), OfferState::Won);
    desk.put(OfferState::Accepted);
    is_back(&say(&world, &[("action", "lost"), ("reason", "devis refusé")]).await);
    assert_eq!(desk.state(), OfferState::Lost);
    let asked: Vec<CloseLeadRequest> = world.services.asked("LeadService/CloseLead");
    let results: Vec<_> = asked
        .into_iter()
        .map(|asked| asked.result.unwrap().result.unwrap())
        .collect();
    let result::Result::Won(won) = &results[0] else {
        panic!("{results:?}")
    };
    assert_eq!((won.amount_minor, won.currency.as_str()), (120_050, "EUR"));
    let result::Result::Lost(lost) = &results[1] else {
        panic!("{results:?}")
    };
    assert_eq!(lost.reason, "devis refusé");
}

/// 422: each fault at its field, what was typed is kept, nothing is asked of lead-service but the offer.
#[tokio::test]
async fn bad_input_is_shown_again_with_its_faults() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "de");
    desk.put(OfferState::Accepted);
    let wrong = [
        ("action", "won"),
        ("amount", "\"viel\" > 3"),
        ("currency", "USD"),
    ];
    let answer = say(&world, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("<title>Fehler: "));
    assert!(page.contains("aria-invalid=\"true\" aria-describedby=\"amount-hint amount-error\""));
    assert!(page.contains("<p class=\"error\" id=\"amount-error\">Wir konnten den Betrag nicht"));
    assert!(page.contains("<a href=\"#amount\">"));
    assert!(page.contains("value=\"&#34;viel&#34; &#62; 3\""), "{page}");
    assert!(page.contains("<option value=\"USD\" selected>"));

    let long = "ä".repeat(501);
    let answer = say(&world, &[("action", "lost"), ("reason", &long)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("höchstens 500 Zeichen") && answer.text().contains(&long));
    let answer = say(&world, &[("action", "lost"), ("reason", " ")]).await;
    assert!(
        answer
            .text()
            .contains("id=\"reason-error\">Nennen Sie uns kurz den Grund.")
    );
    for fields in [
        &[("action", "steal")][..],
        &[],
        &[("action", "won"), ("currency", "XXX")],
    ] {
        let answer = say(&world, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("role=\"alert\""));
    }
    let methods = world.services.methods();
    assert!(
        methods
            .iter()
            .all(|method| method == "LeadService/GetOffer")
    );
}

#[tokio::test]
async fn a_rule_of_lead_service_stands_at_its_field_too() {
    let world = World::new().await;
    Desk::open(&world.services, "en").put(OfferState::Accepted);
    world
        .services
        .answer("LeadService/CloseLead", |_: CloseLeadRequest| {
            let mut violations = Violations::new();
            violations.add("result.won.currency", "must be the country's");
            Err::<CloseLeadResponse, _>(violations.finish().unwrap_err().into())
        });
    let won = [("action", "won"), ("amount", "450"), ("currency", "USD")];
    let answer = say(&world, &won).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text().contains("id=\"currency-error\"") && answer.text().contains("value=\"450\"")
    );
}

/// D8: the next provider may have it already.
#[tokio::test]
async fn an_answer_too_late_is_told_so_politely() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr");
    for state in [
        OfferState::Over,
        OfferState::Cancelled,
        OfferState::Declined,
    ] {
        desk.put(state);
        let answer = say(&world, &[("action", "accept")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        let page = answer.text();
        assert!(page.contains("pas pu être enregistrée") && page.contains("role=\"alert\""));
        assert!(!page.contains("<form") && !page.contains("Dana"));
        assert_eq!(desk.state(), state);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_passed_on_is_kept_to_send_again() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "it");
    desk.put(OfferState::Accepted);
    let kept = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        let page = answer.text();
        assert!(
            page.contains("Al momento non siamo raggiungibili"),
            "{page}"
        );
        assert!(page.contains("name=\"action\" value=\"won\""));
        assert!(
            page.contains("name=\"amount\" value=\"1&#39;200\""),
            "{page}"
        );
        assert!(page.contains("name=\"currency\" value=\"CHF\""));
    };
    let won = [("action", "won"), ("amount", "1'200"), ("currency", "CHF")];
    for kind in [Kind::Unavailable, Kind::Internal] {
        world
            .services
            .answer("LeadService/CloseLead", move |_: CloseLeadRequest| {
                Err::<CloseLeadResponse, _>(fault::plain(kind, "DOWN", "a secret"))
            });
        let answer = say(&world, &won).await;
        kept(&answer);
        assert!(!answer.text().contains("secret"));
    }
    // Not even the offer can be read: the browser's language, and the entry all the same.
    world
        .services
        .answer("LeadService/GetOffer", |_: GetOfferRequest| {
            Err::<GetOfferResponse, _>(fault::plain(Kind::Unavailable, "DOWN", ""))
        });
    let body = "action=won&amount=1%27200&currency=CHF";
    let mut request = post(&link(), FORM, Body::from(body));
    let headers = request.headers_mut();
    headers.insert("accept-language", "it".parse().unwrap());
    kept(&world.send(request).await);
}

#[tokio::test]
async fn a_body_that_no_page_sends_is_refused_as_a_page() {
    let world = World::new().await;
    let desk = Desk::open(&world.services, "fr");
    let big = format!("action=accept&reason={}", "a".repeat(20 << 10));
    for (media_type, body, status) in [
        (FORM, big, StatusCode::PAYLOAD_TOO_LARGE),
        (
            FORM,
            "action=accept&reason=%ff".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "application/json",
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("", String::new(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let answer = world
            .send(post(&link(), media_type, Body::from(body)))
            .await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
    let forged = Request::post("/c/x")
        .body(Body::from("action=accept"))
        .unwrap();
    assert_eq!(world.send(forged).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.state(), OfferState::Open);
    assert!(world.services.methods().is_empty());
}

/// An answer whose end the provider never saw is given again, and counts once.
#[tokio::test]
async fn an_answer_broken_off_at_any_point_is_given_again() {
    for point in gateway::crash::POINTS {
        let world = World::new().await;
        let desk = Desk::open(&world.services, "fr");
        world.config.crash_points.arm(point, Action::Error);
        let answer = say(&world, &[("action", "accept")]).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{point}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        is_back(&say(&world, &[("action", "accept")]).await);
        assert_eq!(desk.state(), OfferState::Accepted);
        assert_eq!(world.config.crash_points.fired(point), 1);
    }
}

/// Pages are counted as refusals like every problem document.
#[tokio::test]
async fn refusals_told_in_pages_are_counted() {
    chassis::metrics::install();
    let world = World::new().await;
    Desk::open(&world.services, "fr").put(OfferState::Over);
    world
        .services
        .answer("LeadService/ConfirmLead", |_: ConfirmLeadRequest| {
            let over = fault::plain(Kind::Refused, "OFFER_OVER", "over");
            Err::<ConfirmLeadResponse, _>(over)
        });
    say(&world, &[("action", "accept")]).await;
    say(&world, &[("action", "nonsense")]).await;
    let shown = chassis::metrics::render();
    for reason in ["OFFER_OVER", "INVALID_REQUEST"] {
        let counted = format!(r#"http_refusals_total{{route="/c/{{token}}",reason="{reason}"}}"#);
        assert!(shown.contains(&counted), "{shown}");
    }
}
