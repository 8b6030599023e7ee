//! Five services times three replicas start at once on one empty PostgreSQL database, each service
//! in a schema and under a role of its own.

use std::time::Duration;

use bord::stack;
use chassis::config::Env;
use chassis::run::Life;
use chassis::server::Bound;
use test_support::TestDb;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};

const SERVICES: [(&str, &str, &str); 5] = [
    ("telephony-gateway", "telephony", "TELEPHONY_DATABASE_URL"),
    ("lead-service", "lead", "LEAD_DATABASE_URL"),
    ("roster-service", "roster", "ROSTER_DATABASE_URL"),
    (
        "notification-service",
        "notification",
        "NOTIFICATION_DATABASE_URL",
    ),
    ("quality-service", "quality", "QUALITY_DATABASE_URL"),
];

#[tokio::test(flavor = "multi_thread")]
async fn fifteen_replicas_start_at_once_on_an_empty_database() {
    chassis::telemetry::install_crypto();
    let db = TestDb::postgres().await;
    let mut env = bord::settings::made_up(&Env::default(), "sqlite:unused", "http://127.0.0.1:1");
    bord::settings::point_at_twin(&mut env, "http://127.0.0.1:1");
    for (_, schema, name) in SERVICES {
        env.set(name, db.role_url(schema).await);
    }
    let mut replicas = Vec::new();
    for (service, _, _) in SERVICES {
        for _ in 0..3 {
            let bound = Bound::local().await.expect("a free port");
            let (url, life) = (bound.url(), Life::for_test());
            stack::start_one(&env, service, bound, &life).expect("settings are complete");
            replicas.push((service, url, life));
        }
    }
    for (service, url, _) in &replicas {
        let mut client = HealthClient::new(chassis::client::channel(url).expect("an address"));
        test_support::eventually(Duration::from_secs(60), async || {
            let asked = client
                .check(HealthCheckRequest {
                    service: String::new(),
                })
                .await
                .ok()?;
            (asked.into_inner().status() == ServingStatus::Serving).then_some(service)
        })
        .await;
    }
    for (service, _, life) in &replicas {
        assert!(!life.is_stopping(), "a replica of {service} failed");
        life.stop();
    }
    for (_, schema, _) in SERVICES {
        assert!(
            db.tables(schema).await > 3,
            "{schema} has tables of its own"
        );
    }
    assert_eq!(
        db.tables("public").await,
        0,
        "nothing stands where all may look"
    );
}
