//! Voicemails: stored once, silence is none, read back from the carrier.

use contracts::telephony::v1 as wire;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, PlaceCall, Scenario, Vendor};

use crate::harness::World;
use crate::samples::{CALLER, DID};

fn told(
    sid: &str,
    recording: &str,
    seconds: Option<i64>,
    status: &str,
) -> wire::RecordVoicemailRequest {
    wire::RecordVoicemailRequest {
        call_sid: sid.to_owned(),
        recording_sid: recording.to_owned(),
        duration: seconds.map(|seconds| prost_types::Duration { seconds, nanos: 0 }),
        status: status.to_owned(),
        to: DID.to_owned(),
        from: CALLER.to_owned(),
    }
}

async fn tell(world: &World, request: wire::RecordVoicemailRequest) -> String {
    world
        .calls
        .clone()
        .record_voicemail(request)
        .await
        .unwrap()
        .into_inner()
        .twiml
}

on_both! {
    async fn a_voicemail_is_stored_once_and_thanked_in_the_sites_language_b12(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        world.answer("CA1").await;
        for request in [
            told("CA1", "RE1", Some(7), ""),
            told("CA1", "RE1", Some(7), "completed"),
            told("CA1", "RE1", Some(7), ""),
            told("CA1", "RE2", Some(9), "completed"),
        ] {
            let twiml = tell(&world, request).await;
            assert!(twiml.contains("fr-FR") && twiml.contains("<Hangup/>"));
        }
        // The ring itself told of its fallback and of the missing agent.
        let kinds = world.kinds(3).await;
        assert_eq!(kinds.iter().filter(|kind| **kind == "voicemail").count(), 1);
        let call = world.call("CA1").await;
        assert_eq!(call.events.iter().filter(|event| event.kind == "voicemail").count(), 1);
    }

    async fn silence_is_a_hang_up_and_no_voicemail_b12(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        world.answer("CA1").await;
        for request in [
            told("CA1", "RE1", Some(0), ""),
            told("CA1", "RE1", Some(0), "completed"),
            told("CA1", "RE1", Some(1), "completed"),
            told("CA1", "", None, "absent"),
            told("CA1", "RE1", None, "failed"),
        ] {
            let twiml = tell(&world, request).await;
            assert!(twiml.contains("<Response><Hangup/></Response>"), "{twiml}");
        }
        assert!(!world.kinds(2).await.contains(&"voicemail"));
        let unfinished = tell(&world, told("CA1", "RE1", None, "in-progress")).await;
        assert!(unfinished.contains("<Hangup/>"));
        assert!(!world.kinds(2).await.contains(&"voicemail"));
    }

    async fn a_voicemail_of_a_call_that_the_gateway_answered_alone_is_kept(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        tell(&world, told("CA7", "RE7", Some(12), "completed")).await;
        let call = world.call("CA7").await;
        assert_eq!((call.site_id.as_str(), call.caller.as_str()), (crate::samples::SITE, CALLER));
        assert_eq!(call.handling(), wire::CallHandling::Voicemail);
        assert_eq!(world.kinds(1).await, ["voicemail"]);
    }

    async fn a_recording_is_streamed_in_pieces_from_the_carrier(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let ask = PlaceCall::new(CALLER, DID, Scenario::Voicemail).call_sid("CA1");
        world.twin.place_call(ask).await;
        let request = wire::ReadRecordingRequest { call_sid: "CA1".to_owned() };
        let mut stream = world.calls.clone().read_recording(request).await.unwrap().into_inner();
        let (mut bytes, mut types) = (Vec::new(), Vec::new());
        while let Some(piece) = stream.message().await.unwrap() {
            assert!(piece.data.len() <= 64 * 1024);
            bytes.extend_from_slice(&piece.data);
            types.push(piece.content_type);
        }
        assert!(bytes.starts_with(b"RIFF") && types[0].starts_with("audio/"));
        assert!(types[1..].iter().all(String::is_empty), "in the first piece only");

        let unknown = wire::ReadRecordingRequest { call_sid: "CA2".to_owned() };
        let refused = world.calls.clone().read_recording(unknown).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::NotFound);
        assert_eq!(chassis::fault::reason(&refused).as_deref(), Some("UNKNOWN_RECORDING"));
        let fault = FaultKind::ServerError { status: 500 };
        world.twin.fault(Fault::once(Vendor::Twilio, "recordings.media", fault));
        let request = wire::ReadRecordingRequest { call_sid: "CA1".to_owned() };
        let refused = world.calls.clone().read_recording(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::Unavailable);
    }

    async fn an_action_request_that_names_no_recording_is_thanked_and_its_callback_keeps_it(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        world.answer("CA1").await;
        let twiml = tell(&world, told("CA1", "", Some(7), "")).await;
        assert!(twiml.contains("<Say language=\"fr-FR\""), "{twiml}");
        assert!(!world.kinds(2).await.contains(&"voicemail"));
        tell(&world, told("CA1", "RE1", Some(7), "completed")).await;
        assert!(world.kinds(3).await.contains(&"voicemail"));
    }
}
