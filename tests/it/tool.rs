//! The agent's side of a tool call: the body as the platform sends it, with its two headers.

use chassis::config::Secret;
use serde_json::{Value, json};

use crate::world::World;

pub(crate) const GENEVA: &str = "+41225394512";
pub(crate) const BALI_SITE: &str = "bali-tennis";
pub(crate) const GENEVA_SITE: &str = "geneva-plumbing";

/// One tool call about a leak in Carouge.
pub(crate) fn leak(conversation: &str) -> Value {
    json!({
        "customer_name": "Claire Dubois", "phone": "+41791234567", "language": "fr",
        "service": "une fuite d'eau sous l'évier, il me faut un plombier",
        "location": "Carouge", "urgency": "emergency", "another_need": "",
        "conversation_id": conversation, "caller_id": "+41791234567",
        "called_number": GENEVA, "agent_id": "agent_x", "call_sid": call_sid(conversation),
    })
}

/// A call id for a conversation, in Twilio's shape.
pub(crate) fn call_sid(conversation: &str) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    conversation.hash(&mut hasher);
    format!("CA{:032x}", u128::from(hasher.finish()))
}

/// The token that telephony would have sent along with the call.
pub(crate) fn token(
    world: &World,
    body: &Value,
    site: &str,
    country: &str,
    seconds: i64,
) -> String {
    let claims = json!({
        "call_sid": body["call_sid"], "site_id": site, "called_number": body["called_number"],
        "country": country, "caller": body["caller_id"],
        "exp": (chassis::clock::now() + chrono::Duration::seconds(seconds)).timestamp(),
    });
    let secret = Secret::new(world.setting("CALL_TOKEN_SECRET"));
    let until = chassis::clock::now() + chrono::Duration::seconds(seconds);
    chassis::token::sign(&secret, "call", &claims, until)
}

/// Calls the tool as the platform does and gives status and answer.
pub(crate) async fn call(world: &World, body: &Value, token: &str) -> (u16, Value) {
    let url = world
        .gateway
        .join("/elevenlabs/tools/dispatch_lead")
        .expect("a path");
    let answer = chassis::http::client()
        .post(url)
        .header("X-Bord-Tool-Secret", world.setting("DISPATCH_TOOL_SECRET"))
        .header("X-Bord-Call", token)
        .json(body)
        .send()
        .await
        .expect("the gateway answers");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("the answer is JSON"))
}

/// A verified call to the Geneva site.
pub(crate) async fn dispatch(world: &World, body: &Value) -> Value {
    let token = token(world, body, GENEVA_SITE, "CH", 600);
    let (status, answer) = call(world, body, &token).await;
    assert_eq!(status, 200, "{answer}");
    answer
}
