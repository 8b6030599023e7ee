//! Whatever bytes arrive: no panic, no 5xx, and a problem document where they are refused.

use axum::body::Body;
use axum::http::Request;
use gateway::offer::ROUTE;
use gateway::routes::PUBLIC;
use gateway::twilio::form::Form;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::world::{Answer, TOOL_SECRET, World, post, tool_request};

fn is_calm(answer: &Answer) {
    assert!(!answer.status.is_server_error(), "{answer:?}");
    if answer.status.is_client_error() {
        answer.reason();
    }
}

/// Bytes of any kind, and bytes that look like what a route takes.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..400),
        "[A-Za-z]{0,12}(=[%a-f0-9+&=é]{0,20}&?){0,12}".prop_map(String::into_bytes),
        r#"\{("(type|data|signature|event-data|phone|call_sid|parameters)":(\{\}|\[\]|null|1|"x"),?){0,5}\}?"#
            .prop_map(String::into_bytes),
    ]
}

fn for_each_body(check: &impl AsyncFn(&World, Vec<u8>)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(World::new());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(64));
    runner
        .run(&bodies(), |body| {
            runtime.block_on(check(&world, body));
            Ok(())
        })
        .unwrap();
}

#[test]
fn unsigned_bytes_get_a_problem_at_every_route_and_reach_nobody() {
    for_each_body(&async |world, body| {
        // The page of an offer refuses as a page: see `offer`.
        let machines = PUBLIC.iter().filter(|(_, path)| *path != ROUTE);
        for (method, path) in machines {
            let path = path.replace("{token}", "abc.def").replace("{site}", "abc");
            let request = Request::builder()
                .method(*method)
                .uri(path)
                .header("content-type", "application/json")
                .header(
                    "elevenlabs-signature",
                    String::from_utf8_lossy(&body).escape_default().to_string(),
                )
                .header("x-twilio-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
                .body(Body::from(body.clone()))
                .unwrap();
            is_calm(&world.send(request).await);
        }
        assert!(world.services.methods().is_empty());
    });
}

#[test]
fn signed_bytes_are_understood_or_refused_at_every_route() {
    for_each_body(&async |world, body| {
        for (_, path) in PUBLIC
            .iter()
            .filter(|(_, path)| path.starts_with("/twilio"))
        {
            is_calm(&world.twilio(path, &body).await);
        }
        is_calm(&world.post_call(body.clone()).await);
        let answer = world
            .send(tool_request(TOOL_SECRET, Body::from(body.clone())))
            .await;
        assert_eq!(answer.status, 200);
        assert!(answer.json()["say"].is_string());
        is_calm(
            &world
                .send(post(
                    "/mailgun/events",
                    "application/json",
                    Body::from(body),
                ))
                .await,
        );
    });
}

proptest! {
    /// Ours differs from the URL standard's only in keeping bytes that are not UTF-8.
    #[test]
    fn a_form_is_decoded_as_the_standard_says(body in vec(any::<u8>(), 0..300)) {
        let ours = Form::decode(&body).unwrap();
        let mut theirs: Vec<(String, String)> =
            form_urlencoded::parse(&body).into_owned().collect();
        theirs.sort();
        theirs.dedup();
        let ours: Vec<(String, String)> = ours
            .signed_pairs()
            .iter()
            .map(|(name, value)| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                (text(name), text(value))
            })
            .collect();
        // Lossy text may merge pairs that differ in bytes, so both are compared as sets.
        let set = |pairs: Vec<(String, String)>| {
            pairs.into_iter().collect::<std::collections::BTreeSet<_>>()
        };
        prop_assert_eq!(set(ours), set(theirs));
    }

    #[test]
    fn what_was_encoded_is_decoded(pairs in vec((".{1,12}", ".{0,20}"), 0..20)) {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &pairs {
            body.append_pair(name, value);
        }
        let form = Form::decode(body.finish().as_bytes()).unwrap();
        for (name, value) in &pairs {
            let signed = form.signed_pairs();
            prop_assert!(signed.contains(&(name.as_bytes(), value.as_bytes())));
        }
    }
}
