//! What quality asks of lead-service about leads: which a call made, one to be recovered, and the note
//! that a scan went well.

use chassis::fault;
use chrono::{DateTime, Utc};
use contracts::lead::v1 as wire;
use tonic::Code;

use super::wire::{time, timestamp};
use super::{Failed, Leads};
use crate::domain::lead::Lead;
use crate::domain::recovery::{Need, Source};

/// What became of a need that was handed in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// False when the lead was known.
    Lead { id: String, new: bool },
    /// Fields that lead-service cannot do without, in its own words.
    Refused(String),
}

impl Leads {
    /// Leads of a conversation and of a call, each once.
    pub(crate) async fn of(
        &self,
        conversation_ids: &[String],
        call_sid: &str,
    ) -> Result<Vec<Lead>, Failed> {
        let by_call = wire::ListLeadsRequest {
            call_sid: call_sid.to_owned(),
            ..wire::ListLeadsRequest::default()
        };
        let by_conversation = conversation_ids.iter().map(|id| wire::ListLeadsRequest {
            conversation_id: id.clone(),
            ..wire::ListLeadsRequest::default()
        });
        let mut leads: Vec<Lead> = Vec::new();
        let asked = (!call_sid.is_empty()).then_some(by_call);
        for request in asked.into_iter().chain(by_conversation) {
            let answer = self.0.clone().list_leads(request).await;
            let found = answer.map_err(|status| Failed::new("ListLeads", status))?;
            for lead in found.into_inner().leads {
                if !leads.iter().any(|known| known.id == lead.lead_id) {
                    leads.push(read(lead));
                }
            }
        }
        Ok(leads)
    }

    /// Whether a site's leads are health-related, by its newest one; nothing while it has none.
    pub(crate) async fn health_of_site(&self, site_id: &str) -> Result<Option<bool>, Failed> {
        let request = wire::ListLeadsRequest {
            site_id: site_id.to_owned(),
            page_size: 1,
            ..wire::ListLeadsRequest::default()
        };
        let answer = self.0.clone().list_leads(request).await;
        let found = answer.map_err(|status| Failed::new("ListLeads", status))?;
        let newest = found.into_inner().leads.into_iter().next();
        Ok(newest.map(|lead| read(lead).health))
    }

    pub(crate) async fn lead(&self, id: &str) -> Result<Option<Lead>, Failed> {
        let request = wire::GetLeadRequest {
            lead_id: id.to_owned(),
        };
        match self.0.clone().get_lead(request).await {
            Ok(answer) => Ok(answer.into_inner().lead.map(read)),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(Failed::new("GetLead", status)),
        }
    }

    /// Hands a lost need in under its ordinary key (B3).
    pub(crate) async fn recover(
        &self,
        need: Need,
        (conversation_id, call_sid): (&str, &str),
        source: Source,
        call_time: DateTime<Utc>,
    ) -> Result<Recovered, Failed> {
        let source = match source {
            Source::ToolExecution => wire::RecoverySource::ToolExecution,
            Source::DataCollection => wire::RecoverySource::DataCollection,
        };
        let request = wire::RecoverLeadRequest {
            need: Some(wire::DispatchLeadRequest {
                customer_name: need.customer_name,
                phone: need.phone,
                language: need.language,
                service: need.service,
                location: need.location,
                urgency: need.urgency,
                another_need: need.another_need,
                conversation_id: conversation_id.to_owned(),
                caller_id: need.caller_id,
                called_number: need.called_number,
                agent_id: need.agent_id,
                call_sid: call_sid.to_owned(),
                call_token: String::new(),
            }),
            source: source.into(),
            call_time: Some(timestamp(call_time)),
            actor: "quality".to_owned(),
        };
        match self.0.clone().recover_lead(request).await {
            Ok(answer) => {
                let answer = answer.into_inner();
                Ok(Recovered::Lead {
                    id: answer.lead_id,
                    new: answer.recovered,
                })
            }
            Err(status) if status.code() == Code::InvalidArgument => {
                // Names of fields only: the rules may quote what was sent (I25).
                let fields = fault::violations(&status);
                let fields: Vec<String> = fields.into_iter().map(|at| at.field).collect();
                Ok(Recovered::Refused(fields.join(", ")))
            }
            Err(status) => Err(Failed::new("RecoverLead", status)),
        }
    }

    /// A scan went well: the watchdog is content for another half hour (R72).
    pub(crate) async fn record_scan(&self, slot_time: DateTime<Utc>) -> Result<(), Failed> {
        let request = wire::RecordScanRequest {
            slot_time: Some(timestamp(slot_time)),
        };
        let answer = self.0.clone().record_scan(request).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("RecordScan", status))
    }
}

fn read(lead: wire::Lead) -> Lead {
    let state = lead.state().as_str_name().to_ascii_lowercase();
    Lead {
        state: state.trim_start_matches("lead_state_").to_owned(),
        recovered: lead.origin() == wire::LeadOrigin::Recovered,
        id: lead.lead_id,
        reference: lead.reference,
        category: lead.category,
        provider_id: lead.provider_id,
        // Unset means unknown, which counts as health-related (D10).
        health: lead.health.unwrap_or(true),
        create_time: lead.create_time.and_then(time),
    }
}
