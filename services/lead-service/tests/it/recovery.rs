//! A call whose tool call never reached us becomes a lead (B3): once, under the ordinary key, and
//! from every step on by the database alone.

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use lead_service::crash::RECOVERY;
use test_support::{eventually, on_both};
use tonic::Code;

use crate::calls::{CALLER, refusal, tool_call};
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;

/// As quality-service asks: from the vendor's log, without the call token.
pub(crate) fn lost(n: u32) -> wire::RecoverLeadRequest {
    let seconds = chassis::clock::now().timestamp() - 600;
    wire::RecoverLeadRequest {
        need: Some(wire::DispatchLeadRequest {
            call_token: String::new(),
            ..tool_call(n)
        }),
        source: wire::RecoverySource::ToolExecution.into(),
        call_time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
        actor: "quality".to_owned(),
    }
}

impl World {
    pub(crate) async fn recover(
        &mut self,
        request: wire::RecoverLeadRequest,
    ) -> wire::RecoverLeadResponse {
        self.client
            .recover_lead(request)
            .await
            .unwrap()
            .into_inner()
    }

    async fn listed(&mut self, conversation: &str, call_sid: &str) -> Vec<String> {
        let request = wire::ListLeadsRequest {
            conversation_id: conversation.to_owned(),
            call_sid: call_sid.to_owned(),
            ..Default::default()
        };
        let listed = self.client.list_leads(request).await.unwrap().into_inner();
        listed.leads.into_iter().map(|lead| lead.lead_id).collect()
    }
}

on_both! {
    async fn a_lost_tool_call_becomes_one_lead_marked_as_recovered_b3(db: TestDb) {
        let mut world = World::start(db).await;
        let request = lost(1);
        let call_time = request.call_time;
        let made = world.recover(request).await;
        assert!(made.recovered && !made.told_before);
        let lead = world.reaches(&made.lead_id, wire::LeadState::Notified).await;
        assert_eq!(lead.origin(), wire::LeadOrigin::Recovered);
        assert_eq!(lead.verification(), wire::Verification::Verified);
        assert_eq!((lead.phone_e164.as_str(), lead.source_country.as_str()), (CALLER, "CH"));
        assert_eq!((lead.provider_id.as_str(), lead.attempt), (PROVIDER, 1));
        assert_eq!(lead.create_time, call_time, "dated by its call");
        let log = world.log(&made.lead_id).await;
        let kinds: Vec<&str> = log.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["recovered", "checked", "assigned", "notified"]);
        assert_eq!((log[0].actor.as_str(), log[0].attributes["source"].as_str()), ("quality", "tool_execution"));
        let asked = world.notification.carriers(|carriers| carriers.asked.clone());
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].reference.as_str(), asked[0].since_time), (lead.reference.as_str(), call_time));
        // Found by either id, as the books ask for it (B2).
        let sid = tool_call(1).call_sid;
        for (conversation, call) in [("conv_1", ""), ("", sid.as_str()), ("conv_1", sid.as_str())] {
            assert_eq!(world.listed(conversation, call).await, std::slice::from_ref(&made.lead_id));
        }
        let again = world.recover(lost(1)).await;
        assert_eq!((again.recovered, again.lead_id.as_str(), again.status.as_str()), (false, made.lead_id.as_str(), "notified"));
        // The tool call that came late meets it, and hears what it would have heard.
        let late = world.dispatch(tool_call(1)).await;
        assert_eq!((late.ok, late.lead_id.as_str(), late.status.as_str()), (true, made.lead_id.as_str(), "notified"));
        assert!(late.say.contains("Plomberie"), "{}", late.say);
        assert_eq!(world.leads().await.len(), 1);
        assert_eq!(world.notification.told("lead:").len(), 1);
    }

    async fn a_lead_that_is_known_is_not_recovered_whatever_became_of_it(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let mut other = lost(1);
        other.need.as_mut().unwrap().service = "une fuite d'eau".to_owned();
        other.need.as_mut().unwrap().phone.clear();
        let before = world.events(&id).await;
        let met = world.recover(other.clone()).await;
        assert_eq!((met.recovered, met.lead_id.as_str(), met.told_before), (false, id.as_str(), false));
        assert_eq!(world.lead(&id).await.origin(), wire::LeadOrigin::ToolCall);
        assert_eq!(world.events(&id).await, before);
        // Not even a tombstone is woken (I2, I26).
        world.cancel(&id).await.unwrap();
        world.logs(&id, "released").await;
        let erase = wire::EraseRequest { phone_e164: CALLER.to_owned(), actor: "quality".to_owned(), dry_run: false };
        world.client.erase(erase).await.unwrap();
        let met = world.recover(other).await;
        assert_eq!((met.recovered, met.status.as_str()), (false, "cancelled"));
        assert_eq!(world.lead(&id).await.customer_name, "");
        assert_eq!(world.leads().await.len(), 1);
    }

    async fn recoveries_and_the_late_tool_call_at_the_same_moment_make_one_lead_i2(db: TestDb) {
        let mut world = World::start(db).await;
        for n in 1..=4 {
            let mut asked = Vec::new();
            for turn in 0..8 {
                let mut client = if turn % 4 == 0 { world.replica_client().await } else { world.client.clone() };
                asked.push(chassis::run::spawn(async move {
                    if turn % 2 == 0 {
                        let made = client.recover_lead(lost(n)).await.unwrap().into_inner();
                        (made.lead_id, made.recovered)
                    } else {
                        let met = client.dispatch_lead(tool_call(n)).await.unwrap().into_inner();
                        assert!(met.ok);
                        (met.lead_id, false)
                    }
                }));
            }
            let mut answers = Vec::new();
            for answer in asked {
                answers.push(answer.await.unwrap());
            }
            let id = answers[0].0.clone();
            assert!(answers.iter().all(|(other, _)| *other == id), "{answers:?}");
            let recovered = answers.iter().filter(|(_, recovered)| *recovered).count();
            let lead = world.reaches(&id, wire::LeadState::Notified).await;
            let marked = usize::from(lead.origin() == wire::LeadOrigin::Recovered);
            assert_eq!(recovered, marked, "{answers:?}");
            assert_eq!(world.notification.told(&format!("lead:{id}")).len(), 1);
        }
        assert_eq!((world.leads().await.len(), world.roster.owners()), (4, 4));
    }

    async fn another_need_is_recovered_beside_the_first_d12(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.recover(lost(1)).await;
        let mut second = lost(1);
        let need = second.need.as_mut().unwrap();
        (need.service, need.another_need) = ("un dentiste".to_owned(), "true".to_owned());
        let made = world.recover(second.clone()).await;
        assert!(made.recovered && made.lead_id != first.lead_id);
        assert_eq!(world.lead(&made.lead_id).await.need, 2);
        assert!(!world.recover(second).await.recovered);
    }

    /// Nothing is guessed, and no row is written.
    async fn each_missing_field_is_named_at_once(db: TestDb) {
        let mut world = World::start(db).await;
        let mut bare = lost(1);
        bare.need = Some(wire::DispatchLeadRequest {
            conversation_id: "conv_1".to_owned(),
            called_number: tool_call(1).called_number,
            caller_id: "+266696687".to_owned(),
            ..Default::default()
        });
        let fields = async |world: &mut World, request| {
            let refused = world.client.recover_lead(request).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument);
            let violations = chassis::fault::violations(&refused);
            violations.into_iter().map(|v| v.field).collect::<Vec<String>>()
        };
        let five = ["need.service", "need.location", "need.customer_name", "need.phone", "need.language"];
        assert_eq!(fields(&mut world, bare.clone()).await, five);
        // The caller's number is one to call back on.
        bare.need.as_mut().unwrap().caller_id = CALLER.to_owned();
        assert!(!fields(&mut world, bare).await.contains(&"need.phone".to_owned()));
        let nothing = wire::RecoverLeadRequest::default();
        assert_eq!(fields(&mut world, nothing).await, ["need", "source", "call_time", "actor"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM lead").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM conversation").await, 0);
    }

    async fn without_roster_or_carriers_it_waits_and_nobody_new_is_asked_b3(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        world.notification.carriers(|carriers| carriers.away = 1_000_000);
        let made = world.recover(lost(1)).await;
        assert!(made.recovered && !made.told_before);
        assert_eq!(made.status, "pending", "committed, and it waits");
        world.tells(&format!("alarm:LEAD_STUCK:{}:", made.lead_id)).await;
        let refused = world.offer(&made.lead_id, SECOND).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::Unavailable, "UNDER_WAY".to_owned()));
        // Neither time, nor the roster, nor the operator, nor a restart lets it past the look.
        world.roster.publish("coverage", "CH");
        world.retry(&made.lead_id).await.unwrap();
        world.pass_time(Duration::from_secs(600)).await;
        world.restart().await;
        let asked = |world: &World| world.notification.carriers(|carriers| carriers.away);
        let left = asked(&world);
        eventually(Duration::from_secs(10), async || (asked(&world) < left).then_some(())).await;
        assert_eq!((world.roster.asked().len(), world.notification.told("lead:").len()), (0, 0));
        world.notification.carriers(|carriers| carriers.away = 0);
        world.reaches(&made.lead_id, wire::LeadState::Notified).await;
        assert_eq!(world.roster.owners(), 1);
    }

    async fn it_resumes_after_every_step_whatever_happens_there(db: TestDb) {
        let mut world = World::start(db).await;
        let mut n = 0;
        for point in RECOVERY {
            for action in [Action::Hang, Action::Error, Action::Panic] {
                n += 1;
                let mut call = lost(n);
                call.need.as_mut().unwrap().phone = format!("079 100 10 {n:02}");
                let before = world.points.fired(point);
                world.points.arm(point, action);
                let mut client = world.client.clone();
                let asked = chassis::run::spawn(async move {
                    let _ = client.recover_lead(call).await;
                });
                let points = world.points.clone();
                eventually(Duration::from_secs(10), async || {
                    (points.fired(point) > before).then_some(())
                })
                .await;
                asked.abort();
                if action == Action::Hang {
                    world.restart().await;
                }
                let listed = world.listed(&format!("conv_{n}"), "").await;
                assert_eq!(listed.len(), 1, "{point} {action:?}: committed before anything else");
                let id = listed[0].clone();
                world.reaches(&id, wire::LeadState::Notified).await;
                assert_eq!(world.notification.told(&format!("lead:{id}")).len(), 1, "{point} {action:?}");
                let kinds = world.events(&id).await;
                assert_eq!(kinds, ["recovered", "checked", "assigned", "notified"], "{point} {action:?}");
            }
        }
        assert_eq!(world.roster.owners(), usize::try_from(n).unwrap());
    }
}
