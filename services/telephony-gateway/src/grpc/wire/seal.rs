//! Seals between wire and domain, and who lets a configuration go live.

use chassis::fault::{InvalidRequest, Violations};
use contracts::telephony::v1 as wire;

use super::timestamp;
use crate::domain::seal::Seal;
use crate::domain::text;

pub(super) fn of_seal(seal: Seal) -> wire::Seal {
    let Seal {
        hash,
        run_id,
        scenarios_version,
        approved_by,
        release_time,
    } = seal;
    wire::Seal {
        configuration_hash: hash,
        run_id: run_id.map_or_else(String::new, |id| id.to_string()),
        scenarios_version,
        approved_by,
        release_time: Some(timestamp(release_time)),
    }
}

/// A person, or a policy.
pub(crate) fn approver(text: String) -> Result<String, InvalidRequest> {
    if text.is_empty() {
        return Ok("operator:unnamed".to_owned());
    }
    let mut found = Violations::new();
    let named = ["operator:", "policy:"].iter().any(|kind| {
        text.strip_prefix(kind)
            .is_some_and(|name| !name.trim().is_empty())
    });
    if !named || text.len() > 100 {
        found.add(
            "approved_by",
            "is operator:NAME or policy:NAME, in at most 100 bytes",
        );
    }
    text::check_line("approved_by", &text, &mut found);
    found.finish().map(|()| text)
}
