//! Twilio's error codes and statuses in our words (fact sheet 3.3 and 3.8). Codes may be reworded
//! or split by the vendor, so an unknown one takes the class of its HTTP status.

use std::time::Duration;

use super::carrier::{ErrorClass, Meaning, Refusal, Report};

/// How long 30003 (handset off, no signal) is waited out before its one repeat.
pub const UNREACHABLE_WAIT: Duration = Duration::from_secs(30 * 60);

/// The class of a code that Twilio answers or reports.
#[must_use]
pub fn class(code: u32) -> Option<ErrorClass> {
    use ErrorClass as C;
    Some(match code {
        21211 | 21214 | 21268 | 21614 | 21635 | 30005 | 63003 | 63024 => C::Address,
        30006 => C::Suspect,
        21610 | 30004 | 63014 | 63032 | 63033 => C::OptedOut,
        // 30008 (unknown carrier error) is ambiguous by name, but by then the carrier gave up:
        // it gets one repeat like 30003.
        20429 | 21611 | 30001 | 30003 | 30008 | 30036 | 30410 | 30500 | 63010 | 63012 | 63018
        | 63038 => C::Retry,
        20003 | 20005 | 30002 => C::Credentials,
        20404
        | 21212
        | 21408
        | 21603..=21604
        | 21606..=21608
        | 21612
        | 21617
        | 21619
        | 21656
        | 30007
        | 30022
        | 30023
        | 30032
        | 30034
        | 63001
        | 63005
        | 63007
        | 63008
        | 63013
        | 63015
        | 63016
        | 63021
        | 63027
        | 63028
        | 63030
        | 63040
        | 63041
        | 63042
        | 63049
        | 63051 => C::Config,
        _ => return None,
    })
}

/// What a refused request means. `code` is the body's, where it could be read.
#[must_use]
pub fn refused(status: u16, code: Option<u32>) -> Refusal {
    let by_code = code.and_then(class);
    let by_status = match status {
        401 | 403 => ErrorClass::Credentials,
        429 => ErrorClass::Retry,
        500.. => ErrorClass::Ambiguous,
        _ => ErrorClass::Config,
    };
    let class = match (status, by_code) {
        // Whatever the body says: a server error may have happened after the message was taken.
        (500.., _) => ErrorClass::Ambiguous,
        (429, _) => ErrorClass::Retry,
        (401, _) => ErrorClass::Credentials,
        (_, Some(class)) => class,
        (_, None) => by_status,
    };
    let reason = match code {
        Some(code) => format!("TWILIO_{code}"),
        None => format!("TWILIO_HTTP_{status}"),
    };
    Refusal::new(class, reason)
}

/// How many sends a failure that came by report is worth: 30003 and 30008 get one repeat.
#[must_use]
pub fn sends_allowed(reason: &str) -> i64 {
    match reason {
        "TWILIO_30003" | "TWILIO_30008" => 2,
        _ => 4,
    }
}

/// The class of a failure that no repeat follows: a handset that stays away and an unknown error
/// that comes again make the number suspect (fact sheet 3.8, "n").
#[must_use]
pub fn final_class(refusal: &Refusal) -> ErrorClass {
    match refusal.reason.as_str() {
        "TWILIO_30003" | "TWILIO_30008" => ErrorClass::Suspect,
        _ => refusal.class,
    }
}

/// A status of a message. `code` is 0 when there is none.
#[must_use]
pub fn report(status: &str, code: u32) -> Report {
    let failed = || {
        let class = class(code).unwrap_or(ErrorClass::Suspect);
        let reason = if code == 0 {
            format!("TWILIO_{}", status.to_uppercase())
        } else {
            format!("TWILIO_{code}")
        };
        let retry_after = (code == 30003).then_some(UNREACHABLE_WAIT);
        Meaning::Failed(Refusal {
            class,
            reason,
            retry_after,
        })
    };
    let (rank, meaning) = match status {
        "accepted" | "scheduled" => (1, Meaning::Accepted),
        "queued" => (2, Meaning::Accepted),
        "sending" => (3, Meaning::Accepted),
        "sent" => (4, Meaning::Accepted),
        "delivered" | "partially_delivered" => (6, Meaning::Delivered),
        // A message that was read was delivered, whatever became of that report.
        "read" => (7, Meaning::Delivered),
        "failed" | "undelivered" | "canceled" => (5, failed()),
        _ => (0, Meaning::Nothing),
    };
    Report { rank, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table of fact sheet 3.8: every code has the class that the sheet gives it.
    #[test]
    fn every_code_of_the_fact_sheet_has_its_class() {
        use ErrorClass as C;
        let table: [(&[u32], C); 6] = [
            (
                &[21211, 21214, 21268, 21614, 21635, 30005, 63003, 63024],
                C::Address,
            ),
            (&[30006], C::Suspect),
            (&[21610, 30004, 63014, 63033, 63032], C::OptedOut),
            (
                &[
                    21611, 20429, 30001, 30003, 30008, 30036, 30410, 30500, 63010, 63012, 63018,
                    63038,
                ],
                C::Retry,
            ),
            (&[20003, 30002], C::Credentials),
            (
                &[
                    21408, 21612, 21603, 21604, 21606, 21617, 21619, 21656, 21608, 20404, 30007,
                    30022, 30023, 30032, 30034, 63001, 63005, 63007, 63008, 63013, 63015, 63016,
                    63021, 63027, 63028, 63030, 63040, 63041, 63042, 63049, 63051,
                ],
                C::Config,
            ),
        ];
        for (codes, expected) in table {
            for code in codes {
                assert_eq!(class(*code), Some(expected), "{code}");
            }
        }
        assert_eq!(class(99999), None);
    }

    #[test]
    fn the_http_status_decides_where_the_code_cannot() {
        assert_eq!(refused(400, Some(21211)).class, ErrorClass::Address);
        assert_eq!(refused(400, Some(21999)).class, ErrorClass::Config);
        assert_eq!(refused(401, None).class, ErrorClass::Credentials);
        assert_eq!(refused(429, Some(20429)).class, ErrorClass::Retry);
        assert_eq!(refused(500, Some(20500)).class, ErrorClass::Ambiguous);
        assert_eq!(refused(502, None).class, ErrorClass::Ambiguous);
        assert_eq!(refused(400, Some(21211)).reason, "TWILIO_21211");
        assert_eq!(refused(502, None).reason, "TWILIO_HTTP_502");
    }

    #[test]
    fn statuses_grow_and_read_counts_as_delivered() {
        let rank = |status: &str| report(status, 0).rank;
        let order = [
            "accepted",
            "queued",
            "sending",
            "sent",
            "undelivered",
            "delivered",
            "read",
        ];
        for pair in order.windows(2) {
            assert!(rank(pair[0]) < rank(pair[1]), "{pair:?}");
        }
        assert_eq!(report("read", 0).meaning, Meaning::Delivered);
        assert_eq!(report("something new", 0).meaning, Meaning::Nothing);
        let Meaning::Failed(refusal) = report("undelivered", 30003).meaning else {
            panic!()
        };
        assert_eq!(
            (refusal.class, refusal.retry_after),
            (ErrorClass::Retry, Some(UNREACHABLE_WAIT))
        );
        let Meaning::Failed(refusal) = report("failed", 0).meaning else {
            panic!()
        };
        assert_eq!(refusal.reason, "TWILIO_FAILED");
    }
}
