//! Ids: derived from keys where the same thing must get the same id again, random elsewhere.

use uuid::Uuid;

/// The id of the thing that `parts` name within `namespace` (UUIDv5).
///
/// Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") are two things.
#[must_use]
pub fn derive(namespace: &str, parts: &[&str]) -> Uuid {
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("bord:{namespace}").as_bytes());
    let mut name = String::new();
    for part in parts {
        name.push_str(&part.len().to_string());
        name.push(':');
        name.push_str(part);
    }
    Uuid::new_v5(&space, name.as_bytes())
}

/// A new random id.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the piece that the ban points to"
)]
pub fn random() -> Uuid {
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_id_and_other_borders_another() {
        assert_eq!(derive("lead", &["a", "b"]), derive("lead", &["a", "b"]));
        assert_ne!(derive("lead", &["ab", "c"]), derive("lead", &["a", "bc"]));
        assert_ne!(derive("lead", &["a"]), derive("lead", &["a", ""]));
        assert_ne!(derive("lead", &["a"]), derive("delivery", &["a"]));
    }
}
