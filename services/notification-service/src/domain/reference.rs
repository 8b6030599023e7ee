//! The short reference that every text about a lead shows, such as `K7-3F9AQ`, the same in all of
//! them: by its first two characters, the code, a provider's answer by SMS is matched to the offer;
//! by the whole, a person finds the lead, and a message is found again at the carrier (B7).

use uuid::Uuid;

/// Digits and letters that are not mistaken for one another when read aloud or typed.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The reference of a lead, or of what else a notice is about. It begins with a letter, so that
/// "OUI K7" is never read as a time or a sum.
#[must_use]
pub fn of(subject: Uuid) -> String {
    let bytes = subject.as_bytes();
    let sign = |byte: u8| char::from(ALPHABET[usize::from(byte) % 32]);
    let first = char::from(ALPHABET[8 + usize::from(bytes[14]) % 24]);
    let rest: String = bytes[9..14].iter().map(|byte| sign(*byte)).collect();
    format!("{first}{}-{rest}", sign(bytes[15]))
}

/// Whether a text has the form of a reference.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.len() == 8
        && text.bytes().enumerate().all(|(at, byte)| match at {
            2 => byte == b'-',
            _ => ALPHABET.contains(&byte),
        })
}

/// Whether `text` shows `reference` as a word of its own.
#[must_use]
pub fn is_shown(text: &str, reference: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .any(|word| word == reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_stable_short_and_found_in_a_text() {
        let lead = Uuid::from_u128(0x1234_5678_9abc_def0_1122_3344_5566_7788);
        let other = Uuid::from_u128(0x0fed_cba9_8765_4321_8877_6655_4433_2211);
        let reference = of(lead);
        assert_eq!(reference, of(lead));
        assert_eq!(reference.len(), 8);
        assert_eq!(reference.as_bytes()[2], b'-');
        assert!(is_shown(&format!("Réf. {reference}."), &reference));
        assert!(!is_shown(&format!("Réf. {reference}X"), &reference));
        assert_ne!(reference, of(other));
        assert!(is_one(&reference) && !is_one("K7-3F9A") && !is_one("k7-3f9aq"));
    }

    /// Shared with lead-service, which derives the same and sends it along: change both or none.
    #[test]
    fn references_are_those_of_the_shared_vectors() {
        for (lead, expected) in [
            ("00000000-0000-0000-0000-000000000000", "A2-22222"),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", "RZ-ZZZZZ"),
            ("5f0c3f2e-5b1a-5c9d-8e7f-0a1b2c3d4e5f", "GZ-ZCVEX"),
        ] {
            assert_eq!(of(lead.parse().unwrap()), expected, "{lead}");
        }
    }
}
