//! Mailgun's answers and events in our words (fact sheet 1.2 and 2.3).

use std::time::Duration;

use super::carrier::{ErrorClass, Meaning, Refusal, Report};

/// An event of Mailgun, as webhook or events API tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEvent {
    pub event: String,
    /// "permanent" or "temporary", for `failed`.
    pub severity: String,
    pub reason: String,
    pub code: i32,
}

/// What a refused request means. A 400 is the recipient's address, our bug or our account,
/// told apart by the text's beginning only.
#[must_use]
pub fn refused(status: u16, text: &str) -> Refusal {
    use ErrorClass as C;
    let lower = text.to_lowercase();
    match status {
        400 if lower.contains("to parameter is not a valid address") => {
            Refusal::new(C::Address, "MAILGUN_ADDRESS_INVALID")
        }
        400 if lower.contains("is not allowed to send") => {
            Refusal::new(C::Config, "MAILGUN_DOMAIN_NOT_ALLOWED")
        }
        401 => Refusal::new(C::Credentials, "MAILGUN_401"),
        403 => Refusal::new(C::Config, "MAILGUN_403"),
        // Wrong region or domain: nothing of this channel can go out until it is put right.
        404 => Refusal::new(C::Credentials, "MAILGUN_DOMAIN_NOT_FOUND"),
        429 => {
            let mut refusal = Refusal::new(C::Retry, "MAILGUN_429");
            refusal.retry_after = seconds_in(&lower);
            refusal
        }
        500.. => Refusal::new(C::Ambiguous, format!("MAILGUN_HTTP_{status}")),
        _ => Refusal::new(C::Config, format!("MAILGUN_HTTP_{status}")),
    }
}

/// "… try again after 120 seconds".
fn seconds_in(text: &str) -> Option<Duration> {
    let rest = text.split("try again after ").nth(1)?;
    let (number, unit) = rest.split_once(' ')?;
    let seconds = number.parse().ok()?;
    unit.starts_with("second")
        .then(|| Duration::from_secs(seconds))
}

/// What an event means for a delivery.
#[must_use]
pub fn report(event: &MailEvent) -> Report {
    let (rank, meaning) = match event.event.as_str() {
        "accepted" | "stored" => (1, Meaning::Accepted),
        "failed" if event.severity == "temporary" => {
            // Mailgun tries again by itself.
            (
                2,
                Meaning::Remark(Refusal::new(ErrorClass::Retry, "MAILGUN_DELAYED")),
            )
        }
        // Above "delivered": a mailbox may take a mail and send it back later.
        "failed" => (8, Meaning::Failed(failure(event))),
        "rejected" => (
            8,
            Meaning::Failed(Refusal::new(ErrorClass::Config, "MAILGUN_REJECTED")),
        ),
        "delivered" => (6, Meaning::Delivered),
        // Who opens, clicks, complains or unsubscribes has received it.
        "opened" | "clicked" => (7, Meaning::Delivered),
        "complained" => (
            9,
            Meaning::Objected(Refusal::new(ErrorClass::OptedOut, "MAILGUN_COMPLAINED")),
        ),
        "unsubscribed" => (
            9,
            Meaning::Objected(Refusal::new(ErrorClass::OptedOut, "MAILGUN_UNSUBSCRIBED")),
        ),
        _ => (0, Meaning::Nothing),
    };
    Report { rank, meaning }
}

fn failure(event: &MailEvent) -> Refusal {
    use ErrorClass as C;
    let (class, reason) = match (event.reason.as_str(), event.code) {
        ("suppress-bounce", _) | (_, 605) => (C::Address, "MAILGUN_SUPPRESS_BOUNCE".to_owned()),
        ("suppress-complaint", _) => (C::OptedOut, "MAILGUN_SUPPRESS_COMPLAINT".to_owned()),
        ("suppress-unsubscribe", _) => (C::OptedOut, "MAILGUN_SUPPRESS_UNSUBSCRIBE".to_owned()),
        ("espblock" | "blacklisted", _) => (C::Config, "MAILGUN_BLOCKED".to_owned()),
        ("old", _) => (C::Suspect, "MAILGUN_TRIES_USED_UP".to_owned()),
        (_, code @ (550 | 551 | 553 | 554)) => (C::Address, format!("MAILGUN_BOUNCE_{code}")),
        ("bounce", _) => (C::Address, "MAILGUN_BOUNCE".to_owned()),
        (_, 0) => (C::Suspect, "MAILGUN_FAILED".to_owned()),
        (_, code) => (C::Suspect, format!("MAILGUN_{code}")),
    };
    Refusal::new(class, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event: &str, severity: &str, reason: &str, code: i32) -> Report {
        let text = str::to_owned;
        report(&MailEvent {
            event: text(event),
            severity: text(severity),
            reason: text(reason),
            code,
        })
    }

    #[test]
    fn every_answer_of_the_fact_sheet_has_its_class() {
        use ErrorClass as C;
        let class = |status, text| refused(status, text).class;
        let invalid = "to parameter is not a valid address. please check documentation";
        assert_eq!(class(400, invalid), C::Address);
        assert_eq!(
            class(400, "Domain mg.x is not allowed to send: sandbox"),
            C::Config
        );
        assert_eq!(class(400, "from parameter is missing"), C::Config);
        assert_eq!(class(401, "Forbidden"), C::Credentials);
        assert_eq!(class(403, "large batches"), C::Config);
        assert_eq!(class(404, "Domain not found: mg.x"), C::Credentials);
        assert_eq!(class(413, "too large"), C::Config);
        assert_eq!(class(500, "Internal Server Error"), C::Ambiguous);
        let text = "Domain mg.x is not allowed to send: account-requests-per-sec limit exceeded, try again after 120 seconds";
        let limited = refused(429, text);
        assert_eq!(
            (limited.class, limited.retry_after),
            (C::Retry, Some(Duration::from_secs(120)))
        );
    }

    #[test]
    fn every_event_of_the_fact_sheet_has_its_meaning() {
        use ErrorClass as C;
        let failed = |severity, reason, code| match event("failed", severity, reason, code).meaning
        {
            Meaning::Failed(refusal) => Some(refusal.class),
            _ => None,
        };
        assert_eq!(event("accepted", "", "", 0).meaning, Meaning::Accepted);
        assert_eq!(event("delivered", "", "", 250).meaning, Meaning::Delivered);
        assert_eq!(event("opened", "", "", 0).meaning, Meaning::Delivered);
        assert_eq!(failed("temporary", "generic", 451), None);
        assert_eq!(failed("permanent", "bounce", 550), Some(C::Address));
        assert_eq!(failed("permanent", "generic", 554), Some(C::Address));
        assert_eq!(
            failed("permanent", "suppress-bounce", 605),
            Some(C::Address)
        );
        assert_eq!(
            failed("permanent", "suppress-complaint", 607),
            Some(C::OptedOut)
        );
        assert_eq!(failed("permanent", "espblock", 0), Some(C::Config));
        assert_eq!(failed("permanent", "old", 0), Some(C::Suspect));
        assert!(matches!(
            event("complained", "", "", 0).meaning,
            Meaning::Objected(_)
        ));
        assert_eq!(
            event("list_member_uploaded", "", "", 0).meaning,
            Meaning::Nothing
        );
        assert!(
            event("failed", "permanent", "bounce", 550).rank > event("delivered", "", "", 0).rank
        );
    }
}
