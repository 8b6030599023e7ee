//! The points at which the gateway can be broken: on the tool's route and the message webhooks each
//! is passed, and what was broken off comes again to the same effect.

use axum::http::StatusCode;
use chassis::config::Env;
use chassis::crash::Action;
use gateway::config::Config;
use gateway::crash::POINTS;

use crate::world::{World, fixture, tool_body};

/// I1: the agent is never told that a lead is stored when the answer was lost on the way.
#[tokio::test]
async fn a_tool_call_broken_at_any_point_is_asked_for_again() {
    for point in POINTS {
        let world = World::new().await;
        world.config.crash_points.arm(point, Action::Error);
        let answer = world.tool(tool_body().to_string()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["ok"], false, "{point}");
        assert_eq!(world.config.crash_points.fired(point), 1);
        let asked = world.services.methods().len();
        assert_eq!(asked, usize::from(point == "gateway.after_rpc"), "{point}");
        let answer = world.tool(tool_body().to_string()).await;
        assert_eq!(answer.json()["ok"], true);
    }
}

#[tokio::test]
async fn a_message_webhook_broken_at_any_point_is_no_success_and_may_come_again() {
    let inbound = fixture("twilio/message_inbound_sms.form.txt");
    let status = fixture("twilio/message_status_sms_delivered.form.txt");
    for (path, body) in [
        ("/twilio/messages/inbound", inbound),
        ("/twilio/messages/status?d=1&t=", status),
    ] {
        for point in POINTS {
            let world = World::new().await;
            world.config.crash_points.arm(point, Action::Error);
            let answer = world.twilio(path, body.trim_end()).await;
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{point}");
            assert_eq!(world.config.crash_points.fired(point), 1);
            let answer = world.twilio(path, body.trim_end()).await;
            assert!(answer.status.is_success());
        }
    }
}

#[test]
fn points_are_armed_by_name_and_those_of_others_are_left_alone() {
    let mut env = Env::default();
    let armed = "gateway.after_rpc:kill,lead.after_insert:error";
    env.set("BORD_CRASH_POINT", armed);
    let points = format!("{:?}", Config::read(&mut env).crash_points);
    assert!(
        points.contains("gateway.after_rpc") && !points.contains("lead."),
        "{points}"
    );
}
