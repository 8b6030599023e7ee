//! The agent could not answer: the voicemail becomes a lead (B12).

use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use serde::Deserialize;
use test_support::on_both;
use tonic::Code;

use crate::calls::CALLER;
use crate::harness::{LINK_SECRET, World};

fn voicemail(caller: &str) -> wire::CaptureVoicemailRequest {
    wire::CaptureVoicemailRequest {
        call_sid: "CA77".to_owned(),
        site_id: "plombiersgeneve".to_owned(),
        caller: caller.to_owned(),
        recording_sid: "RE77".to_owned(),
        ..Default::default()
    }
}

#[derive(Deserialize)]
struct Claims {
    call_sid: String,
}

fn opens(url: &str) -> String {
    let token = url.strip_prefix("https://bord.example/r/").unwrap();
    let secrets = [chassis::config::Secret::new(LINK_SECRET)];
    let now = chassis::clock::now();
    let in_a_month = now + chrono::TimeDelta::days(31);
    chassis::token::verify::<Claims>(&secrets, "recording", token, in_a_month)
        .err()
        .unwrap();
    chassis::token::verify::<Claims>(&secrets, "recording", token, now)
        .unwrap()
        .call_sid
}

on_both! {
    async fn a_voicemail_becomes_a_lead_with_a_signed_link_to_the_recording(db: TestDb) {
        let mut world = World::start(db).await;
        let made = world.client.capture_voicemail(voicemail(CALLER)).await.unwrap().into_inner();
        let again = world.client.capture_voicemail(voicemail(CALLER)).await.unwrap().into_inner();
        assert_eq!(made.lead_id, again.lead_id);
        let lead = world.reaches(&made.lead_id, wire::LeadState::Notified).await;
        assert_eq!(lead.origin(), wire::LeadOrigin::Voicemail);
        assert_eq!(lead.verification(), wire::Verification::Verified);
        assert_eq!((lead.category.as_str(), lead.city.as_str()), ("plumbing", "geneva"));
        assert_eq!((lead.phone_e164.as_str(), lead.language.as_str()), (CALLER, "fr"));
        assert_eq!(world.leads().await.len(), 1);
        let messages = world.notification.messages();
        assert_eq!(messages.len(), 1);
        let Some(Notice::LeadAssigned(told)) = &messages[0].notice else { panic!("not an offer") };
        assert_eq!(opens(&told.lead.as_ref().unwrap().recording_url), "CA77");
    }

    async fn an_anonymous_callers_voicemail_goes_to_the_operator(db: TestDb) {
        let mut world = World::start(db).await;
        for caller in ["", "+266696687"] {
            let made = world.client.capture_voicemail(voicemail(caller)).await.unwrap().into_inner();
            let lead = world.lead(&made.lead_id).await;
            assert_eq!((lead.state(), lead.due_time), (wire::LeadState::Incomplete, None));
        }
        world.tells("alarm:VOICEMAIL_FOR_OPERATOR:").await;
        let alarms = world.notification.told("alarm:");
        assert_eq!(alarms.len(), 1);
        let Some(Notice::OperatorAlarm(alarm)) = &alarms[0].notice else { panic!("no alarm") };
        let link = alarm.text.split_whitespace().last().unwrap();
        assert_eq!(opens(link), "CA77");
        assert_eq!(world.roster.asked().len(), 0);
    }

    async fn a_voicemail_for_an_unknown_site_is_not_lost(db: TestDb) {
        let mut world = World::start(db).await;
        let mut request = voicemail(CALLER);
        request.site_id = "nobody".to_owned();
        let made = world.client.capture_voicemail(request).await.unwrap().into_inner();
        world.tells(&format!("alarm:VOICEMAIL_FOR_OPERATOR:{}:", made.lead_id)).await;
        assert_eq!(world.roster.asked().len(), 0);
    }

    async fn a_voicemail_names_its_call(db: TestDb) {
        let mut world = World::start(db).await;
        let request = wire::CaptureVoicemailRequest::default();
        let refused = world.client.capture_voicemail(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(chassis::fault::violations(&refused).len(), 3);
    }
}
