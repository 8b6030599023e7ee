//! The points at which a test can break a call on its way through this service.

use chassis::crash::Points;
use chassis::db::StoreError;

/// Every point, in the order in which a call passes them.
pub const POINTS: [&str; 4] = [
    "telephony.before_register",
    "telephony.after_register",
    "telephony.before_publish",
    "telephony.before_commit",
];

/// Passes a point within database work; an armed error looks like a process that stops.
pub(crate) async fn pass(points: &Points, point: &'static str) -> Result<(), StoreError> {
    points.pass(point).await.map_err(|_| StoreError::Stopped)
}
