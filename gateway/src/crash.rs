//! The points at which a test can break the gateway, on the routes by which leads and answers come
//! in: the tool call, the message webhooks and the offer's page.

use chassis::crash::Crashed;

use crate::problem::Problem;

/// Every point, in the order in which a request passes them; the tool call, whose secret stands in
/// a header, is verified before it is read.
pub const POINTS: [&str; 4] = [
    "gateway.after_read",
    "gateway.after_verify",
    "gateway.before_rpc",
    "gateway.after_rpc",
];

/// A point armed with an error fails the request as a fault of ours would.
impl From<Crashed> for Problem {
    fn from(_: Crashed) -> Self {
        Self::internal()
    }
}
