//! What reaches the operator: alarms and copies of replies; and the lists that a person reads.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use test_support::{eventually, on_both};
use tonic::Code;

use crate::calls::{CALLER, refusal, tool_call};
use crate::dispatch::zurich_call;
use crate::harness::World;

fn alarm(slot: &str) -> wire::RaiseAlarmRequest {
    wire::RaiseAlarmRequest {
        kind: "SCAN_MISSING".to_owned(),
        subject: "scan".to_owned(),
        text: "No scan for 30 minutes. Look at quality-service.".to_owned(),
        slot: slot.to_owned(),
    }
}

fn reply(sid: &str, from: &str) -> wire::RecordReplyRequest {
    wire::RecordReplyRequest {
        message_sid: sid.to_owned(),
        from: from.to_owned(),
        to: "+41798071420".to_owned(),
        channel: "sms".to_owned(),
        body: "merci\0 beaucoup".to_owned(),
        ..Default::default()
    }
}

on_both! {
    async fn an_alarm_is_mailed_once_for_each_kind_subject_and_slot(db: TestDb) {
        let mut world = World::start(db).await;
        world.notification.fail(3);
        for slot in ["1", "1", "2", "1"] {
            world.client.raise_alarm(alarm(slot)).await.unwrap();
        }
        world.tells("alarm:SCAN_MISSING:scan:1").await;
        world.tells("alarm:SCAN_MISSING:scan:2").await;
        assert_eq!(world.notification.told("alarm:").len(), 2);
        let refused = world.client.raise_alarm(wire::RaiseAlarmRequest::default()).await;
        assert_eq!(chassis::fault::violations(&refused.unwrap_err()).len(), 4);
    }

    async fn a_reply_is_stored_once_and_copied_to_the_operator_r51(db: TestDb) {
        let mut world = World::start(db).await;
        let lead = world.dispatch(tool_call(1)).await.lead_id;
        for stored in [true, false] {
            let answer = world.client.record_reply(reply("SM1", CALLER)).await.unwrap();
            assert_eq!(answer.into_inner().stored, stored);
        }
        world.client.record_reply(reply("SM2", "+41795550000")).await.unwrap();
        world.tells("reply:SM1").await;
        world.tells("reply:SM2").await;
        let linked = |sid: &str| match world.notification.told(sid)[0].notice.clone() {
            Some(Notice::InboundReply(reply)) => (reply.lead_id, reply.body),
            _ => panic!("no copy"),
        };
        assert_eq!(linked("reply:SM1"), (lead, "merci beaucoup".to_owned()));
        assert_eq!(linked("reply:SM2").0, "");
    }

    async fn a_reply_that_may_be_about_health_is_marked_so_that_its_copy_is_redacted_d10(db: TestDb) {
        let mut world = World::start(db).await;
        let mut dentist = zurich_call(1);
        dentist.service = "Zahnarzt".to_owned();
        dentist.phone = "+41795551111".to_owned();
        let dental = world.dispatch(dentist.clone()).await.lead_id;
        let plumbing = world.dispatch(tool_call(2)).await.lead_id;
        let marked = async |world: &mut World, sid: &str, from: &str, button: String| {
            let mut request = reply(sid, from);
            request.button_payload = button;
            world.client.record_reply(request).await.unwrap();
            let key = format!("reply:{sid}");
            world.tells(&key).await;
            match world.notification.told(&key)[0].notice.clone() {
                Some(Notice::InboundReply(copy)) => copy.health,
                _ => panic!("no copy"),
            }
        };
        assert!(marked(&mut world, "SM1", "+41795551111", String::new()).await);
        assert!(!marked(&mut world, "SM2", CALLER, String::new()).await);
        assert!(marked(&mut world, "SM3", "+41795550000", format!("accept:{dental}:1")).await);
        assert!(!marked(&mut world, "SM4", "+41795551111", format!("accept:{plumbing}:1")).await);
        // Which of the sender's leads is meant is no longer clear, so it may be the health-related.
        let mut another = tool_call(3);
        another.phone = "+41795551111".to_owned();
        world.dispatch(another).await;
        assert!(marked(&mut world, "SM5", "+41795551111", String::new()).await);
    }

    async fn a_button_names_its_lead(db: TestDb) {
        let mut world = World::start(db).await;
        let lead = world.dispatch(tool_call(1)).await.lead_id;
        let mut pressed = reply("SM3", "+41795550000");
        pressed.channel = "whatsapp".to_owned();
        pressed.body.clear();
        pressed.button_payload = format!("accept:{lead}:1");
        world.client.record_reply(pressed).await.unwrap();
        world.tells("reply:SM3").await;
        let Some(Notice::InboundReply(copy)) = world.notification.told("reply:")[0].notice.clone()
        else {
            panic!("no copy")
        };
        assert_eq!(copy.lead_id, lead);
    }

    async fn two_open_leads_of_a_sender_are_no_guess(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        world.dispatch(tool_call(2)).await;
        world.client.record_reply(reply("SM4", CALLER)).await.unwrap();
        world.tells("reply:SM4").await;
        let Some(Notice::InboundReply(copy)) = world.notification.told("reply:")[0].notice.clone()
        else {
            panic!("no copy")
        };
        assert_eq!(copy.lead_id, "");
    }

    async fn leads_are_listed_newest_first_page_by_page(db: TestDb) {
        let mut world = World::start(db).await;
        let mut made = Vec::new();
        for n in 1..=5 {
            made.push(world.dispatch(tool_call(n)).await.lead_id);
        }
        made.reverse();
        let mut request = wire::ListLeadsRequest { page_size: 2, ..Default::default() };
        let mut listed = Vec::new();
        loop {
            let page = world.client.list_leads(request.clone()).await.unwrap().into_inner();
            assert!(page.leads.len() <= 2);
            listed.extend(page.leads.into_iter().map(|lead| lead.lead_id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(listed, made);
        let only = wire::ListLeadsRequest {
            state: wire::LeadState::Notified.into(),
            site_id: "plombiersgeneve".to_owned(),
            call_sid: tool_call(3).call_sid,
            ..Default::default()
        };
        assert_eq!(world.client.list_leads(only).await.unwrap().into_inner().leads.len(), 1);
        let bad = wire::ListLeadsRequest {
            page_size: -1,
            page_token: "x".to_owned(),
            state: 99,
            ..Default::default()
        };
        let refused = world.client.list_leads(bad).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::InvalidArgument, "INVALID_REQUEST".to_owned()));
        assert_eq!(chassis::fault::violations(&refused).len(), 3);
    }

    async fn an_event_log_is_listed_page_by_page(db: TestDb) {
        let mut world = World::start(db).await;
        let lead_id = world.dispatch(tool_call(1)).await.lead_id;
        let mut request =
            wire::ListLeadEventsRequest { lead_id, page_size: 2, page_token: String::new() };
        let first = world.client.list_lead_events(request.clone()).await.unwrap().into_inner();
        let numbers: Vec<_> = first.events.iter().map(|event| event.number).collect();
        assert_eq!((numbers, first.next_page_token.as_str()), (vec![1, 2], "2"));
        request.page_token = first.next_page_token;
        let last = world.client.list_lead_events(request).await.unwrap().into_inner();
        assert_eq!((last.events.len(), last.next_page_token.as_str()), (1, ""));
        // No personal data in the log (I25).
        let phone = &first.events[0].attributes["phone"];
        assert_eq!(phone, "+41 79 *** ** 67");
    }

    async fn an_alarm_with_a_long_subject_is_mailed_too(db: TestDb) {
        let mut world = World::start(db).await;
        let mut long = alarm("1");
        long.subject = "é".repeat(200);
        for slot in ["1", "2"] {
            long.slot = slot.to_owned();
            world.client.raise_alarm(long.clone()).await.unwrap();
        }
        eventually(Duration::from_secs(10), async || {
            (world.notification.told("alarm:SCAN_MISSING:").len() == 2).then_some(())
        })
        .await;
    }
}
