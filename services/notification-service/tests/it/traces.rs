//! One call is one trace (B8): what is sent and reported later continues the trace of the request.

use std::collections::BTreeMap;

use chassis::config::Env;
use chassis::telemetry::{self, Settings};
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;

use crate::harness::*;

on_both! {
    async fn messages_carry_the_trace_of_their_call(db: TestDb) {
        let mut env = Env::from_map(BTreeMap::from([("LOG", "off")]));
        telemetry::init("notification-service", Settings::read(&mut env)).unwrap();
        let mut world = World::start(&db).await;
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let mut request = tonic::Request::new(assigned());
        let parent = format!("00-{trace}-00f067aa0ba902b7-01");
        request.metadata_mut().insert("traceparent", parent.parse().unwrap());
        // A client of its own: the chassis' puts its own span in.
        let plain = tonic::transport::Endpoint::from_shared(world.url.clone()).unwrap();
        let plain = plain.connect().await.unwrap();
        let mut client = contracts::notification::v1::notification_service_client
            ::NotificationServiceClient::new(plain);
        client.notify(request).await.unwrap();
        world.until_all(&key(1), &[State::Delivered]).await;
        for message in world.twin.messages() {
            let callback = message.status_callback.unwrap();
            assert!(callback.contains(trace), "{callback}");
            assert!(callback.ends_with("#rc=5&rp=all"), "{callback}");
        }
        for mail in world.twin.mails() {
            assert!(mail.variables["traceparent"].contains(trace));
        }
    }
}
