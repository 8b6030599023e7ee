//! A proof shows that a channel reaches its provider: six digits to send back, or, where nobody can
//! answer, a test whose receipt is enough.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::channel::Kind;
use super::ids::{Country, ProviderId};

/// A proof that is not given by then is over.
pub const VALID: TimeDelta = TimeDelta::hours(24);
/// So many wrong codes end a proof.
pub const MOST_WRONG: i32 = 5;
/// Countries where a reply by SMS cannot reach us (D11).
const ONE_WAY_SMS: [&str; 1] = ["ID"];

/// Whether a reply by this channel reaches us.
#[must_use]
pub fn can_answer(kind: Kind, country: &Country) -> bool {
    match kind {
        Kind::Whatsapp => true,
        Kind::Sms => !ONE_WAY_SMS.contains(&country.as_str()),
        Kind::Email => false,
    }
}

/// The digits of a code; never shown in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Digits(String);

impl Digits {
    /// Six digits of a random id.
    #[must_use]
    pub fn of(random: Uuid) -> Self {
        Self(format!("{:06}", random.as_u128() % 1_000_000))
    }

    /// The digits in a text as people send it: "123 456", "Code: 123456".
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(text.chars().filter(char::is_ascii_digit).collect())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("******")
    }
}

/// A proof that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub proof_id: Uuid,
    pub provider_id: ProviderId,
    pub kind: Kind,
    /// The declaration that it proves.
    pub declared_time: DateTime<Utc>,
    /// Nothing for a test.
    pub code: Option<Digits>,
    pub wrong_tries: i32,
    pub create_time: DateTime<Utc>,
    pub expire_time: DateTime<Utc>,
}

/// What a code, or a receipt, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Proven,
    /// So many wrong codes by now; the proof goes on.
    Wrong(i32),
    /// One wrong code too many.
    Failed,
    /// It says nothing about this proof.
    Nothing,
}

impl Proof {
    #[must_use]
    pub fn on_code(&self, came: &Digits) -> Verdict {
        match &self.code {
            None => Verdict::Nothing,
            Some(code) if code == came => Verdict::Proven,
            Some(_) if self.wrong_tries + 1 >= MOST_WRONG => Verdict::Failed,
            Some(_) => Verdict::Wrong(self.wrong_tries + 1),
        }
    }

    /// A receipt proves only what asks for no code.
    #[must_use]
    pub fn on_receipt(&self, of: Uuid) -> Verdict {
        if self.code.is_none() && of == self.proof_id {
            Verdict::Proven
        } else {
            Verdict::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(code: Option<&str>, wrong_tries: i32) -> Proof {
        Proof {
            proof_id: Uuid::nil(),
            provider_id: "a".parse().unwrap(),
            kind: Kind::Sms,
            declared_time: DateTime::UNIX_EPOCH,
            code: code.map(Digits::read),
            wrong_tries,
            create_time: DateTime::UNIX_EPOCH,
            expire_time: DateTime::UNIX_EPOCH + VALID,
        }
    }

    #[test]
    fn a_code_proves_and_the_fifth_wrong_one_ends_the_proof() {
        let under_way = proof(Some("012345"), 0);
        assert_eq!(
            under_way.on_code(&Digits::read("Code: 012 345.")),
            Verdict::Proven
        );
        assert_eq!(under_way.on_code(&Digits::read("12345")), Verdict::Wrong(1));
        assert_eq!(
            proof(Some("012345"), 4).on_code(&Digits::read("1")),
            Verdict::Failed
        );
        assert_eq!(
            under_way.on_receipt(Uuid::nil()),
            Verdict::Nothing,
            "a receipt is no code"
        );
        assert_eq!(proof(None, 0).on_receipt(Uuid::nil()), Verdict::Proven);
        assert_eq!(proof(None, 0).on_receipt(Uuid::max()), Verdict::Nothing);
        assert_eq!(
            proof(None, 0).on_code(&Digits::read("012345")),
            Verdict::Nothing
        );
    }

    /// D11.
    #[test]
    fn a_code_is_asked_where_a_reply_reaches_us() {
        let (swiss, bali) = ("CH".parse().unwrap(), "ID".parse().unwrap());
        assert!(can_answer(Kind::Whatsapp, &swiss) && can_answer(Kind::Whatsapp, &bali));
        assert!(can_answer(Kind::Sms, &swiss) && !can_answer(Kind::Sms, &bali));
        assert!(!can_answer(Kind::Email, &swiss));
    }

    #[test]
    fn digits_are_six_and_never_shown() {
        let digits = Digits::of(Uuid::from_u128(42));
        assert_eq!(digits.as_str(), "000042");
        assert_eq!(format!("{digits:?}"), "******");
    }
}
