//! The document describes exactly what is served.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use gateway::routes::{self, OPENAPI, PUBLIC};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::world::World;

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

#[tokio::test]
async fn its_paths_are_the_routers() {
    let document = document();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods
                .map(|method| (method.to_uppercase(), path.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    let listed: BTreeSet<(String, String)> = PUBLIC
        .iter()
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(described, listed);
    // And each of them is served: neither 404 for want of a route nor 405.
    let world = World::new().await;
    for (method, path) in PUBLIC {
        let path = path.replace("{token}", "x").replace("{site}", "x");
        let request = Request::builder()
            .method(*method)
            .uri(path.as_str())
            .body(Body::empty())
            .unwrap();
        let answer = world.send(request).await;
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        if path.starts_with("/c/") {
            // People open it, so its refusals are pages.
            assert!(
                answer.header("content-type").starts_with("text/html"),
                "{path}"
            );
        } else if answer.status == StatusCode::NOT_FOUND {
            assert_eq!(answer.reason(), "LINK_INVALID", "{path}");
        }
    }
}

#[test]
fn every_reference_in_it_leads_somewhere() {
    fn walk(value: &Value, root: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(root.pointer(pointer).is_some(), "{target}");
                }
                members.values().for_each(|member| walk(member, root));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, root)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
    assert_eq!(document["openapi"], "3.1.0");
}

#[tokio::test]
async fn the_metrics_port_shows_it_beside_the_numbers() {
    let answer = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        routes::publish_document();
        let response = chassis::metrics::routes().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, body.collect().await.unwrap().to_bytes())
    };
    let (status, body) = answer("/openapi.json").await;
    assert_eq!(
        (status, body.as_ref()),
        (StatusCode::OK, OPENAPI.as_bytes())
    );
    for path in ["/healthz", "/metrics"] {
        assert_eq!(answer(path).await.0, StatusCode::OK);
    }
}
