//! Deadlines (D8): from the first message that a carrier took, in the provider's hours, with one
//! reminder; and what happens where nobody can be reached.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::lead::v1 as wire;
use contracts::notification::v1::{DeliveryState, ReleaseCause, notify_request::Notice};
use contracts::roster::v1::{OpenHours, Weekday};
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::fake_roster::SECOND;
use crate::harness::World;
use crate::verbs::{LINK, TAKEN, WRONG};

async fn deadline(world: &mut World, lead_id: &str) -> DateTime<Utc> {
    world.logs(lead_id, "reached").await;
    let until = world.lead(lead_id).await.answer_deadline_time.unwrap();
    DateTime::from_timestamp(until.seconds, u32::try_from(until.nanos).unwrap()).unwrap()
}

async fn now(world: &World) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(world.store.now_us().await.unwrap()).unwrap()
}

on_both! {
    async fn silence_in_an_emergency_is_ten_minutes_with_one_reminder_after_five(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        world.notification.carriers_accept();
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let until = deadline(&mut world, &id).await;
        let left = until - now(&world).await;
        assert!((TimeDelta::minutes(9)..=TimeDelta::minutes(10)).contains(&left), "{left}");
        assert!(world.notification.told(&format!("lead:{id}:1:reminder")).is_empty());
        world.pass_time(Duration::from_secs(301)).await;
        world.logs(&id, "reminded").await;
        let reminder = world.notification.told(&format!("lead:{id}:1:reminder"));
        let Some(Notice::OfferReminder(notice)) = &reminder[0].notice else { panic!("no reminder") };
        assert_eq!(notice.answer_by_time.unwrap().seconds, until.timestamp());
        world.pass_time(Duration::from_secs(200)).await;
        assert_eq!(world.lead(&id).await.attempt, 1);
        world.pass_time(Duration::from_secs(100)).await;
        let lead = world.is_offered(&id, 2).await;
        assert_eq!(lead.provider_id, SECOND);
        let told = world.notification.told(&format!("lead:{id}:1:released"));
        let Some(Notice::LeadReleased(notice)) = &told[0].notice else { panic!("not told") };
        assert_eq!(notice.cause(), ReleaseCause::Silent);
        let kinds = world.events(&id).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "reminded").count(), 1, "{kinds:?}");
        let silent = world.log(&id).await.into_iter().find(|event| event.kind == "silent").unwrap();
        assert_eq!((silent.actor.as_str(), silent.to_state()), ("dispatcher", wire::LeadState::Releasing));
    }

    async fn what_is_not_urgent_counts_only_the_providers_hours(db: TestDb) {
        let mut world = World::start(db).await;
        // Open for one minute of the week after next, by the provider's own clock: closed now.
        let today = now(&world).await.with_timezone(&chrono_tz::Europe::Zurich).date_naive();
        let day = today + TimeDelta::days(2);
        let weekday = chrono::Datelike::weekday(&day).number_from_monday();
        let weekday = Weekday::try_from(i32::try_from(weekday).unwrap()).unwrap();
        world.roster.set_hours(vec![OpenHours {
            weekday: weekday.into(),
            open_minute: 600,
            close_minute: 720,
        }]);
        world.notification.carriers_accept();
        let mut call = tool_call(1);
        call.urgency = "soon".to_owned();
        let id = world.dispatch(call).await.lead_id;
        let until = deadline(&mut world, &id).await.with_timezone(&chrono_tz::Europe::Zurich);
        assert_eq!(until.date_naive(), day);
        assert_eq!(until.format("%H:%M").to_string(), "11:00");
        // An emergency does not wait for the door to open.
        let id = world.dispatch(tool_call(2)).await.lead_id;
        let until = deadline(&mut world, &id).await;
        assert!(until - now(&world).await <= TimeDelta::minutes(10));
    }

    async fn the_catalogue_sets_the_minutes_of_a_category(db: TestDb) {
        let mut world = World::start(db).await;
        let mut request = crate::catalogue::taxonomy();
        request.categories[0].answer_deadlines = Some(wire::AnswerDeadlines {
            emergency_minutes: 3,
            soon_minutes: 30,
            flexible_minutes: 90,
        });
        let answer = world.client.put_taxonomy(request.clone()).await.unwrap().into_inner();
        assert!(answer.changed);
        world.notification.carriers_accept();
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let left = deadline(&mut world, &id).await - now(&world).await;
        assert!((TimeDelta::minutes(2)..=TimeDelta::minutes(3)).contains(&left), "{left}");
        request.categories[0].answer_deadlines = Some(wire::AnswerDeadlines::default());
        request.rules = Some(wire::LeadRules { repeat_days: -1, ..Default::default() });
        let refused = world.client.put_taxonomy(request).await.unwrap_err();
        let fields: Vec<_> = chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["categories[0].answer_deadlines", "rules.repeat_days"]);
    }

    async fn the_clock_starts_when_a_carrier_takes_the_first_message_and_not_before(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.pass_time(Duration::from_secs(3600)).await;
        assert_eq!(world.lead(&id).await.answer_deadline_time, None);
        let taken = now(&world).await;
        world.email(&id, TAKEN);
        let until = deadline(&mut world, &id).await;
        assert!(until >= taken + TimeDelta::minutes(10), "an hour without a message counts nothing");
        // A second one changes nothing of it.
        world.whatsapp(&id, TAKEN);
        world.pass_time(Duration::from_secs(60)).await;
        world.dispatch(tool_call(2)).await;
        assert_eq!(deadline(&mut world, &id).await, until);
    }

    async fn where_every_address_is_wrong_the_next_provider_is_asked_at_once(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.whatsapp(&id, WRONG);
        world.email(&id, (DeliveryState::NotPossible, "", "NO_SENDER"));
        let lead = world.is_offered(&id, 2).await;
        assert_eq!(lead.provider_id, SECOND);
        let told = world.notification.told(&format!("lead:{id}:1:released"));
        let Some(Notice::LeadReleased(notice)) = &told[0].notice else { panic!("not told") };
        assert_eq!(notice.cause(), ReleaseCause::Undeliverable);
    }

    async fn one_wrong_address_releases_nobody(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.whatsapp(&id, WRONG);
        world.email(&id, TAKEN);
        world.logs(&id, "reached").await;
        assert_eq!(world.lead(&id).await.attempt, 1);
    }

    async fn a_carrier_that_fails_is_the_operators_matter_and_releases_nobody(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.whatsapp(&id, WRONG);
        world.email(&id, (DeliveryState::Dead, "credentials", "MAILGUN_401"));
        world.tells(&format!("alarm:CARRIER_FAILS:{id}:1")).await;
        let lead = world.lead(&id).await;
        assert_eq!((lead.state(), lead.attempt), (wire::LeadState::Notified, 1));
        // The operator sends it again, and the provider hears of it after all.
        world.email(&id, TAKEN);
        world.logs(&id, "reached").await;
        assert!(world.lead(&id).await.answer_deadline_time.is_some());
    }

    async fn a_carrier_that_says_nothing_alarms_within_two_minutes_and_at_last_a_person_owns_it(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.whatsapp(&id, (DeliveryState::Queued, "retry", "TWILIO_20429"));
        world.pass_time(Duration::from_secs(61)).await;
        world.tells(&format!("alarm:CARRIER_FAILS:{id}:1")).await;
        world.pass_time(Duration::from_secs(2 * 3600)).await;
        world.logs(&id, "unreached").await;
        let lead = world.lead(&id).await;
        assert_eq!((lead.state(), lead.operator_owned), (wire::LeadState::Notified, true));
        assert_eq!(world.notification.told("alarm:CARRIER_FAILS").len(), 1);
        // The operator gives it back to the machine: the next one may be reached.
        world.retry(&id).await.unwrap();
        assert_eq!(world.is_offered(&id, 2).await.provider_id, SECOND);
    }

    async fn the_time_passes_while_the_service_is_away_and_the_answer_counts_until_it_is_back(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        world.notification.carriers_accept();
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.logs(&id, "reached").await;
        world.stop().await;
        world.pass_time(Duration::from_secs(3600)).await;
        world.serve().await;
        assert_eq!(world.is_offered(&id, 2).await.provider_id, SECOND);
        assert!(world.confirm(&id, 2, LINK).await.unwrap().1);
        let told = world.notification.told(&format!("lead:{id}:1:reminder"));
        assert!(told.is_empty(), "nobody is reminded of what is over");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queued_message_that_a_carrier_takes_late_still_starts_the_clock() {
    let mut world = World::start(test_support::TestDb::sqlite().await).await;
    let id = world.dispatch(tool_call(1)).await.lead_id;
    world.pass_time(Duration::from_secs(61)).await;
    world.tells("alarm:CARRIER_FAILS").await;
    world.whatsapp(&id, TAKEN);
    world.logs(&id, "reached").await;
    let mut client = world.client.clone();
    eventually(Duration::from_secs(5), async || {
        let request = wire::GetLeadRequest {
            lead_id: id.clone(),
        };
        let lead = client.get_lead(request).await.ok()?.into_inner().lead?;
        lead.answer_deadline_time.map(|_| ())
    })
    .await;
}
