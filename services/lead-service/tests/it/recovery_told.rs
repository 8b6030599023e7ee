//! A recovered lead of which somebody was told before the loss goes to that provider, or to the
//! operator, and never to a new one (B3).

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use contracts::notification::v1 as notice;
use contracts::roster::v1::AssignmentState;
use lead_service::crash::RECOVERY;
use test_support::{TestDb, eventually, on_both};

use crate::calls::{CALLER, tool_call};
use crate::fake_carriers::Carriers;
use crate::fake_lists::{FONTAINE, LEMAN};
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;
use crate::recovery::lost;
use crate::schema::execute;
use crate::verbs::LINK;

impl World {
    /// All that lead-service knows of leads is gone; everything else stays.
    pub(crate) async fn lose_leads(&mut self) {
        self.stop().await;
        let triggers = if self.store.is_postgres() {
            [
                "ALTER TABLE lead_event DISABLE TRIGGER USER",
                "ALTER TABLE income_event DISABLE TRIGGER USER",
            ]
        } else {
            [
                "DROP TRIGGER IF EXISTS lead_event_no_delete",
                "DROP TRIGGER IF EXISTS income_event_no_delete",
            ]
        };
        let tables = [
            "DELETE FROM lead_event",
            "DELETE FROM income_event",
            "DELETE FROM lead_attempt",
            "DELETE FROM offer_delivery",
            "DELETE FROM conversion",
            "DELETE FROM alarm",
            "DELETE FROM amendment",
            "DELETE FROM lead",
            "DELETE FROM conversation",
        ];
        for sql in triggers.iter().chain(&tables) {
            execute(&self.store, sql).await.unwrap();
        }
        self.serve().await;
    }

    /// A lead of the second provider, though the first one comes first.
    async fn with_second(db: TestDb) -> (Self, wire::Lead) {
        let mut world = Self::start(db).await;
        world.roster.lists(|lists| lists.by_the_books = true);
        world.roster.add(SECOND);
        world.roster.pause(PROVIDER);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let lead = world.is_offered(&id, 1).await;
        assert_eq!(lead.provider_id, SECOND);
        world.roster.resume();
        (world, lead)
    }

    /// The carriers show a message about the lead.
    fn shown(&self, lead: &wire::Lead, addresses: &[&str]) {
        self.notification.carriers(|carriers| {
            for address in addresses {
                carriers.show(&lead.reference, address);
            }
        });
    }

    /// Nobody new was asked, and the operator has it with an alarm.
    async fn is_the_operators(&mut self, id: &str) {
        let lead = self.lead(id).await;
        assert_eq!(
            (lead.state(), lead.operator_owned),
            (wire::LeadState::Unmatched, true)
        );
        assert_eq!((lead.due_time, lead.provider_id.as_str()), (None, ""));
        self.tells(&format!("alarm:RECOVERED_LEAD_TOLD:{id}:"))
            .await;
        // Nor later, when others become free.
        self.roster.publish("coverage", "CH");
        self.pass_time(Duration::from_secs(7200)).await;
        let other = self.dispatch(tool_call(90)).await;
        assert_eq!(other.status, "notified");
        assert_eq!(self.lead(id).await.state(), wire::LeadState::Unmatched);
        assert!(
            self.notification.told(&format!("lead:{id}")).is_empty(),
            "nobody hears anything new"
        );
    }
}

fn kept(lead: &wire::Lead, state: notice::DeliveryState) -> notice::Delivery {
    notice::Delivery {
        message_key: format!("lead:{}:{}", lead.lead_id, lead.attempt),
        recipient: notice::RecipientKind::Provider.into(),
        recipient_id: lead.provider_id.clone(),
        state: state.into(),
        ..Default::default()
    }
}

on_both! {
    async fn after_the_loss_of_leads_alone_the_same_provider_has_it_and_nobody_is_told_twice(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.notification.list(vec![kept(&lead, notice::DeliveryState::Delivered)]);
        world.lose_leads().await;
        assert_eq!(world.leads().await.len(), 0);
        let made = world.recover(lost(1)).await;
        assert_eq!((made.lead_id.as_str(), made.recovered, made.told_before), (lead.lead_id.as_str(), true, true));
        let again = world.is_offered(&made.lead_id, 1).await;
        assert_eq!((again.provider_id.as_str(), again.reference), (SECOND, lead.reference));
        assert_eq!(world.roster.owners(), 1);
        assert_eq!(world.notification.keys(), [format!("lead:{}:1", made.lead_id)], "the ordinary key");
        // The answer to the old message counts.
        world.confirm(&made.lead_id, 1, LINK).await.unwrap();
        assert!(world.recover(lost(1)).await.told_before);
    }

    async fn the_attempt_that_stands_at_the_roster_goes_on_and_those_before_stay_left_out(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.lists(|lists| lists.by_the_books = true);
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.decline(&id, 1, LINK).await.unwrap();
        let lead = world.is_offered(&id, 2).await;
        world.notification.list(vec![kept(&lead, notice::DeliveryState::Accepted)]);
        world.lose_leads().await;
        assert!(world.recover(lost(1)).await.told_before);
        let again = world.is_offered(&id, 2).await;
        assert_eq!(again.provider_id, SECOND);
        world.decline(&id, 2, LINK).await.unwrap();
        world.reaches(&id, wire::LeadState::Unmatched).await;
        let excluded = world.roster.asked().pop().unwrap().excluded_provider_ids;
        assert_eq!(excluded, [PROVIDER, SECOND]);
    }

    async fn what_notification_lost_and_a_carrier_shows_is_not_sent_again(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        world.shown(&lead, &[CALLER, "ana@bord.example", LEMAN, "lead@leman.example"]);
        let made = world.recover(lost(1)).await;
        assert!(made.told_before);
        let again = world.is_offered(&made.lead_id, 1).await;
        assert_eq!(again.provider_id, SECOND);
        assert!(again.answer_deadline_time.is_some(), "the carrier took it, so it may answer");
        assert!(world.notification.told("lead:").is_empty());
        world.confirm(&made.lead_id, 1, LINK).await.unwrap();
    }

    async fn an_assignment_of_which_nobody_was_told_is_told(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        let made = world.recover(lost(1)).await;
        let again = world.is_offered(&made.lead_id, 1).await;
        assert_eq!(again.provider_id, SECOND);
        assert_eq!(world.notification.keys(), [format!("lead:{}:1", lead.lead_id)]);
    }

    async fn who_had_accepted_has_accepted(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.roster.pays_as_usual();
        world.confirm(&lead.lead_id, 1, LINK).await.unwrap();
        world.logs(&lead.lead_id, "settled").await;
        world.lose_leads().await;
        world.recover(lost(1)).await;
        let again = world.reaches(&lead.lead_id, wire::LeadState::Confirmed).await;
        assert_eq!((again.provider_id.as_str(), again.attempt), (SECOND, 1));
        world.logs(&lead.lead_id, "settled").await;
        assert_eq!(world.roster.holder(&lead.lead_id).unwrap().state, AssignmentState::Confirmed);
        assert_eq!(world.notification.told("lead:").len(), 2, "offer and confirmation, from before");
        assert_eq!(world.income(&lead.lead_id).await[0].state(), wire::IncomeState::Expected);
    }

    async fn one_match_at_a_carrier_is_the_only_provider_who_may_have_it(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        world.roster.lose();
        world.shown(&lead, &["ana@bord.example", LEMAN]);
        let made = world.recover(lost(1)).await;
        assert!(made.recovered && made.told_before);
        let again = world.is_offered(&made.lead_id, 1).await;
        assert_eq!(again.provider_id, SECOND);
        let asked = world.roster.asked();
        assert_eq!((asked.len(), asked[0].provider_id.as_str(), asked[0].restored), (1, SECOND, true));
        assert!(world.notification.told("lead:").is_empty(), "it was told already");
    }

    async fn where_the_roster_refuses_who_was_told_the_operator_has_it(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        world.roster.lose();
        world.roster.pause(SECOND);
        world.shown(&lead, &[LEMAN]);
        assert!(world.recover(lost(1)).await.told_before);
        world.logs(&lead.lead_id, "handed_over").await;
        world.is_the_operators(&lead.lead_id).await;
        // Given back by the operator it is again for that provider only, under the same attempt.
        world.roster.resume();
        world.retry(&lead.lead_id).await.unwrap();
        let again = world.reaches(&lead.lead_id, wire::LeadState::Notified).await;
        assert_eq!((again.provider_id.as_str(), again.attempt), (SECOND, 1));
    }

    async fn a_message_to_somebody_whom_the_roster_does_not_have_makes_it_the_operators(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        for addresses in [&["+41791119999"][..], &["office@nobody.example"], &[FONTAINE, LEMAN]] {
            world.lose_leads().await;
            world.notification.lose();
            world.roster.lose();
            world.notification.carriers(|carriers| *carriers = Carriers::default());
            world.shown(&lead, addresses);
            let made = world.recover(lost(1)).await;
            assert!(made.told_before, "{addresses:?}");
            assert!(world.roster.asked().is_empty(), "{addresses:?}");
            world.is_the_operators(&lead.lead_id).await;
        }
    }

    async fn an_address_that_only_looks_alike_when_masked_is_nobodys(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        world.roster.lose();
        // Masked as the second provider's number is.
        world.shown(&lead, &["+41790002244"]);
        world.recover(lost(1)).await;
        world.is_the_operators(&lead.lead_id).await;
    }

    async fn the_customers_and_the_operators_copies_tell_of_no_provider(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        world.roster.lose();
        world.shown(&lead, &[CALLER, "ana@bord.example"]);
        assert!(!world.recover(lost(1)).await.told_before);
        let again = world.is_offered(&lead.lead_id, 1).await;
        assert_eq!(again.provider_id, PROVIDER, "the ordinary way");
    }

    async fn what_notification_kept_names_the_provider_where_roster_lost_it(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.notification.list(vec![kept(&lead, notice::DeliveryState::Delivered)]);
        world.lose_leads().await;
        world.roster.lose();
        assert!(world.recover(lost(1)).await.told_before);
        let again = world.is_offered(&lead.lead_id, 1).await;
        assert_eq!(again.provider_id, SECOND);
        assert_eq!(world.notification.told("lead:").len(), 1);
    }

    async fn who_gave_it_back_and_who_finished_it_leave_it_to_the_operator(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        world.lose_leads().await;
        world.notification.lose();
        world.roster.lose();
        world.roster.close_attempt(&lead.lead_id, 1);
        assert!(world.recover(lost(1)).await.told_before);
        world.is_the_operators(&lead.lead_id).await;
    }

    async fn it_stays_with_who_was_told_whatever_breaks_on_the_way(db: TestDb) {
        let (mut world, lead) = World::with_second(db).await;
        for point in RECOVERY {
            world.lose_leads().await;
            world.notification.lose();
            world.roster.lose();
            world.notification.carriers(|carriers| *carriers = Carriers::default());
            world.shown(&lead, &[LEMAN]);
            world.points.arm(point, Action::Hang);
            let mut client = world.client.clone();
            let asked = chassis::run::spawn(async move {
                let _ = client.recover_lead(lost(1)).await;
            });
            let points = world.points.clone();
            eventually(Duration::from_secs(10), async || (points.fired(point) > 0).then_some(())).await;
            asked.abort();
            world.restart().await;
            let again = world.is_offered(&lead.lead_id, 1).await;
            assert_eq!(again.provider_id, SECOND, "{point}");
            assert!(world.notification.told("lead:").is_empty(), "{point}");
        }
    }

    /// The database keeps the order, whatever the code does.
    async fn no_provider_before_the_look_is_done(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        execute(&world.store, "UPDATE lead SET recover_since_us = 1").await.unwrap_err();
        execute(&world.store, "UPDATE lead SET before_told_us = 1").await.unwrap_err();
    }
}
