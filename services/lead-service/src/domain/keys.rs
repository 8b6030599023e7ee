//! A lead's key (I2): by it the same need meets the same lead, however often it is told.
//!
//! Ids derive from keys, so that what is rebuilt after a loss meets what is already there.

use chassis::ids;
use uuid::Uuid;

use super::need::Need;

/// The conversation as far as it can be named: its id, or the call, or the words alone.
#[must_use]
pub fn conversation(conversation_id: &str, call_sid: &str, need: &Need) -> String {
    if !conversation_id.is_empty() {
        format!("conversation:{conversation_id}")
    } else if !call_sid.is_empty() {
        call(call_sid)
    } else {
        format!("words:{}", arguments(need))
    }
}

/// The key of what belongs to a call and no conversation: a voicemail (B12).
#[must_use]
pub fn call(call_sid: &str) -> String {
    format!("call:{call_sid}")
}

/// Longest place in a key; the words of an unknown place may be longer than an index takes.
const LONGEST_PLACE: usize = 120;

/// The key of another need within its conversation (D12).
#[must_use]
pub fn another(category: &str, place: &str) -> String {
    if place.len() > LONGEST_PLACE {
        return format!("{category}|{}", ids::derive("place", &[place]));
    }
    format!("{category}|{place}")
}

/// The first need's id comes from the conversation alone, another need's from its key as well.
#[must_use]
pub fn lead(conversation_key: &str, need_key: Option<&str>) -> Uuid {
    match need_key {
        None => ids::derive("lead", &[conversation_key]),
        Some(need_key) => ids::derive("lead", &[conversation_key, need_key]),
    }
}

/// Names the question: the same arguments are the same question (I3).
#[must_use]
pub fn arguments(need: &Need) -> Uuid {
    ids::derive("arguments", &need.parts())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_needs_key_is_the_conversation_alone_i2() {
        let plumber = Need {
            service: "plombier".to_owned(),
            ..Need::default()
        };
        let leak = Need {
            service: "fuite".to_owned(),
            ..Need::default()
        };
        let key = |need| conversation("conv_1", "CA1", need);
        assert_eq!(lead(&key(&plumber), None), lead(&key(&leak), None));
        assert_ne!(arguments(&plumber), arguments(&leak));
        let second = another("dental", "geneva");
        assert_ne!(
            lead(&key(&plumber), None),
            lead(&key(&plumber), Some(&second))
        );
        assert_eq!(conversation("", "CA1", &plumber), call("CA1"));
    }
}
