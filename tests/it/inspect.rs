//! bord looked into with the tools that everybody has: grpcurl by reflection v1alpha, `buf curl` by
//! reflection v1. Neither is given a contract; both tell what a refusal is about.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use test_support::TestDb;
use test_support::tools;
use url::Url;

use crate::world::World;

/// What the tools do at one service.
struct Case {
    service: &'static str,
    /// Its own gRPC services, without the platform's.
    serves: &'static [&'static str],
    /// One message, and a field of it as `describe` shows it.
    message: (&'static str, &'static str),
    /// A method and a request that it takes.
    good: (&'static str, &'static str),
    /// A method, a request that it refuses, the field at fault, and the rule with its remedy.
    bad: (&'static str, &'static str, &'static str, &'static str),
}

const CASES: [Case; 5] = [
    Case {
        service: "telephony-gateway",
        serves: &[
            "bord.telephony.v1.CallService",
            "bord.telephony.v1.CatalogService",
            "bord.telephony.v1.ConversationService",
        ],
        message: (
            "bord.telephony.v1.AnswerCallRequest",
            "string call_sid = 1;",
        ),
        good: (
            "bord.telephony.v1.CatalogService/ListSites",
            r#"{"page_size":5}"#,
        ),
        bad: (
            "bord.telephony.v1.CatalogService/PutSite",
            "{}",
            "site",
            "is required",
        ),
    },
    Case {
        service: "lead-service",
        serves: &["bord.lead.v1.LeadService", "bord.lead.v1.LedgerService"],
        message: ("bord.lead.v1.GetLeadRequest", "string lead_id = 1;"),
        good: ("bord.lead.v1.LeadService/ListLeads", r#"{"page_size":5}"#),
        bad: (
            "bord.lead.v1.LeadService/RaiseAlarm",
            r#"{"kind":"in small letters","text":"x"}"#,
            "kind",
            "must be upper snake case of at most 64 characters",
        ),
    },
    Case {
        service: "roster-service",
        serves: &["bord.roster.v1.RosterService"],
        message: ("bord.roster.v1.AssignProviderRequest", "int32 attempt = 2;"),
        good: (
            "bord.roster.v1.RosterService/ListProviders",
            r#"{"page_size":5}"#,
        ),
        bad: (
            "bord.roster.v1.RosterService/ListProviders",
            r#"{"page_size":-1}"#,
            "page_size",
            "is negative; give 1 to 200, or 0 for 50",
        ),
    },
    Case {
        service: "notification-service",
        serves: &["bord.notification.v1.NotificationService"],
        message: (
            "bord.notification.v1.GetMessageRequest",
            "string message_key = 1;",
        ),
        good: (
            "bord.notification.v1.NotificationService/ListDeliveries",
            r#"{"page_size":5}"#,
        ),
        bad: (
            "bord.notification.v1.NotificationService/FindAtCarrier",
            "{}",
            "reference",
            "is required, of the form K7-3F9AQ",
        ),
    },
    Case {
        service: "quality-service",
        serves: &["bord.quality.v1.QualityService"],
        message: ("bord.quality.v1.ResolveFlagRequest", "string resolution ="),
        good: (
            "bord.quality.v1.QualityService/ListFlags",
            r#"{"page_size":5}"#,
        ),
        bad: (
            "bord.quality.v1.QualityService/ResolveFlag",
            r#"{"actor":"operator:ana"}"#,
            "resolution",
            "says what was done, in at most 1000 bytes",
        ),
    },
];

const PLATFORM: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// Every case with the address of its service.
fn cases(world: &World) -> Vec<(&'static Case, Url)> {
    let addresses = world.addresses.by_name();
    let at = |name| addresses.iter().find(|(known, _)| *known == name);
    let cases = CASES.iter();
    cases
        .map(|case| (case, at(case.service).expect("a service").1.clone()))
        .collect()
}

impl Case {
    /// Its own services and the platform's: what is listed is what is served, and nothing else.
    fn listed(&self) -> Vec<&str> {
        let mut names = [self.serves, &PLATFORM].concat();
        names.sort_unstable();
        names
    }

    fn assert_told(&self, said: &str, parts: &[&str]) {
        let (_, _, field, rule) = self.bad;
        for part in [&["INVALID_REQUEST", "bord", field, rule], parts].concat() {
            assert!(said.contains(part), "{}: {part} in {said}", self.service);
        }
    }
}

/// What a tool said, and after it the details that it left in base64.
pub(crate) fn with_details(said: String) -> String {
    let values = said.split(r#"value":"#).skip(1);
    let values: Vec<String> = values
        .filter_map(|rest| rest.split('"').nth(1))
        .filter_map(|value| STANDARD_NO_PAD.decode(value.trim_end_matches('=')).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    [&[said], &values[..]].concat().join("\n")
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

async fn grpcurl(arguments: &[&str]) -> tools::Ran {
    // Its own limit too: the package's `grpcurl` is a script that starts the real one.
    let limited = [&["-plaintext", "-max-time", "20"], arguments].concat();
    tools::run("grpcurl", &limited).await
}

async fn buf_curl(arguments: &[&str]) -> tools::Ran {
    let by_v1 = ["curl", "--protocol", "grpc", "--http2-prior-knowledge"];
    let by_v1 = [&by_v1[..], &["--reflect-protocol", "grpc-v1"], arguments].concat();
    tools::run("buf", &by_v1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grpcurl_lists_describes_and_calls_every_service() {
    let db = TestDb::sqlite().await;
    let world = World::bare(&db).await;
    for (case, url) in cases(&world) {
        let at = url.authority();
        let listed = grpcurl(&[at, "list"]).await.good();
        assert_eq!(lines(&listed), case.listed(), "{}", case.service);
        for service in case.serves {
            let told = grpcurl(&[at, "describe", service]).await.good();
            assert!(
                told.contains("is a service:") && told.contains("  rpc "),
                "{told}"
            );
            assert!(told.contains("// "), "comments come with it: {told}");
            let asked = format!(r#"{{"service":"{service}"}}"#);
            let health = ["-d", &asked, at, "grpc.health.v1.Health/Check"];
            let health = grpcurl(&health).await.good();
            assert!(health.contains(r#""status": "SERVING""#), "{health}");
        }
        let (message, field) = case.message;
        let told = grpcurl(&[at, "describe", message]).await.good();
        assert!(
            told.contains("is a message:") && told.contains(field),
            "{told}"
        );
        let (method, data) = case.good;
        let answer = grpcurl(&["-d", data, at, method]).await.good();
        serde_json::from_str::<serde_json::Value>(&answer).expect("JSON");
        let (method, data, ..) = case.bad;
        let said = grpcurl(&["-d", data, at, method]).await.refused();
        // In full, without a word of base64.
        let reason = r#""domain":"bord","reason":"INVALID_REQUEST""#;
        case.assert_told(
            &said,
            &["Code: InvalidArgument", reason, r#""fieldViolations":[{"#],
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buf_curl_lists_and_calls_every_service_by_the_current_reflection() {
    let db = TestDb::sqlite().await;
    let world = World::bare(&db).await;
    for (case, url) in cases(&world) {
        let at = url.as_str().trim_end_matches('/');
        let listed = buf_curl(&["--list-services", at]).await.good();
        assert_eq!(lines(&listed), case.listed(), "{}", case.service);
        let methods = buf_curl(&["--list-methods", at]).await.good();
        let (good, data) = case.good;
        let (bad, wrong, ..) = case.bad;
        for method in [good, bad, "grpc.health.v1.Health/Check"] {
            assert!(lines(&methods).contains(&method), "{method} in {methods}");
        }
        let health = format!("{at}/grpc.health.v1.Health/Check");
        let health = buf_curl(&[&health]).await.good();
        assert!(health.contains(r#""status": "SERVING""#), "{health}");
        let answer = buf_curl(&["-d", data, &format!("{at}/{good}")]).await;
        serde_json::from_str::<serde_json::Value>(&answer.good()).expect("JSON");
        let said = buf_curl(&["-d", wrong, &format!("{at}/{bad}")])
            .await
            .refused();
        let (_, _, field, _) = case.bad;
        let message = "the request has invalid fields: ";
        assert!(said.contains(message) && said.contains(field), "{said}");
        // It looks up no details and shows them in base64.
        case.assert_told(&with_details(said), &[r#""code": "invalid_argument""#]);
    }
}
