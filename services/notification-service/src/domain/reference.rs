//! The short reference that every text shows, such as `K7-3F9AQ`: by its first two characters, the
//! code, a provider's answer by SMS is matched to the offer; by the whole, a message is found again
//! at the carrier (B7). Both derive from ids, so that a repeat shows the same.

use uuid::Uuid;

/// Digits and letters that are not mistaken for one another when read aloud or typed.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The two-character code of an offer: the same in all texts of one lead and attempt. It begins
/// with a letter, so that "OUI K7" is never read as a time or a sum.
#[must_use]
pub fn code(offer: Uuid) -> String {
    let bytes = offer.as_bytes();
    let letter = ALPHABET[8 + usize::from(bytes[14]) % 24];
    let any = ALPHABET[usize::from(bytes[15]) % 32];
    [letter, any].map(char::from).iter().collect()
}

/// The reference of one delivery: the offer's code and five characters of the delivery's own.
#[must_use]
pub fn of(offer: Uuid, delivery: Uuid) -> String {
    let own: String = delivery.as_bytes()[9..14]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % 32]))
        .collect();
    format!("{}-{own}", code(offer))
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
        let offer = Uuid::from_u128(0x1234_5678_9abc_def0_1122_3344_5566_7788);
        let delivery = Uuid::from_u128(0x0fed_cba9_8765_4321_8877_6655_4433_2211);
        let reference = of(offer, delivery);
        assert_eq!(reference, of(offer, delivery));
        assert_eq!(reference.len(), 8);
        assert!(reference.starts_with(&code(offer)));
        assert!(is_shown(&format!("Réf. {reference}."), &reference));
        assert!(!is_shown(&format!("Réf. {reference}X"), &reference));
        assert_ne!(of(offer, delivery), of(offer, offer));
    }
}
