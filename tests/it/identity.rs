//! Identity on the running product: what a certificate opens, and what it does not (least privilege
//! between services). That every flow finds its way through the table is shown by all other tests on
//! PostgreSQL, which go by mutual TLS.

use chassis::client::{self, Channel};
use chassis::fault;
use contracts::lead::v1::ListLeadsRequest;
use contracts::lead::v1::lead_service_client::LeadServiceClient;
use contracts::notification::v1::GetMessageRequest;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use contracts::telephony::v1::ReleaseAgentPromptRequest;
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;
use test_support::TestDb;
use tonic::{Code, Status};
use url::Url;

use crate::passes::OPERATOR;
use crate::world::World;

/// A channel to `url` as the program `name`.
async fn channel(world: &World, name: &str, url: &Url) -> Channel {
    let making = async { client::channel(url).expect("an address") };
    world.passes.run(name, making).await
}

fn reason(refused: &Status) -> String {
    fault::reason(refused).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_reads_and_moves_nothing_that_is_not_its_own() {
    let db = TestDb::postgres().await;
    let world = World::bare(&db).await;
    for (name, allowed) in [
        (OPERATOR, true),
        ("quality-service", true),
        ("gateway", false),
        ("roster-service", false),
        ("notification-service", false),
        ("telephony-gateway", false),
    ] {
        let leads = channel(&world, name, &world.addresses.lead).await;
        let listed = LeadServiceClient::new(leads)
            .list_leads(ListLeadsRequest::default())
            .await;
        match listed {
            Ok(_) => assert!(allowed, "{name} reads leads"),
            Err(refused) => {
                assert!(!allowed, "{name}: {refused}");
                assert_eq!(refused.code(), Code::PermissionDenied, "{name}");
                assert_eq!(reason(&refused), "PEER_NOT_ALLOWED", "{name}");
            }
        }
    }
    // No way around the gate by a neighbour's certificate (R63).
    let telephony = channel(&world, "gateway", &world.addresses.telephony).await;
    let released = CatalogServiceClient::new(telephony)
        .release_agent_prompt(ReleaseAgentPromptRequest::default())
        .await;
    assert_eq!(reason(&released.expect_err("refused")), "PEER_NOT_ALLOWED");
    // Messages hold addresses and words of people: nobody but a person reads one.
    let notification = channel(&world, "lead-service", &world.addresses.notification).await;
    let read = NotificationServiceClient::new(notification)
        .get_message(GetMessageRequest::default())
        .await;
    assert_eq!(reason(&read.expect_err("refused")), "PEER_NOT_ALLOWED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_speaks_plain_text_is_not_heard() {
    let db = TestDb::postgres().await;
    let world = World::bare(&db).await;
    for (name, url) in world.addresses.by_name() {
        assert_eq!(url.scheme(), "https", "{name}");
        let plain = url.as_str().replacen("https:", "http:", 1);
        let plain = client::channel(plain).expect("loopback may be plain");
        let listed = LeadServiceClient::new(plain)
            .list_leads(ListLeadsRequest::default())
            .await;
        let refused = listed.expect_err("nothing is said in plain text");
        assert_eq!(refused.code(), Code::Unavailable, "{name}: {refused}");
    }
}
