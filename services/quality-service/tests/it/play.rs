//! The neighbours' books as a scan reads them: calls and conversations at telephony, leads at
//! lead-service, addresses at roster, mails at notification.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::quality::v1 as quality;
use contracts::quality::v1::quality_service_client::QualityServiceClient;
use contracts::roster::v1 as roster;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::call_entry::Entry as Told;
use prost_types::Timestamp;
use test_support::eventually;
use tonic::Status;

use crate::world::{PATIENCE, World};

pub(crate) const SITE: &str = "plombiersgeneve";
pub(crate) const AGENT: &str = "bord-plombiersgeneve";
const CALLER: &str = "+41791234567";

/// What the neighbours hold. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Books(pub(crate) Arc<Mutex<Held>>);

#[derive(Default)]
pub(crate) struct Held {
    pub(crate) calls: BTreeMap<String, telephony::Call>,
    pub(crate) conversations: BTreeMap<String, telephony::Conversation>,
    pub(crate) executions: Vec<telephony::ToolExecution>,
    pub(crate) leads: Vec<lead::Lead>,
    pub(crate) deliveries: Vec<notification::Delivery>,
    pub(crate) scans: usize,
}

fn seconds(ago: Duration) -> Timestamp {
    let time = chassis::clock::now() - chrono::TimeDelta::from_std(ago).unwrap();
    Timestamp {
        seconds: time.timestamp(),
        nanos: 0,
    }
}

pub(crate) fn agent(text: &str) -> telephony::Turn {
    said(telephony::Speaker::Agent, text)
}

pub(crate) fn caller(text: &str) -> telephony::Turn {
    said(telephony::Speaker::Caller, text)
}

fn said(speaker: telephony::Speaker, text: &str) -> telephony::Turn {
    telephony::Turn {
        speaker: speaker.into(),
        text: text.to_owned(),
        offset: None,
        tool_calls: Vec::new(),
    }
}

/// The agent calls the tool; our answer, or an error of the vendor's.
pub(crate) fn dispatch(failed: bool) -> telephony::Turn {
    let mut turn = agent("Un instant, je transmets.");
    turn.tool_calls.push(telephony::ToolCall {
        tool_name: "dispatch_lead".to_owned(),
        request_id: "call_1".to_owned(),
        arguments: need(),
        result: if failed { "" } else { r#"{"ok":true}"# }.to_owned(),
        failed,
    });
    turn
}

pub(crate) fn need() -> String {
    r#"{"customer_name":"Nadia Favre","phone":"","language":"fr","service":"fuite d'eau","location":"Carouge"}"#.to_owned()
}

/// A real need up to the place where the tool is to be called.
pub(crate) fn opening() -> Vec<telephony::Turn> {
    vec![
        caller("Bonjour, j'ai une fuite d'eau sous l'évier, il me faut un plombier."),
        agent("Je vois. À quel nom, et dans quel quartier ?"),
        caller("Nadia Favre, à Carouge, vous pouvez rappeler ce numéro."),
    ]
}

pub(crate) fn lost() -> Vec<telephony::Turn> {
    let mut turns = opening();
    turns.push(agent(
        "Merci, on vous rappelle. Au revoir et bonne journée !",
    ));
    turns
}

pub(crate) fn dispatched() -> Vec<telephony::Turn> {
    let mut turns = opening();
    turns.push(dispatch(false));
    turns.push(agent("C'est transmis. Au revoir."));
    turns
}

impl Books {
    /// A call that ended a moment ago with its conversation; told in `world`'s stream.
    pub(crate) fn call(&self, world: &World, number: usize, turns: Vec<telephony::Turn>) -> String {
        let id = self.call_untold(number, turns);
        let sid = format!("CA{number:032x}");
        world.feed.tell(
            &sid,
            Told::Ended(telephony::CallEnded {
                site_id: SITE.to_owned(),
                conversation_id: id.clone(),
                end_time: Some(seconds(Duration::from_secs(120))),
                duration: Some(prost_types::Duration {
                    seconds: 90,
                    nanos: 0,
                }),
                state: telephony::CallState::Completed.into(),
            }),
        );
        world.feed.tell(
            &sid,
            Told::Conversation(telephony::ConversationStored {
                conversation_id: id.clone(),
                site_id: SITE.to_owned(),
                status: "done".to_owned(),
            }),
        );
        id
    }

    /// The same, and the stream says nothing of it.
    pub(crate) fn call_untold(&self, number: usize, turns: Vec<telephony::Turn>) -> String {
        let (sid, id) = (format!("CA{number:032x}"), format!("conv_{number}"));
        let mut held = self.0.lock().unwrap();
        held.calls.insert(
            sid.clone(),
            telephony::Call {
                call_sid: sid.clone(),
                site_id: SITE.to_owned(),
                caller: CALLER.to_owned(),
                called_number: "+41225394512".to_owned(),
                handling: telephony::CallHandling::Agent.into(),
                state: telephony::CallState::Completed.into(),
                conversation_id: id.clone(),
                end_time: Some(seconds(Duration::from_secs(120))),
                registrations: 1,
                ..telephony::Call::default()
            },
        );
        held.conversations.insert(
            id.clone(),
            telephony::Conversation {
                conversation_id: id.clone(),
                call_sid: sid,
                site_id: SITE.to_owned(),
                agent_name: AGENT.to_owned(),
                status: "done".to_owned(),
                start_time: Some(seconds(Duration::from_secs(210))),
                turns,
                answering_models: vec!["gpt-4o".to_owned()],
                verified: true,
                ..telephony::Conversation::default()
            },
        );
        id
    }

    pub(crate) fn lead_of(&self, conversation_id: &str, state: lead::LeadState) -> String {
        let mut held = self.0.lock().unwrap();
        let id = format!("lead-of-{conversation_id}");
        held.leads.push(lead::Lead {
            lead_id: id.clone(),
            state: state.into(),
            conversation_id: conversation_id.to_owned(),
            reference: "K7-3F9AQ".to_owned(),
            provider_id: "fontaine".to_owned(),
            category: "plumbing".to_owned(),
            health: Some(false),
            create_time: Some(seconds(Duration::from_secs(150))),
            ..lead::Lead::default()
        });
        id
    }

    pub(crate) fn collect(&self, conversation_id: &str, values: &[(&str, &str)]) {
        let mut held = self.0.lock().unwrap();
        let conversation = held.conversations.get_mut(conversation_id).unwrap();
        for (id, value) in values {
            let collected = &mut conversation.collected;
            collected.insert((*id).to_owned(), (*value).to_owned());
        }
    }

    /// Answers every question of a scan from these books.
    pub(crate) fn serve_at(&self, world: &World) {
        self.serve_telephony(world);
        self.serve_leads(world);
        world.roster.answer(
            "RosterService/ListProviders",
            |_: roster::ListProvidersRequest| {
                Ok(roster::ListProvidersResponse {
                    providers: vec![roster::Provider {
                        country: "CH".to_owned(),
                        address: "Rue de la Coulouvrenière 118, 1204 Genève".to_owned(),
                        ..roster::Provider::default()
                    }],
                    ..roster::ListProvidersResponse::default()
                })
            },
        );
        let books = self.clone();
        world.notification.answer(
            "NotificationService/ListDeliveries",
            move |_: notification::ListDeliveriesRequest| {
                Ok(notification::ListDeliveriesResponse {
                    deliveries: books.0.lock().unwrap().deliveries.clone(),
                    ..notification::ListDeliveriesResponse::default()
                })
            },
        );
        world.notification.answer(
            "NotificationService/Notify",
            |_: notification::NotifyRequest| Ok(notification::NotifyResponse::default()),
        );
    }

    fn serve_telephony(&self, world: &World) {
        let fake = &world.telephony;
        let books = self.clone();
        fake.answer(
            "CallService/GetCall",
            move |asked: telephony::GetCallRequest| {
                let call = books.0.lock().unwrap().calls.get(&asked.call_sid).cloned();
                let call = call.ok_or_else(|| Status::not_found("no such call"))?;
                Ok(telephony::GetCallResponse { call: Some(call) })
            },
        );
        let books = self.clone();
        fake.answer(
            "CallService/ListCalls",
            move |_: telephony::ListCallsRequest| {
                Ok(telephony::ListCallsResponse {
                    calls: books.0.lock().unwrap().calls.values().cloned().collect(),
                    next_page_token: String::new(),
                })
            },
        );
        let books = self.clone();
        fake.answer(
            "ConversationService/GetConversation",
            move |asked: telephony::GetConversationRequest| {
                let held = books.0.lock().unwrap();
                let found = held.conversations.get(&asked.conversation_id).cloned();
                let found = found.ok_or_else(|| Status::not_found("no such conversation"))?;
                Ok(telephony::GetConversationResponse {
                    conversation: Some(found),
                })
            },
        );
        let books = self.clone();
        fake.answer(
            "ConversationService/ListConversations",
            move |_: telephony::ListConversationsRequest| {
                let held = books.0.lock().unwrap();
                Ok(telephony::ListConversationsResponse {
                    conversations: held.conversations.values().cloned().collect(),
                    next_page_token: String::new(),
                })
            },
        );
        let books = self.clone();
        fake.answer(
            "ConversationService/ListToolExecutions",
            move |_: telephony::ListToolExecutionsRequest| {
                Ok(telephony::ListToolExecutionsResponse {
                    executions: books.0.lock().unwrap().executions.clone(),
                    next_page_token: String::new(),
                })
            },
        );
        serve_catalogue(world);
    }

    fn serve_leads(&self, world: &World) {
        let fake = &world.leads;
        let books = self.clone();
        fake.answer(
            "LeadService/ListLeads",
            move |asked: lead::ListLeadsRequest| {
                let held = books.0.lock().unwrap();
                let mine = held.leads.iter().filter(|lead| {
                    (asked.conversation_id.is_empty()
                        || lead.conversation_id == asked.conversation_id)
                        && (asked.call_sid.is_empty() || lead.call_sid == asked.call_sid)
                });
                Ok(lead::ListLeadsResponse {
                    leads: mine.cloned().collect(),
                    next_page_token: String::new(),
                })
            },
        );
        let books = self.clone();
        fake.answer("LeadService/GetLead", move |asked: lead::GetLeadRequest| {
            let held = books.0.lock().unwrap();
            let found = held.leads.iter().find(|lead| lead.lead_id == asked.lead_id);
            let found = found.ok_or_else(|| Status::not_found("no such lead"))?;
            Ok(lead::GetLeadResponse {
                lead: Some(found.clone()),
                candidates: Vec::new(),
            })
        });
        let books = self.clone();
        fake.answer(
            "LeadService/RecordScan",
            move |_: lead::RecordScanRequest| {
                books.0.lock().unwrap().scans += 1;
                Ok(lead::RecordScanResponse {})
            },
        );
        let books = self.clone();
        fake.answer(
            "LeadService/RecoverLead",
            move |asked: lead::RecoverLeadRequest| {
                let need = asked.need.unwrap_or_default();
                let mut held = books.0.lock().unwrap();
                let id = format!("lead-of-{}", need.conversation_id);
                let known = held.leads.iter().any(|lead| lead.lead_id == id);
                if !known {
                    held.leads.push(lead::Lead {
                        lead_id: id.clone(),
                        state: lead::LeadState::Notified.into(),
                        origin: lead::LeadOrigin::Recovered.into(),
                        conversation_id: need.conversation_id,
                        call_sid: need.call_sid,
                        health: Some(false),
                        ..lead::Lead::default()
                    });
                }
                Ok(lead::RecoverLeadResponse {
                    lead_id: id,
                    recovered: !known,
                    status: "notified".to_owned(),
                    told_before: false,
                })
            },
        );
    }
}

fn serve_catalogue(world: &World) {
    let fake = &world.telephony;
    fake.answer(
        "CatalogService/CheckVendorAccount",
        |_: telephony::CheckVendorAccountRequest| {
            Ok(telephony::CheckVendorAccountResponse {
                webhooks: vec![telephony::VendorWebhook::default()],
                ..telephony::CheckVendorAccountResponse::default()
            })
        },
    );
    fake.answer(
        "CatalogService/ListSites",
        |_: telephony::ListSitesRequest| {
            Ok(telephony::ListSitesResponse {
                sites: vec![telephony::Site {
                    site_id: SITE.to_owned(),
                    url: "https://plombiersgeneve.ch".to_owned(),
                    country: "CH".to_owned(),
                    languages: vec!["fr".to_owned()],
                    time_zone: "Europe/Zurich".to_owned(),
                    ..telephony::Site::default()
                }],
                next_page_token: String::new(),
            })
        },
    );
    fake.answer(
        "CatalogService/ListNumbers",
        |_: telephony::ListNumbersRequest| {
            Ok(telephony::ListNumbersResponse {
                numbers: vec![telephony::Number {
                    number_e164: "+41225394512".to_owned(),
                    site_id: SITE.to_owned(),
                    country: "CH".to_owned(),
                    ..telephony::Number::default()
                }],
                next_page_token: String::new(),
            })
        },
    );
    fake.answer(
        "CatalogService/ListAgents",
        |_: telephony::ListAgentsRequest| {
            Ok(telephony::ListAgentsResponse {
                agents: vec![telephony::Agent {
                    name: AGENT.to_owned(),
                    site_id: SITE.to_owned(),
                    served_categories: vec!["plumbing".to_owned()],
                    configuration: Some(telephony::AgentConfiguration {
                        llm: "gpt-4o".to_owned(),
                        ..telephony::AgentConfiguration::default()
                    }),
                    ..telephony::Agent::default()
                }],
                next_page_token: String::new(),
            })
        },
    );
}

/// What a test asks of the service.
impl World {
    pub(crate) fn quality(&self) -> QualityServiceClient<chassis::client::Channel> {
        self.books.clone().unwrap()
    }

    /// Asks for the slot that stands, and waits for its end.
    pub(crate) async fn scan(&self) -> quality::Scan {
        let asked = quality::RunScanRequest {
            asked_by: "operator:ana".to_owned(),
            since_time: None,
        };
        self.scanned(asked).await
    }

    /// Asks for everything of the last day, and waits for its end.
    pub(crate) async fn recover(&self) -> quality::Scan {
        self.recover_since(24 * 60).await
    }

    /// Asks for everything of the last minutes, and waits for its end.
    pub(crate) async fn recover_since(&self, minutes: u64) -> quality::Scan {
        let asked = quality::RunScanRequest {
            asked_by: "operator:ana".to_owned(),
            since_time: Some(seconds(Duration::from_secs(minutes * 60))),
        };
        self.scanned(asked).await
    }

    async fn scanned(&self, asked: quality::RunScanRequest) -> quality::Scan {
        let mut quality = self.quality();
        let scan = eventually(PATIENCE, async || {
            quality.clone().run_scan(asked.clone()).await.ok()
        })
        .await;
        let scan_id = scan.into_inner().scan.unwrap().scan_id;
        let quality = &mut quality;
        eventually(PATIENCE, async || {
            let asked = quality::GetScanRequest {
                scan_id: scan_id.clone(),
            };
            let scan = quality
                .clone()
                .get_scan(asked)
                .await
                .ok()?
                .into_inner()
                .scan?;
            (scan.state() != quality::ScanState::Running).then_some(scan)
        })
        .await
    }

    pub(crate) async fn flags(&self, with_words: bool) -> Vec<quality::Flag> {
        let asked = quality::ListFlagsRequest {
            with_words,
            ..quality::ListFlagsRequest::default()
        };
        self.quality()
            .list_flags(asked)
            .await
            .unwrap()
            .into_inner()
            .flags
    }
}
