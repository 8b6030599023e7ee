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

/// Their texts together, so that an answer stays below a message's limit.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// The oldest of those within the bounds and after a place (time and id), each once, at most `most`;
/// and whether more were found.
#[must_use]
pub fn listed(
    mut found: Vec<Execution>,
    span: (DateTime<Utc>, DateTime<Utc>),
    after: Option<(DateTime<Utc>, &str)>,
    conversation_id: &str,
    most: usize,
) -> (Vec<Execution>, bool) {
    found.retain(|execution| {
        let place = (execution.time, execution.id.as_str());
        (span.0..=span.1).contains(&execution.time)
            && after.is_none_or(|after| place > after)
            && (conversation_id.is_empty() || execution.conversation_id == conversation_id)
    });
    found.sort_by(|one, other| (one.time, &one.id).cmp(&(other.time, &other.id)));
    found.dedup_by(|one, other| !one.id.is_empty() && one.id == other.id);
    let mut bytes = 0;
    let fits = found.iter().take_while(|execution| {
        bytes += 200 + execution.arguments.len() + execution.result.len();
        bytes <= MOST_BYTES
    });
    // One that is longer than a message may be is listed alone, and refused as such.
    let most = fits.count().min(most).max(1);
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
        let (all, omitted) = listed(found.clone(), (at(2), at(8)), None, "", 200);
        let ids: Vec<i64> = all.iter().map(|e| e.time.timestamp()).collect();
        assert_eq!((ids, omitted), (vec![2, 3, 4, 5, 6, 7, 8], false));
        assert_eq!(
            listed(found, (at(0), at(9)), None, "conv_1", 200).0.len(),
            5
        );
        let many: Vec<Execution> = (0..250).map(|n| execution(n, 7)).collect();
        let (all, omitted) = listed(many.clone(), (at(0), at(9)), None, "", 200);
        assert_eq!(
            (all.len(), all[0].id.as_str(), omitted),
            (200, "exec_0000", true)
        );
        let after = Some((all[199].time, all[199].id.as_str()));
        let (rest, omitted) = listed(many, (at(0), at(9)), after, "", 200);
        assert_eq!(
            (rest.len(), rest[0].id.as_str(), omitted),
            (50, "exec_0200", false),
            "a page goes on where the one before ended"
        );
        let long = (0..40).map(|n| Execution {
            result: "x".repeat(100_000),
            ..execution(n, 7)
        });
        let (some, omitted) = listed(long.collect(), (at(0), at(9)), None, "", 200);
        assert_eq!((some.len(), omitted), (31, true), "below a message's limit");
    }
}
