//! ElevenLabs' webhooks: the agent's tool call, and the conversation after the call.

pub mod post_call;
pub mod say;
pub mod signature;
pub mod tool_call;
