//! The database is away: nothing is acknowledged, and what was acknowledged is there afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chassis::run;
use contracts::lead::v1 as wire;
use sqlx::Connection as _;
use test_support::{TestDb, eventually};
use tokio::net::{TcpListener, TcpStream};
use tonic::Code;

use crate::calls::tool_call;
use crate::harness::{World, settings};

/// A wire to the database that can be cut.
async fn cable(to: String) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let cut = Arc::new(AtomicBool::new(false));
    let held = Arc::clone(&cut);
    run::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (to, held) = (to.clone(), Arc::clone(&held));
            if held.load(Ordering::SeqCst) {
                continue;
            }
            run::spawn(async move {
                let Ok(mut far) = TcpStream::connect(to).await else {
                    return;
                };
                let severed = async {
                    while !held.load(Ordering::SeqCst) {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                };
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    () = severed => {}
                }
            });
        }
    });
    (address, cut)
}

/// Asks until the service takes calls again.
async fn heals(world: &mut World, n: u32) -> wire::DispatchLeadResponse {
    let client = world.client.clone();
    eventually(Duration::from_secs(15), async || {
        let mut client = client.clone();
        client
            .dispatch_lead(tool_call(n))
            .await
            .ok()
            .map(tonic::Response::into_inner)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_postgres_nothing_is_acknowledged_and_nothing_lost() {
    let db = TestDb::postgres().await;
    let mut url: url::Url = db.role_url("lead").await.parse().unwrap();
    let to = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let (address, cut) = cable(to).await;
    let (host, port) = address.split_once(':').unwrap();
    url.set_host(Some(host)).unwrap();
    url.set_port(Some(port.parse().unwrap())).unwrap();
    // Cut while it asks for TLS, the driver calls the silence a breach of protocol, not an outage.
    url.query_pairs_mut().append_pair("sslmode", "disable");
    let mut world = World::start_at(db, url.to_string(), settings()).await;
    let kept = world.dispatch(tool_call(1)).await;
    cut.store(true, Ordering::SeqCst);
    let refused = world.client.dispatch_lead(tool_call(2)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    cut.store(false, Ordering::SeqCst);
    let answer = heals(&mut world, 2).await;
    assert!(answer.ok);
    assert_eq!(world.dispatch(tool_call(1)).await, kept);
    assert_eq!(world.leads().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_sqlite_file_acknowledges_nothing() {
    let db = TestDb::sqlite().await;
    let folder = db.url("lead").trim_start_matches("sqlite:").to_owned();
    let mut world = World::start(db).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(format!("{folder}/lead.db"));
    let mut other = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let refused = world.client.dispatch_lead(tool_call(1)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(heals(&mut world, 1).await.ok);
    assert_eq!(world.leads().await.len(), 1);
}
