//! FollowOutcomes: every outcome is published, in order, without personal data (I25).

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use tokio_stream::StreamExt as _;

use crate::harness::*;

on_both! {
    /// A follower sees each delivery accepted and delivered, and goes on from its position.
    async fn a_follower_sees_every_outcome(db: TestDb) {
        let mut world = World::start(&db).await;
        let abroad = wire::ProviderFacts { sms_e164: "+33612345678".to_owned(), ..provider() };
        world.notify(assigned_with(lead(), abroad)).await;
        world.until_all(&key(1), &[State::Delivered, State::Withheld]).await;
        let from = wire::FollowOutcomesRequest::default();
        let mut stream = world.client.follow_outcomes(from).await.unwrap().into_inner();
        let mut seen = Vec::new();
        while seen.iter().filter(|e: &&wire::OutcomeEntry| {
            matches!(e.delivery.as_ref().unwrap().state(), State::Delivered | State::Withheld)
        }).count() < 5 {
            let entry = tokio::time::timeout(SOON, stream.next()).await.unwrap().unwrap().unwrap();
            seen.push(entry.entry.unwrap());
        }
        assert!(seen.windows(2).all(|pair| pair[0].number < pair[1].number));
        let first = seen[0].delivery.clone().unwrap();
        assert_eq!(first.state(), State::Withheld);
        assert_eq!(first.reason, "COUNTRY_RULE");
        for entry in &seen {
            let text = format!("{entry:?}");
            for private in ["1234567", "Dupont", "33612345678", "plomberie-du-rhone.example"] {
                assert!(!text.contains(private), "{text}");
            }
        }
        // What a message costs is known by lead, country and parts (R74 to R78).
        for entry in &seen {
            let told = entry.delivery.as_ref().unwrap();
            assert_eq!(told.lead_id, lead().lead_id, "{told:?}");
            let (country, has_parts) = match told.channel() {
                wire::ChannelKind::Sms if told.state() == State::Withheld => ("FR", true),
                wire::ChannelKind::Sms => ("CH", true),
                wire::ChannelKind::Whatsapp => ("CH", false),
                _ => ("", false),
            };
            assert_eq!((told.country.as_str(), told.segments > 0), (country, has_parts), "{told:?}");
        }
        // From a position in the middle nothing comes twice.
        let middle = &seen[2];
        let from = wire::FollowOutcomesRequest { epoch: middle.epoch.clone(), number: middle.number };
        let mut rest = world.client.follow_outcomes(from).await.unwrap().into_inner();
        let next = tokio::time::timeout(SOON, rest.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(next.entry.unwrap().number, middle.number + 1);
    }
}
