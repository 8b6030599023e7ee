//! The short reference that every text about a lead shows, such as `K7-3F9AQ`; its first two
//! characters are the code by which an answer by SMS is matched to the offer.
//!
//! The algorithm is notification-service's own; both keep the same vectors in their tests.

use uuid::Uuid;

/// Digits and letters that are not mistaken for one another when read aloud or typed.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The reference of a lead. It begins with a letter, so that "OUI K7" is never read as a time or a
/// sum.
#[must_use]
pub fn of(lead: Uuid) -> String {
    let bytes = lead.as_bytes();
    let sign = |byte: u8| char::from(ALPHABET[usize::from(byte) % 32]);
    let first = char::from(ALPHABET[8 + usize::from(bytes[14]) % 24]);
    let rest: String = bytes[9..14].iter().map(|byte| sign(*byte)).collect();
    format!("{first}{}-{rest}", sign(bytes[15]))
}

/// The code of a reference.
#[must_use]
pub fn code(reference: &str) -> &str {
    reference.get(..2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shared with notification-service: the same leads have the same references there.
    #[test]
    fn references_are_those_of_the_shared_vectors() {
        for (lead, reference) in [
            (0x1234_5678_9abc_def0_1122_3344_5566_7788, "ZA-4M6P8"),
            (0x0fed_cba9_8765_4321_8877_6655_4433_2211, "LK-R8P6M"),
        ] {
            assert_eq!(of(Uuid::from_u128(lead)), reference);
            assert_eq!(code(reference), &reference[..2]);
        }
    }
}
