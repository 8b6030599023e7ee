//! The route by which a cron service starts a scan (R55), against a played quality-service.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chassis::fault::{self, Kind};
use contracts::quality::v1 as quality;
use gateway::scan::ROUTE;

use crate::world::{Answer, CRON_SECRET, World};

const METHOD: &str = "QualityService/RunScan";

fn scan(created: bool, state: quality::ScanState) -> quality::RunScanResponse {
    quality::RunScanResponse {
        scan: Some(quality::Scan {
            scan_id: "0d15ea5e-0000-5000-8000-000000000001".to_owned(),
            slot_time: Some(prost_types::Timestamp {
                seconds: 1_795_253_400,
                nanos: 0,
            }),
            state: state.into(),
            ..Default::default()
        }),
        created,
    }
}

async fn ask(world: &World, method: &str, authorization: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(ROUTE);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_scan_that_begins_is_202_and_one_that_runs_or_ran_is_200_r55() {
    let world = World::new().await;
    let bearer = format!("Bearer {CRON_SECRET}");
    for (method, created, state, status, told) in [
        (
            "POST",
            true,
            quality::ScanState::Running,
            StatusCode::ACCEPTED,
            "running",
        ),
        (
            "GET",
            true,
            quality::ScanState::Running,
            StatusCode::ACCEPTED,
            "running",
        ),
        (
            "GET",
            false,
            quality::ScanState::Running,
            StatusCode::OK,
            "running",
        ),
        (
            "POST",
            false,
            quality::ScanState::Good,
            StatusCode::OK,
            "good",
        ),
    ] {
        let answer = move |_: quality::RunScanRequest| Ok(scan(created, state));
        world.services.answer(METHOD, answer);
        let answer = ask(&world, method, Some(&bearer)).await;
        assert_eq!(answer.status, status, "{method} {state:?}");
        let expected = serde_json::json!({
            "scan_id": "0d15ea5e-0000-5000-8000-000000000001",
            "slot_time": "2026-11-21T09:30:00Z", "state": told,
        });
        assert_eq!(answer.json(), expected);
    }
    let asked: Vec<quality::RunScanRequest> = world.services.asked(METHOD);
    assert_eq!(asked.len(), 4);
    assert!(
        asked
            .iter()
            .all(|request| request.asked_by == "route" && request.since_time.is_none())
    );
}

#[tokio::test]
async fn without_the_secret_nothing_is_scanned() {
    let world = World::new().await;
    let answer = |_: quality::RunScanRequest| Ok(scan(true, quality::ScanState::Running));
    world.services.answer(METHOD, answer);
    let wrong = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer wrong".to_owned()),
        Some(CRON_SECRET.to_owned()),
        Some(format!("Basic {CRON_SECRET}")),
        Some(format!("Bearer {CRON_SECRET}x")),
    ];
    for authorization in wrong {
        let answer = ask(&world, "POST", authorization.as_deref()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization:?}");
        assert_eq!(answer.reason(), "CRON_SECRET_WRONG");
    }
    let twice = Request::get(ROUTE)
        .header("authorization", format!("Bearer {CRON_SECRET}"))
        .header("authorization", format!("Bearer {CRON_SECRET}"));
    let answer = world.send(twice.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.reason(), "CRON_SECRET_WRONG");
    assert!(world.services.methods().is_empty());
    // The old value is good as long as it is listed.
    let old = format!("bearer old-{CRON_SECRET}");
    assert_eq!(
        ask(&world, "GET", Some(&old)).await.status,
        StatusCode::ACCEPTED
    );
    let answer = ask(&world, "PUT", Some(&old)).await;
    assert_eq!(answer.reason(), "METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), "GET, POST");
}

#[tokio::test]
async fn a_quality_service_that_is_away_is_503_and_may_be_asked_again() {
    let world = World::new().await;
    world.services.answer(METHOD, |_: quality::RunScanRequest| {
        let away = fault::plain(Kind::Unavailable, "STORE_UNAVAILABLE", "away");
        Err::<quality::RunScanResponse, _>(away)
    });
    let answer = ask(&world, "POST", Some(&format!("Bearer {CRON_SECRET}"))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.reason(), "UNAVAILABLE");
    assert!(!answer.header("retry-after").is_empty());
}
