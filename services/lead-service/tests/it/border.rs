//! A Swiss lead stays in Switzerland, also when the roster breaks its promise (D5, R42).

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use lead_service::config::Settings;
use test_support::on_both;

use crate::calls::tool_call;
use crate::harness::{World, settings};
use crate::saga::run_into;

on_both! {
    async fn a_provider_abroad_is_refused_and_the_operator_told(db: TestDb) {
        let settings = Settings { budget: Duration::from_millis(50), ..settings() };
        let mut world = World::start_with(db, settings).await;
        world.roster.set_country(Some("FR"));
        let answer = world.dispatch(tool_call(1)).await;
        world.tells(&format!("alarm:LEAD_STUCK:{}:", answer.lead_id)).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.state(), lead.provider_id.as_str()), (wire::LeadState::Pending, ""));
        assert!(world.notification.told("lead:").is_empty());
        world.roster.set_country(None);
        world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
    }

    async fn a_provider_who_moved_abroad_is_told_nothing(db: TestDb) {
        let mut world = World::start(db).await;
        let lead_id = run_into(&mut world, 1, "lead.before_notify", Action::Hang).await;
        world.roster.set_country(Some("FR"));
        world.restart().await;
        world.tells(&format!("alarm:LEAD_STUCK:{lead_id}:")).await;
        assert_eq!(world.lead(&lead_id).await.state(), wire::LeadState::Assigned);
        assert!(world.notification.told("lead:").is_empty());
    }
}
