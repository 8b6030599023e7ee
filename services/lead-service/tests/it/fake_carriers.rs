//! What the carriers show of messages, as notification-service tells it: found by address, masked.

use chassis::mask;
use contracts::notification::v1 as notice;
use tonic::Status;

#[derive(Default)]
pub(crate) struct Carriers {
    /// Each message's reference, address, and whether that is the operator's.
    shown: Vec<(String, String, bool)>,
    /// So many askings fail.
    pub(crate) away: usize,
    /// Since when, and for which address, in the order of asking.
    pub(crate) asked: Vec<notice::FindAtCarrierRequest>,
}

impl Carriers {
    pub(crate) fn show(&mut self, reference: &str, address: &str) {
        let is_operator = address == "ana@bord.example";
        let message = (reference.to_owned(), address.to_owned(), is_operator);
        self.shown.push(message);
    }

    pub(crate) fn find(
        &mut self,
        request: &notice::FindAtCarrierRequest,
    ) -> Result<Vec<notice::CarrierMessage>, Status> {
        if self.away > 0 {
            self.away -= 1;
            return Err(Status::unavailable("down for the test"));
        }
        self.asked.push(request.clone());
        let shown = self.shown.iter().filter(|(reference, address, _)| {
            *reference == request.reference
                && (request.address.is_empty() || request.address == *address)
        });
        let message = |(_, address, to_operator): &(String, String, bool)| notice::CarrierMessage {
            send_time: request.since_time,
            to_operator: *to_operator,
            masked_address: match address.contains('@') {
                true => mask::email(address),
                false => mask::phone(address),
            },
            ..Default::default()
        };
        Ok(shown.map(message).collect())
    }
}
