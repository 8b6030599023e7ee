//! One call is one trace (B8): what rang carries its trace into the conversation and into its row.

use std::collections::BTreeMap;

use chassis::config::Env;
use chassis::telemetry::{self, Settings};
use contracts::telephony::v1::call_service_client::CallServiceClient;
use test_support::on_both;

use crate::harness::World;
use crate::samples::{CALLER, DID, ring};

on_both! {
    async fn the_trace_of_the_ring_goes_into_the_conversation_and_the_row_b8(db: TestDb) {
        let mut env = Env::from_map(BTreeMap::from([("LOG", "off")]));
        telemetry::init("telephony-gateway", Settings::read(&mut env)).unwrap();
        let world = World::start(&db).await;
        world.with_agent().await;
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let mut request = tonic::Request::new(ring("CA1", DID, CALLER, ""));
        let parent = format!("00-{trace}-00f067aa0ba902b7-01");
        request.metadata_mut().insert("traceparent", parent.parse().unwrap());
        // A client of its own: the chassis' puts its own span in.
        let url = format!("http://{}", world.config.listen);
        let plain = tonic::transport::Endpoint::from_shared(url).unwrap();
        let plain = plain.connect().await.unwrap();
        CallServiceClient::new(plain).answer_call(request).await.unwrap();
        assert!(world.call("CA1").await.traceparent.contains(trace));
        let conversations = world.twin.conversations();
        let variables = &conversations[0].client_data["dynamic_variables"];
        assert!(variables["traceparent"].as_str().unwrap().contains(trace));
    }
}
