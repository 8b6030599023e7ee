//! What the stand-in for roster-service lists: providers by contact, and assignments as a test says.

use std::collections::BTreeMap;

use contracts::lead::v1 as lead;
use contracts::roster::v1 as wire;
use tonic::Status;

use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;

/// A number of the first provider, and one of the second.
pub(crate) const FONTAINE: &str = "+41791112233";
pub(crate) const LEMAN: &str = "+41791112244";

pub(crate) struct Lists {
    contacts: BTreeMap<&'static str, Vec<&'static str>>,
    pub(crate) assignments: Vec<wire::Assignment>,
    /// So many askings for a contact fail.
    pub(crate) away: usize,
    /// Lists what the books say, and not what the test says.
    pub(crate) by_the_books: bool,
}

impl Default for Lists {
    fn default() -> Self {
        let contacts = [(FONTAINE, vec![PROVIDER]), (LEMAN, vec![SECOND])];
        Self {
            contacts: contacts.into(),
            assignments: Vec::new(),
            away: 0,
            by_the_books: false,
        }
    }
}

impl Lists {
    pub(crate) fn contacts(&mut self, contact: &str) -> Result<Vec<&'static str>, Status> {
        if self.away > 0 {
            self.away -= 1;
            return Err(Status::unavailable("down for the test"));
        }
        Ok(self.contacts.get(contact).cloned().unwrap_or_default())
    }

    pub(crate) fn assignments(
        &self,
        request: &wire::ListAssignmentsRequest,
    ) -> Vec<wire::Assignment> {
        let wanted = |assignment: &&wire::Assignment| {
            (request.lead_ids.is_empty() || request.lead_ids.contains(&assignment.lead_id))
                && (request.provider_id.is_empty() || request.provider_id == assignment.provider_id)
        };
        self.assignments.iter().filter(wanted).cloned().collect()
    }
}

/// The call of another customer: the same one's next lead stays with its provider (D13).
pub(crate) fn customer(n: u32) -> lead::DispatchLeadRequest {
    lead::DispatchLeadRequest {
        phone: format!("079 222 33 {n:02}"),
        ..crate::calls::tool_call(n)
    }
}

/// An inbound SMS.
pub(crate) fn sms(sid: &str, from: &str, body: &str) -> lead::RecordReplyRequest {
    lead::RecordReplyRequest {
        message_sid: sid.to_owned(),
        from: from.to_owned(),
        to: "+41798071420".to_owned(),
        channel: "sms".to_owned(),
        body: body.to_owned(),
        ..Default::default()
    }
}

impl World {
    pub(crate) async fn says(
        &mut self,
        sid: &str,
        from: &str,
        body: &str,
    ) -> lead::RecordReplyResponse {
        self.hears(sms(sid, from, body)).await
    }

    pub(crate) async fn hears(
        &mut self,
        reply: lead::RecordReplyRequest,
    ) -> lead::RecordReplyResponse {
        self.client.record_reply(reply).await.unwrap().into_inner()
    }

    /// As what it was understood, and about which lead.
    pub(crate) async fn understands(
        &mut self,
        sid: &str,
        from: &str,
        body: &str,
    ) -> (String, String) {
        let answer = self.says(sid, from, body).await;
        assert!(answer.stored);
        (answer.understood_as, answer.lead_id)
    }
}
