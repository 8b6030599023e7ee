//! The faults that `bord demo --fault` sets, one for each step of the story.

use std::path::Path;

use anyhow::Context as _;
use contracts::roster::v1 as roster;
use vendor_twin::{Fault, FaultKind, Scenario, Twin, Vendor};

use crate::catalog::Folder;
use crate::peers::explain;
use crate::running::Running;

/// Which step breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DemoFault {
    /// The database folder cannot be used.
    Start,
    /// A number of another country stands in the catalogue.
    Catalog,
    /// A scenario run fails.
    Gate,
    /// ElevenLabs refuses the call: the caller gets the voicemail.
    Agent,
    /// ElevenLabs is slower than a caller waits.
    SlowAgent,
    /// The caller hangs up before there is a need.
    Talk,
    /// The tool's call never arrives.
    Tool,
    /// Every provider is paused, so that nobody can have the lead.
    Provider,
    /// WhatsApp refuses the message.
    Whatsapp,
    /// The provider's number takes no SMS.
    Sms,
    /// The customer's number is wrong.
    CustomerSms,
    /// Mailgun is down.
    Email,
    /// The end of the call and the conversation are never told.
    After,
    /// The provider's answer is lost on its way.
    Answer,
    /// The provider says no.
    Confirm,
    /// What the provider needs to go cannot be sent.
    Confirmation,
    /// The summary cannot be mailed.
    Summary,
    /// The gate refuses the mended prompt.
    Healing,
    /// Nothing comes of the work: the lead brings in nothing.
    Income,
}

impl std::fmt::Display for DemoFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use clap::ValueEnum as _;
        let value = self.to_possible_value().expect("every fault has a name");
        write!(
            f,
            "{}",
            value
                .get_help()
                .map_or_else(|| value.get_name().to_owned(), ToString::to_string)
        )
    }
}

impl DemoFault {
    /// Puts a file where the lead-service's database belongs.
    ///
    /// # Errors
    /// The folder cannot be written at all.
    pub fn spoil(data: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(data.join("lead.db")).context("the fault cannot be set")
    }

    /// The sample with an Austrian number on the Geneva site (R5).
    #[must_use]
    pub fn broken_catalog() -> Folder {
        let folder = Folder::sample();
        let file = "site-geneva-plumbing.toml";
        let text = folder
            .get(file)
            .unwrap_or_default()
            .replace("+41225394512", "+4312345678");
        folder.with(file, &text)
    }

    pub fn set_before_gate(self, twin: &Twin) {
        if self == Self::Gate {
            fail_runs(twin);
        }
    }

    /// How the caller of the story behaves.
    #[must_use]
    pub fn scenario(fault: Option<Self>) -> Scenario {
        match fault {
            Some(Self::Talk) => Scenario::SpamHangup,
            _ => Scenario::PlumbingFrench,
        }
    }

    /// The provider's word.
    #[must_use]
    pub fn word(fault: Option<Self>) -> &'static str {
        match fault {
            Some(Self::Confirm) => "NON",
            _ => "OUI",
        }
    }

    /// What breaks after the offers are delivered.
    pub fn set_before_answer(self, twin: &Twin) {
        let (vendor, operation, kind) = match self {
            Self::Answer => (Vendor::Twilio, "webhook.inbound_message", FaultKind::Lost),
            Self::Confirmation => (Vendor::Twilio, "messages.create", refuse(21_614)),
            _ => return,
        };
        twin.fault(Fault::forever(vendor, operation, kind));
    }

    /// What breaks after the agent was softened.
    pub fn set_before_healing(self, twin: &Twin) {
        if self == Self::Healing {
            fail_runs(twin);
        }
    }

    /// # Errors
    /// A provider cannot be paused.
    pub async fn set_before_call(self, up: &Running) -> anyhow::Result<()> {
        let twin = &up.twin;
        match self {
            Self::Start | Self::Catalog | Self::Gate | Self::Talk => {}
            Self::Answer | Self::Confirm | Self::Confirmation | Self::Healing | Self::Income => {}
            Self::Summary => {
                twin.fault(
                    Fault::forever(
                        Vendor::Mailgun,
                        "mail.send",
                        FaultKind::TooManyRequests { retry_after: None },
                    )
                    .matching("Call to"),
                );
            }
            Self::Tool => {
                let lost = FaultKind::Lost;
                twin.fault(Fault::forever(Vendor::Elevenlabs, "webhook.tool", lost));
            }
            Self::Agent => {
                twin.fault(Fault::forever(
                    Vendor::Elevenlabs,
                    "register_call",
                    FaultKind::ServerError { status: 500 },
                ));
            }
            Self::SlowAgent => {
                twin.fault(Fault::forever(
                    Vendor::Elevenlabs,
                    "register_call",
                    FaultKind::Delay { ms: 8_000 },
                ));
            }
            Self::Provider => pause_plumbers(up).await?,
            Self::Whatsapp => {
                twin.fault(
                    Fault::forever(Vendor::Twilio, "messages.create", refuse(63_024))
                        .matching("whatsapp:"),
                );
            }
            Self::Sms => {
                twin.fault(
                    Fault::forever(Vendor::Twilio, "messages.create", refuse(21_614))
                        .matching("To=+41795530141"),
                );
            }
            Self::CustomerSms => {
                twin.fault(
                    Fault::forever(Vendor::Twilio, "messages.create", refuse(21_211))
                        .matching("To=+41791234567"),
                );
            }
            Self::Email => {
                twin.fault(Fault::forever(
                    Vendor::Mailgun,
                    "mail.send",
                    FaultKind::TooManyRequests { retry_after: None },
                ));
            }
            Self::After => {
                for hook in ["webhook.call_status", "webhook.post_call"] {
                    for vendor in [Vendor::Twilio, Vendor::Elevenlabs] {
                        twin.fault(Fault::forever(vendor, hook, FaultKind::Lost));
                    }
                }
            }
        }
        Ok(())
    }
}

fn fail_runs(twin: &Twin) {
    let fails = FaultKind::FailRun;
    twin.fault(Fault::forever(Vendor::Elevenlabs, "test_run", fails));
}

fn refuse(code: u32) -> FaultKind {
    FaultKind::Reject {
        status: 400,
        code,
        message: "on purpose".to_owned(),
    }
}

async fn pause_plumbers(up: &Running) -> anyhow::Result<()> {
    let mut roster = up.peers.roster.clone();
    let listed = roster
        .list_providers(roster::ListProvidersRequest {
            country: "CH".into(),
            page_size: 200,
            ..Default::default()
        })
        .await
        .map_err(|s| explain("the providers cannot be listed", &s))?;
    for provider in listed.into_inner().providers {
        roster
            .pause_provider(roster::PauseProviderRequest {
                provider_id: provider.provider_id,
                actor: "operator:demo".into(),
                cause: "the demo breaks this step on purpose".into(),
            })
            .await
            .map_err(|s| explain("a provider cannot be paused", &s))?;
    }
    Ok(())
}
