//! Erasure of a caller: here, at the vendors, through outages, with a receipt (B10, I26).

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::telephony::v1 as wire;
use telephony_gateway::Pace;
use test_support::{eventually, on_both};
use vendor_twin::{Fault, FaultKind, PlaceCall, Scenario, TwinConfig, Vendor};

use crate::harness::{World, still};
use crate::samples::{CALLER, DID};

pub(crate) const OTHER: &str = "+41794445566";

pub(crate) fn quick() -> Pace {
    Pace {
        deletion: Duration::from_millis(40),
        ..still()
    }
}

/// The lines of a receipt: store, count, what is kept.
pub(crate) type Receipt = BTreeMap<String, (i64, String)>;

impl World {
    pub(crate) async fn erase_with(&self, request: wire::EraseRequest) -> Receipt {
        let erased = self.calls.clone().erase(request).await.unwrap();
        let stores = erased.into_inner().stores;
        for done in &stores {
            // Whatever stays here and at these vendors stays for now only.
            assert_eq!(done.due, !done.kept.is_empty(), "{done:?}");
        }
        let stores = stores.into_iter();
        stores
            .map(|done| (done.store, (done.count, done.kept)))
            .collect()
    }

    pub(crate) async fn erase(&self, dry_run: bool) -> Receipt {
        self.erase_with(wire::EraseRequest {
            phone_e164: CALLER.to_owned(),
            actor: "operator:ana".to_owned(),
            dry_run,
            ..Default::default()
        })
        .await
    }

    pub(crate) async fn conversation(&self, id: &str) -> wire::Conversation {
        let request = wire::GetConversationRequest {
            conversation_id: id.to_owned(),
        };
        let found = self.conversations.clone().get_conversation(request).await;
        found.unwrap().into_inner().conversation.unwrap()
    }

    pub(crate) async fn place(&self, caller: &str, sid: &str, scenario: Scenario) {
        let ask = PlaceCall::new(caller, DID, scenario).call_sid(sid);
        self.twin.place_call(ask).await;
    }

    /// Sids of the calls, ids of the conversations, and calls of the recordings at the vendors.
    pub(crate) fn at_vendors(&self) -> (Vec<String>, usize, Vec<String>) {
        let calls = self.twin.calls().into_iter().map(|call| call.sid);
        let recordings = self.twin.recordings().into_iter();
        (
            calls.collect(),
            self.twin.conversations().len(),
            recordings.map(|recording| recording.call_sid).collect(),
        )
    }
}

pub(crate) fn counts(receipt: &Receipt) -> Vec<(&str, i64)> {
    let lines = receipt.iter();
    lines
        .map(|(store, (count, _))| (store.as_str(), *count))
        .collect()
}

pub(crate) fn kept(receipt: &Receipt) -> String {
    receipt.values().map(|(_, kept)| kept.as_str()).collect()
}

const NOTHING: [(&str, i64); 6] = [
    ("elevenlabs.conversations", 0),
    ("telephony.call", 0),
    ("telephony.conversation", 0),
    ("telephony.voicemail", 0),
    ("twilio.calls", 0),
    ("twilio.recordings", 0),
];

on_both! {
    async fn an_erased_caller_is_gone_here_and_at_the_vendors_with_a_receipt_b10(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.place(CALLER, "CA2", Scenario::Voicemail).await;
        world.place(OTHER, "CA3", Scenario::PlumbingFrench).await;
        let id = world.call("CA1").await.conversation_id;
        let before = world.conversation(&id).await;
        assert!(!before.turns.is_empty());
        let vendors = world.at_vendors();

        let dry = world.erase(true).await;
        assert_eq!((dry["telephony.call"].0, dry["twilio.calls"].0), (2, 2), "{dry:?}");
        assert_eq!((dry["telephony.voicemail"].0, dry["twilio.recordings"].0), (1, 1), "{dry:?}");
        assert_eq!(world.at_vendors(), vendors, "a dry run touches nothing");
        assert_eq!(world.call("CA1").await.caller, CALLER);

        let done = world.erase(false).await;
        assert_eq!(kept(&done), "", "{done:?}");
        assert_eq!(counts(&done), counts(&dry), "what was foretold");
        let (calls, conversations, recordings) = world.at_vendors();
        assert_eq!((calls, recordings), (vec!["CA3".to_owned()], Vec::<String>::new()));
        assert_eq!(conversations, 1);
        for sid in ["CA1", "CA2"] {
            let call = world.call(sid).await;
            assert!(call.caller.is_empty() && !call.twiml.contains("token"), "{sid}");
            let last = call.events.last().unwrap();
            assert_eq!((last.kind.as_str(), last.attributes["actor"].as_str()), ("erased", "operator:ana"));
            assert_eq!(call.called_number, DID, "what is no caller's stays");
        }
        let emptied = world.conversation(&id).await;
        assert!(emptied.turns.is_empty() && emptied.collected.is_empty());
        assert_eq!(world.call("CA3").await.caller, OTHER, "another caller's stays");
        let recording = wire::ReadRecordingRequest { call_sid: "CA2".to_owned() };
        let refused = world.calls.clone().read_recording(recording).await.unwrap_err();
        assert_eq!(chassis::fault::reason(&refused).as_deref(), Some("UNKNOWN_RECORDING"));

        // A late repeat of the ring is answered, and asks nobody.
        let asked = world.twin.requests("register_call");
        assert!(world.answer("CA1").await.twiml.contains("<Hangup/>"));
        assert_eq!(world.twin.requests("register_call"), asked);
        let again = world.erase(false).await;
        assert_eq!((counts(&again), kept(&again).as_str()), (NOTHING.to_vec(), ""));
        assert_eq!(counts(&world.erase(true).await), NOTHING);
    }

    async fn a_vendor_that_is_down_is_told_of_and_another_replica_finishes_b10(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.place(CALLER, "CA2", Scenario::Voicemail).await;
        let down = [
            (Vendor::Elevenlabs, "conversations.delete", FaultKind::ServerError { status: 503 }),
            (Vendor::Twilio, "recordings.delete", FaultKind::TooManyRequests { retry_after: None }),
            (Vendor::Twilio, "calls.delete", FaultKind::Unauthorized),
        ];
        for (vendor, operation, kind) in down {
            world.twin.fault(Fault::forever(vendor, operation, kind));
        }
        let first = world.erase(false).await;
        for store in ["elevenlabs.conversations", "twilio.recordings", "twilio.calls"] {
            let (count, kept) = &first[store];
            assert!(*count == 0 && kept.contains("still to be deleted at the vendor"), "{first:?}");
        }
        assert_eq!(first["telephony.call"], (2, String::new()), "here it is gone at once");
        // The number stands nowhere any more, and the repeat still knows what is left.
        let second = world.erase(false).await;
        assert_eq!(second["telephony.call"].0, 0);
        assert!(second["twilio.calls"].1.starts_with("2 still"), "{second:?}");

        world.life.stop();
        world.life.drained().await;
        let other = world.replica().await;
        world.twin.clear_faults();
        // Done, and answered with an error all the same.
        for (vendor, operation) in [
            (Vendor::Elevenlabs, "conversations.delete"),
            (Vendor::Twilio, "recordings.delete"),
            (Vendor::Twilio, "calls.delete"),
        ] {
            world.twin.fault(Fault::once(vendor, operation, FaultKind::AcceptThenError { status: 500 }));
        }
        eventually(Duration::from_secs(20), async || {
            let (calls, conversations, recordings) = world.at_vendors();
            (calls.is_empty() && conversations == 0 && recordings.is_empty()).then_some(())
        })
        .await;
        let last = eventually(Duration::from_secs(20), async || {
            let receipt = other.erase(false).await;
            kept(&receipt).is_empty().then_some(receipt)
        })
        .await;
        assert_eq!(last["telephony.call"].0, 0);
        assert_eq!(counts(&other.erase(false).await), NOTHING);
    }

    async fn a_hanging_vendor_keeps_the_other_one_and_the_answer_waiting_for_a_moment_only_i12(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.twin.fault(Fault::forever(Vendor::Elevenlabs, "conversations.delete", FaultKind::Hang));
        let started = std::time::Instant::now();
        let receipt = world.erase(false).await;
        assert!(started.elapsed() < Duration::from_secs(8));
        assert_eq!(receipt["twilio.calls"], (1, String::new()), "{receipt:?}");
        assert!(receipt["elevenlabs.conversations"].1.starts_with("1 still"), "{receipt:?}");
    }

    async fn a_carrier_that_does_not_list_is_told_of_and_its_calls_are_found_by_the_repeat(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_number().await;
        // The one poll of this test is over before there is a call that it could find, and leaves
        // the fault below to the erasure.
        eventually(Duration::from_secs(20), async || {
            (world.twin.requests("calls.list") > 0).then_some(())
        })
        .await;
        // No webhook came through: only the carrier knows of this call.
        for operation in ["webhook.voice", "webhook.call_status"] {
            world.twin.fault(Fault::forever(Vendor::Twilio, operation, FaultKind::Lost));
        }
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.place(OTHER, "CA2", Scenario::PlumbingFrench).await;
        let unlisted = Fault::once(Vendor::Twilio, "calls.list", FaultKind::ServerError { status: 500 });
        world.twin.fault(unlisted);
        let receipt = world.erase(false).await;
        assert!(receipt["twilio.calls"].1.contains("did not list"), "{receipt:?}");
        let receipt = world.erase(false).await;
        assert_eq!(receipt["twilio.calls"], (1, String::new()), "{receipt:?}");
        assert_eq!(world.at_vendors().0, ["CA2"]);
        let tombstone = world.call("CA1").await;
        assert!(tombstone.caller.is_empty() && tombstone.end_time.is_some());
    }

    async fn what_belongs_to_the_caller_under_another_number_goes_by_its_ids(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        world.place(OTHER, "CA1", Scenario::PlumbingFrench).await;
        world.place(OTHER, "CA2", Scenario::PlumbingFrench).await;
        let id = world.call("CA1").await.conversation_id;
        let receipt = world.erase_with(wire::EraseRequest {
            phone_e164: CALLER.to_owned(),
            actor: "operator:ana".to_owned(),
            dry_run: false,
            conversation_ids: vec![id.clone(), "conv_unknown".to_owned(), "no id\u{0}".to_owned()],
            call_sids: vec!["CA404".to_owned()],
        })
        .await;
        assert_eq!(kept(&receipt), "");
        assert_eq!(receipt["telephony.call"].0, 1);
        assert!(world.call("CA1").await.caller.is_empty(), "the conversation's call goes with it");
        assert_eq!(world.call("CA2").await.caller, OTHER);
        assert_eq!(world.at_vendors().0, ["CA2"]);
    }

    async fn an_erasure_needs_a_number_and_somebody_who_asks(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        let request = wire::EraseRequest { phone_e164: "anonymous".to_owned(), ..Default::default() };
        let refused = world.calls.clone().erase(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        let fields: Vec<String> = chassis::fault::violations(&refused)
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(fields, ["phone_e164", "actor"]);
    }
}
