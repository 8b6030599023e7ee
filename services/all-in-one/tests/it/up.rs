//! `bord up`: every service is described by reflection and serves, a refusal shows its reasons, and
//! the commands of the README work against it.

use contracts::roster::v1 as roster;
use contracts::roster::v1::roster_service_client::RosterServiceClient;
use futures::StreamExt as _;
use serde_json::Value;
use tonic::transport::Endpoint;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};
use tonic_types::StatusExt as _;

use crate::running::Up;

const SERVICES: [(u16, &[&str]); 5] = [
    (
        50051,
        &[
            "bord.telephony.v1.CallService",
            "bord.telephony.v1.CatalogService",
            "bord.telephony.v1.ConversationService",
        ],
    ),
    (
        50052,
        &["bord.lead.v1.LeadService", "bord.lead.v1.LedgerService"],
    ),
    (50053, &["bord.roster.v1.RosterService"]),
    (50054, &["bord.notification.v1.NotificationService"]),
    (50055, &["bord.quality.v1.QualityService"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_up_on_the_fixed_ports_as_the_readme_tells() {
    let up = Up::start();
    for (port, services) in SERVICES {
        let endpoint = Endpoint::from_shared(up.url(port)).unwrap();
        let channel = endpoint.connect().await.unwrap();
        let listed = listed(channel.clone()).await;
        for service in services {
            assert!(
                listed.iter().any(|name| name == service),
                "{service} of {listed:?}"
            );
            let described = reflect(
                channel.clone(),
                MessageRequest::FileContainingSymbol((*service).to_owned()),
            );
            assert!(
                matches!(described.await, MessageResponse::FileDescriptorResponse(files) if !files.file_descriptor_proto.is_empty()),
                "{service} is described"
            );
            assert_eq!(
                health(channel.clone(), service).await,
                ServingStatus::Serving
            );
        }
        assert_eq!(health(channel, "").await, ServingStatus::Serving);
    }
    refusals_show_their_reasons(&up).await;
    commands(&up);
    scans_are_asked_for_by_the_route(&up);
    numbers_ring_here_and_stand_on_their_pages(&up);
    let taken = up.second();
    let told = String::from_utf8_lossy(&taken.stderr).into_owned();
    assert_eq!(taken.status.code(), Some(1));
    assert!(
        told.contains("cannot be had") && told.contains("--host"),
        "{told}"
    );
    let (code, took) = up.terminate();
    assert_eq!(code, Some(0), "it drains and leaves");
    assert!(took.as_secs() < 25, "within the drain limit: {took:?}");
}

async fn refusals_show_their_reasons(up: &Up) {
    let mut client = RosterServiceClient::connect(up.url(50053)).await.unwrap();
    let refused = client
        .put_provider(roster::PutProviderRequest {
            provider: Some(roster::Provider::default()),
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{refused}");
    let details = refused.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(info.domain, "bord");
    assert!(
        info.reason
            .chars()
            .all(|c| c.is_ascii_uppercase() || c == '_'),
        "{}",
        info.reason
    );
    let violations = &details.bad_request().unwrap().field_violations;
    assert!(violations.len() > 3, "all at once: {violations:?}");
    assert!(
        violations
            .iter()
            .all(|one| !one.field.is_empty() && one.description.len() > 10)
    );
}

fn commands(up: &Up) {
    let outcome: Value =
        serde_json::from_str(&up.told(&["call", "plombiersgeneve.ch", "--json"])).unwrap();
    let lead_id = outcome["tool_calls"][0]["response"]
        .as_str()
        .and_then(|text| serde_json::from_str::<Value>(text).ok())
        .and_then(|reply| reply["lead_id"].as_str().map(ToOwned::to_owned))
        .unwrap_or_else(|| panic!("the call made no lead: {outcome:#}"));
    let table = up.told(&["leads"]);
    assert!(
        table.contains(&lead_id) && table.contains("plumbing"),
        "{table}"
    );
    let leads: Value = serde_json::from_str(&up.told(&["leads", "--json"])).unwrap();
    assert_eq!(leads.as_array().map(Vec::len), Some(1));
    let shown = up.told(&["lead", &lead_id]);
    for part in [&lead_id, "plomberie-du-rhone", "WhatsApp", "Z  notified"] {
        assert!(shown.contains(part), "« {part} » is missing in:\n{shown}");
    }
    let unknown = up.bord(&["lead", "11111111-1111-4111-8111-111111111111"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(!unknown.stderr.is_empty());
    up.told(&["catalog", "check", "k8s/catalog"]);
    let dry = up.told(&["catalog", "apply", "k8s/catalog", "--dry-run"]);
    assert!(
        dry.contains("unchanged"),
        "what was applied is there: {dry}"
    );
    let two = up.told(&[
        "call",
        "plombiersgeneve.ch",
        "--scenario",
        "two-needs",
        "--json",
    ]);
    let two: Value = serde_json::from_str(&two).unwrap();
    assert_eq!(
        two["tool_calls"].as_array().map(Vec::len),
        Some(2),
        "{two:#}"
    );
    let leads: Value = serde_json::from_str(&up.told(&["leads", "--json"])).unwrap();
    assert_eq!(
        leads.as_array().map(Vec::len),
        Some(3),
        "two needs are two leads"
    );
    let released = up.told(&["release", "bord-geneva-plumbing"]);
    assert!(released.contains("bord-geneva-plumbing"), "{released}");
    let unknown = up.bord(&["release", "nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
    let broken = up.bord(&["call", "nobody.example"]);
    assert_eq!(broken.status.code(), Some(1));
}

/// As the CronJob does: the slot of now runs once, whoever asks, and a wrong secret starts nothing.
fn scans_are_asked_for_by_the_route(up: &Up) {
    let first = up.json(&["scan", "--over-http", "--json"]);
    let again = up.told(&["scan", "--over-http"]);
    let scan = first["scan_id"].as_str().unwrap();
    // A slot may end between the two.
    let named = again.contains(scan) && again.contains("known");
    assert!(named || again.contains("started"), "{first}: {again}");
    let listed = up.told(&["scan", "--list", "--json"]);
    assert!(listed.contains(scan), "{listed}");
    assert!(
        up.bord_with("cron-of-tests-old", &["scan", "--over-http"])
            .status
            .success()
    );
    for (secret, remedy) in [("wrong", "401"), ("", "CRON_SECRET")] {
        let output = up.bord_with(secret, &["scan", "--over-http"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            told.contains(remedy) && told.contains("CRON_SECRET"),
            "{told}"
        );
        assert!(!told.contains("cron-of-tests"), "{told}");
    }
}

fn numbers_ring_here_and_stand_on_their_pages(up: &Up) {
    let all = up.told(&["provision", "--all"]);
    assert_eq!(all.matches("rings here").count(), 9, "{all}");
    assert!(
        !all.contains("bought"),
        "each was bought when it started: {all}"
    );
    assert!(all.contains("9 pages at the vendor twin"), "{all}");
    let one = up.told(&["provision", "geneva-plumbing"]);
    assert!(
        one.contains("+41225394512") && one.matches("rings").count() == 1,
        "{one}"
    );
    let unknown = up.refused(&["provision", "nowhere"]);
    assert!(unknown.contains("bord catalog apply"), "{unknown}");
}

async fn listed(channel: tonic::transport::Channel) -> Vec<String> {
    match reflect(channel, MessageRequest::ListServices(String::new())).await {
        MessageResponse::ListServicesResponse(list) => list
            .service
            .into_iter()
            .map(|service| service.name)
            .collect(),
        other => panic!("{other:?}"),
    }
}

async fn reflect(channel: tonic::transport::Channel, ask: MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(ask),
    };
    let mut client = ServerReflectionClient::new(channel);
    let asked = futures::stream::once(std::future::ready(request));
    let mut answers = client
        .server_reflection_info(asked)
        .await
        .unwrap()
        .into_inner();
    let answer: ServerReflectionResponse = answers.next().await.unwrap().unwrap();
    answer.message_response.unwrap()
}

async fn health(channel: tonic::transport::Channel, service: &str) -> ServingStatus {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    HealthClient::new(channel)
        .check(request)
        .await
        .unwrap()
        .into_inner()
        .status()
}
