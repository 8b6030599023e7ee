//! Which columns of the roster hold personal data, and which text columns do not. Every text column
//! stands in one of the two lists; a test reads the schema and fails on one that stands in neither.

/// A person's name, number or address; erased and redacted as such.
pub const PERSONAL: &[&str] = &["provider.name", "provider.address", "channel.address"];

/// Names, codes, states, hashes and figures.
pub const PLAIN: &[&str] = &[
    "assignment.category",
    "assignment.city",
    "assignment.country",
    "assignment.local_day",
    "assignment.explanation",
    "assignment.provider_id",
    "assignment.release_cause",
    "assignment.state",
    "cell.category",
    "cell.city",
    "cell.country",
    "channel.health",
    "channel.kind",
    "channel.provider_id",
    "closed_attempt.cause",
    "coverage.category",
    "coverage.city",
    "coverage.country",
    "coverage.provider_id",
    "lead.country",
    "provider.catalog_hash",
    "provider.content_hash",
    "provider.country",
    "provider.day",
    "provider.flat_currency",
    "provider.hours",
    "provider.language",
    "provider.pause_actor",
    "provider.provider_id",
    "provider.serves",
    "provider.time_zone",
    "provider_change.actor",
    "provider_change.cause",
    "provider_change.kind",
    "provider_change.provider_id",
];
