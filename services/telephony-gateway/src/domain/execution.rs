//! A call of our tool as the vendor logged it, whether or not it reached us: what a lost call carried
//! is recovered from it (B3).

use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    pub id: String,
    pub conversation_id: String,
    pub vendor_agent_id: String,
    pub time: DateTime<Utc>,
    pub failed: bool,
    /// The vendor's class of the failure; empty when it succeeded.
    pub error_type: String,
    /// JSON of what was sent.
    pub arguments: String,
    /// What came back.
    pub result: String,
}

/// How many are listed.
pub const MOST: usize = 2_000;

/// Their texts together, so that an answer stays below a message's limit.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// The oldest of those within the bounds, each once, and whether more were found.
#[must_use]
pub fn listed(
    mut found: Vec<Execution>,
    span: (DateTime<Utc>, DateTime<Utc>),
    conversation_id: &str,
) -> (Vec<Execution>, bool) {
    found.retain(|execution| {
        (span.0..=span.1).contains(&execution.time)
            && (conversation_id.is_empty() || execution.conversation_id == conversation_id)
    });
    found.sort_by(|one, other| (one.time, &one.id).cmp(&(other.time, &other.id)));
    found.dedup_by(|one, other| !one.id.is_empty() && one.id == other.id);
    let mut bytes = 0;
    let fits = found.iter().take_while(|execution| {
        bytes += 200 + execution.arguments.len() + execution.result.len();
        bytes <= MOST_BYTES
    });
    let most = fits.count().min(MOST);
    let omitted = found.len() > most;
    found.truncate(most);
    (found, omitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(id: usize, second: i64) -> Execution {
        Execution {
            id: format!("exec_{id:04}"),
            conversation_id: format!("conv_{}", id % 2),
            vendor_agent_id: String::new(),
            time: DateTime::from_timestamp(second, 0).unwrap(),
            failed: false,
            error_type: String::new(),
            arguments: String::new(),
            result: String::new(),
        }
    }

    #[test]
    fn the_oldest_within_the_bounds_are_listed_and_the_rest_is_said_to_be_left_out() {
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let found: Vec<Execution> = (0..10_usize)
            .rev()
            .chain([3])
            .map(|n| execution(n, i64::try_from(n).unwrap()))
            .collect();
        let (all, omitted) = listed(found.clone(), (at(2), at(8)), "");
        let ids: Vec<i64> = all.iter().map(|e| e.time.timestamp()).collect();
        assert_eq!((ids, omitted), (vec![2, 3, 4, 5, 6, 7, 8], false));
        assert_eq!(listed(found, (at(0), at(9)), "conv_1").0.len(), 5);
        let many = (0..2_500).map(|n| execution(n, 7)).collect();
        let (all, omitted) = listed(many, (at(0), at(9)), "");
        assert_eq!(
            (all.len(), all[0].id.as_str(), omitted),
            (MOST, "exec_0000", true)
        );
        let long = (0..40).map(|n| Execution {
            result: "x".repeat(100_000),
            ..execution(n, 7)
        });
        let (some, omitted) = listed(long.collect(), (at(0), at(9)), "");
        assert_eq!((some.len(), omitted), (31, true), "below a message's limit");
    }
}
