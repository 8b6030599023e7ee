//! What telephony tells reaches lead-service: in order, through restarts and outages, once in
//! effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chassis::fault::{self, Kind};
use contracts::lead::v1 as lead;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::call_entry::Entry as Told;
use test_support::{eventually, on_both};

use crate::world::{PATIENCE, World, take_everything};

fn ended(conversation_id: &str) -> Told {
    Told::Ended(telephony::CallEnded {
        site_id: "geneva-plumbing".to_owned(),
        conversation_id: conversation_id.to_owned(),
        end_time: Some(prost_types::Timestamp {
            seconds: 1_795_253_500,
            nanos: 0,
        }),
        duration: Some(prost_types::Duration {
            seconds: 73,
            nanos: 500_000_000,
        }),
        state: telephony::CallState::Completed.into(),
    })
}

fn voicemail(recording_sid: &str) -> Told {
    Told::Voicemail(telephony::VoicemailLeft {
        site_id: "geneva-plumbing".to_owned(),
        recording_sid: recording_sid.to_owned(),
        duration: Some(prost_types::Duration {
            seconds: 17,
            nanos: 0,
        }),
    })
}

fn know_the_caller(world: &World) {
    world
        .telephony
        .answer("CallService/GetCall", |asked: telephony::GetCallRequest| {
            let call = telephony::Call {
                call_sid: asked.call_sid,
                caller: "+41790000042".to_owned(),
                ..telephony::Call::default()
            };
            Ok(telephony::GetCallResponse { call: Some(call) })
        });
}

fn ended_sids(world: &World) -> Vec<String> {
    let asked: Vec<lead::RecordCallEndedRequest> = world.leads.asked("LeadService/RecordCallEnded");
    asked.into_iter().map(|request| request.call_sid).collect()
}

on_both! {
    async fn each_entry_is_carried_in_order_to_whom_it_concerns(db: TestDb) {
        let mut world = World::new(&db).await;
        know_the_caller(&world);
        world.feed.tell("CA1", ended("conv_1"));
        world.feed.tell("CA1", Told::Conversation(telephony::ConversationStored {
            conversation_id: "conv_1".to_owned(),
            site_id: "geneva-plumbing".to_owned(),
            status: "done".to_owned(),
        }));
        world.feed.tell("CA2", Told::Fallback(telephony::FallbackServed {
            site_id: "geneva-plumbing".to_owned(),
            reason: "REGISTER_TIMEOUT".to_owned(),
        }));
        world.feed.tell("CA2", voicemail("RE2"));
        world.feed.tell("CA3", Told::Verified(telephony::CallVerified {
            conversation_id: "conv_3".to_owned(),
            site_id: "geneva-plumbing".to_owned(),
            called_number: "+41225394512".to_owned(),
        }));
        let last = world.feed.tell("", Told::Alarm(telephony::AlarmRaised {
            kind: "ELEVENLABS_UNAVAILABLE".to_owned(),
            subject: "register-call".to_owned(),
            text: "ElevenLabs does not answer.".to_owned(),
        }));
        world.start().await;
        let books = world.carried_up_to("first", last).await;

        assert_eq!(world.leads.methods(), [
            "LeadService/RecordCallEnded",
            "LeadService/RaiseAlarm",
            "LeadService/CaptureVoicemail",
            "LeadService/VerifyLead",
            "LeadService/RaiseAlarm",
        ]);
        let ends: Vec<lead::RecordCallEndedRequest> =
            world.leads.asked("LeadService/RecordCallEnded");
        assert_eq!(ends[0].conversation_id, "conv_1");
        assert_eq!(ends[0].end_time.unwrap().seconds, 1_795_253_500);
        assert_eq!(ends[0].duration.unwrap().nanos, 500_000_000);
        // The caller is asked for, since the stream holds no personal data (B12, I25).
        let left: Vec<lead::CaptureVoicemailRequest> =
            world.leads.asked("LeadService/CaptureVoicemail");
        assert_eq!(left[0].call_sid, "CA2");
        assert_eq!(left[0].caller, "+41790000042");
        assert_eq!(left[0].recording_sid, "RE2");
        assert_eq!(left[0].site_id, "geneva-plumbing");
        let verified: Vec<lead::VerifyLeadRequest> = world.leads.asked("LeadService/VerifyLead");
        assert_eq!(verified[0].call_sid, "CA3");
        assert_eq!(verified[0].called_number, "+41225394512");
        let alarms: Vec<lead::RaiseAlarmRequest> = world.leads.asked("LeadService/RaiseAlarm");
        assert_eq!(alarms[0].kind, "CALLER_SERVED_BY_FALLBACK");
        assert_eq!(alarms[1].kind, "ELEVENLABS_UNAVAILABLE");
        assert_eq!(alarms[1].slot, (1_795_253_436 / 900).to_string());

        let kinds = ["alarm", "conversation", "ended", "fallback", "verified", "voicemail"];
        for kind in kinds {
            assert_eq!(books.carried.get(kind), Some(&1), "{kind}");
        }
        assert!(books.parked.is_empty() && books.carry_time.is_some());
        world.stop().await;
    }

    async fn a_restart_goes_on_where_it_stood(db: TestDb) {
        let mut world = World::new(&db).await;
        for number in 1..=5 {
            world.feed.tell(&format!("CA{number}"), ended(""));
        }
        world.start().await;
        world.carried_up_to("first", 5).await;
        world.stop().await;
        for number in 6..=9 {
            world.feed.tell(&format!("CA{number}"), ended(""));
        }
        world.start().await;
        let books = world.carried_up_to("first", 9).await;
        let expected: Vec<String> = (1..=9).map(|number| format!("CA{number}")).collect();
        assert_eq!(ended_sids(&world), expected);
        assert_eq!(books.carried["ended"], 9);
        world.stop().await;
    }

    /// A crash between effect and position: the effect comes again, the books count it once.
    async fn an_entry_told_twice_counts_once_and_blocks_nothing(db: TestDb) {
        let mut world = World::new(&db).await;
        world.feed.tell("CA1", ended(""));
        world.feed.tell("CA2", ended(""));
        world.feed.repeat_last();
        world.start().await;
        world.carried_up_to("first", 2).await;
        // The number after a doubled entry goes on from it.
        let last = world.feed.tell("CA4", ended(""));
        let books = world.carried_up_to("first", last).await;
        assert_eq!(books.carried["ended"], 3);
        assert!(books.parked.is_empty());
        let mut sids = ended_sids(&world);
        sids.dedup();
        assert_eq!(sids, ["CA1", "CA2", "CA4"]);
        world.stop().await;
    }

    async fn a_new_epoch_is_read_from_its_start(db: TestDb) {
        let mut world = World::new(&db).await;
        world.feed.tell("CA1", ended(""));
        world.feed.tell("CA2", ended(""));
        world.start().await;
        world.carried_up_to("first", 2).await;
        // Restored from before CA2: its number now belongs to another call.
        world.feed.restart_as("second", &[("CA1", ended("")), ("CA3", ended(""))]);
        let books = world.carried_up_to("second", 2).await;
        assert_eq!(ended_sids(&world), ["CA1", "CA2", "CA1", "CA3"]);
        assert_eq!(books.carried["ended"], 2);
        world.stop().await;
    }

    /// Seven failures would park an entry that is at fault itself; an outage parks none.
    async fn an_outage_of_lead_service_parks_nothing_and_keeps_the_order(db: TestDb) {
        let mut world = World::new(&db).await;
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        world.leads.answer("LeadService/RecordCallEnded", move |_: lead::RecordCallEndedRequest| {
            if counted.fetch_add(1, Ordering::SeqCst) < 7 {
                return Err(fault::plain(Kind::Unavailable, "DATABASE_UNAVAILABLE", "later"));
            }
            Ok(lead::RecordCallEndedResponse::default())
        });
        world.feed.tell("CA1", ended(""));
        world.feed.tell("CA2", ended(""));
        world.start().await;
        let books = world.carried_up_to("first", 2).await;
        assert!(books.parked.is_empty());
        let mut sids = ended_sids(&world);
        assert_eq!(sids.iter().filter(|sid| *sid == "CA1").count(), 8);
        sids.dedup();
        assert_eq!(sids, ["CA1", "CA2"]);
        world.stop().await;
    }

    async fn a_stop_during_an_outage_ends_in_time_and_loses_nothing(db: TestDb) {
        let mut world = World::new(&db).await;
        world.leads.answer("LeadService/RecordCallEnded", |_: lead::RecordCallEndedRequest| {
            Err::<lead::RecordCallEndedResponse, _>(fault::plain(
                Kind::Unavailable, "DATABASE_UNAVAILABLE", "later",
            ))
        });
        world.feed.tell("CA1", ended(""));
        world.start().await;
        eventually(PATIENCE, async || (!ended_sids(&world).is_empty()).then_some(())).await;
        tokio::time::timeout(Duration::from_secs(5), world.stop()).await.unwrap();
        take_everything(&world.leads);
        world.start().await;
        let books = world.carried_up_to("first", 1).await;
        assert_eq!(books.carried["ended"], 1);
        world.stop().await;
    }

    /// I23: what a neighbour keeps refusing is parked with its reason, and the next one goes on.
    async fn a_poisonous_entry_is_parked_with_its_reason_and_blocks_nothing(db: TestDb) {
        let mut world = World::new(&db).await;
        world.leads.answer("LeadService/RecordCallEnded", |asked: lead::RecordCallEndedRequest| {
            if asked.call_sid == "CA-poison" {
                return Err(fault::plain(Kind::Invalid, "INVALID_REQUEST", "secret words"));
            }
            Ok(lead::RecordCallEndedResponse::default())
        });
        world.feed.tell("CA-poison", ended(""));
        let last = world.feed.tell("CA2", ended(""));
        world.start().await;
        let patience = Duration::from_secs(60);
        let books = world.books_when(patience, |books| books.number == last).await;
        assert_eq!(books.parked.len(), 1);
        let parked = &books.parked[0];
        assert_eq!((parked.number, parked.kind.as_str()), (1, "ended"));
        assert_eq!(parked.call_sid, "CA-poison");
        assert!(parked.reason.contains("RecordCallEnded") && parked.reason.contains("INVALID_REQUEST"));
        assert!(!parked.reason.contains("secret words"));
        assert_eq!(books.carried["ended"], 1);
        world.stop().await;
    }

    /// B12: an unknown caller's voicemail still becomes a lead, which goes to the operator.
    async fn a_voicemail_of_a_call_that_telephony_does_not_know_is_not_lost(db: TestDb) {
        let mut world = World::new(&db).await;
        world.telephony.answer("CallService/GetCall", |_: telephony::GetCallRequest| {
            Err::<telephony::GetCallResponse, _>(fault::plain(
                Kind::NotFound, "UNKNOWN_CALL", "no such call",
            ))
        });
        world.feed.tell("CA9", voicemail("RE9"));
        world.start().await;
        world.carried_up_to("first", 1).await;
        let left: Vec<lead::CaptureVoicemailRequest> =
            world.leads.asked("LeadService/CaptureVoicemail");
        assert_eq!((left.len(), left[0].caller.as_str()), (1, ""));
        world.stop().await;
    }
}
