//! Numbers at the carrier: found, bought once, pointed here, read back.

use chassis::fault::{reason, violations};
use contracts::telephony::v1 as wire;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::World;
use crate::samples::{SITE, number, site};

async fn provision(
    world: &World,
    e164: &str,
) -> Result<wire::ProvisionNumberResponse, tonic::Status> {
    let request = wire::ProvisionNumberRequest {
        site_id: SITE.to_owned(),
        number_e164: e164.to_owned(),
        ..Default::default()
    };
    Ok(world
        .catalog
        .clone()
        .provision_number(request)
        .await?
        .into_inner())
}

on_both! {
    async fn a_site_without_a_number_gets_one_of_its_country_once(db: TestDb) {
        let world = World::start(&db).await;
        world.put_site(site()).await.unwrap();
        let first = provision(&world, "").await.unwrap();
        let got = first.number.unwrap();
        assert!(first.bought && got.number_e164.starts_with("+41"), "R5");
        let again = provision(&world, "").await.unwrap();
        assert!(!again.bought);
        assert_eq!(again.number.unwrap().number_e164, got.number_e164);
        let owned = world.twin.numbers();
        assert_eq!(owned.len(), 1);
        let base = &world.gateway;
        assert!(owned[0].text("voice_url").starts_with(&format!("{base}/twilio/voice#ct=2000")));
        assert!(owned[0].text("status_callback").starts_with(&format!("{base}/twilio/voice/status")));
        assert!(owned[0].text("sms_url").starts_with(&format!("{base}/twilio/messages/inbound")));
        assert_eq!(owned[0].text("voice_fallback_url"), "", "none was declared");
        assert_eq!(got.number_sid, owned[0].sid);
        assert!(world.answer_from("CA1", &got.number_e164, "+41791112233", "").await.twiml.contains("<Record"));
    }

    async fn an_owned_number_is_pointed_here_and_never_bought_again(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        world.twin.own_number(&number().number_e164);
        let done = provision(&world, &number().number_e164).await.unwrap();
        assert!(!done.bought);
        assert!(world.twin.numbers()[0].text("voice_url").contains("/twilio/voice#"));
        assert_eq!(done.number.unwrap().chain_mobile_e164, number().chain_mobile_e164, "as declared");
        assert_eq!(world.twin.requests("numbers.create"), 0);
    }

    async fn the_fallback_url_at_the_carrier_is_the_declared_one(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        // Bought with it at once.
        let bought = provision(&world, &number().number_e164).await.unwrap();
        assert!(bought.bought && world.twin.requests("numbers.create") == 1);
        assert_eq!(bought.number.unwrap().fallback_url, number().fallback_url);
        let fallback = || {
            let owned = &world.twin.numbers()[0];
            (owned.text("voice_fallback_url").to_owned(), owned.text("voice_fallback_method").to_owned())
        };
        assert_eq!(fallback(), (number().fallback_url, "GET".to_owned()));
        // Another one is stored first and reaches the carrier by the next provisioning.
        let moved = wire::Number { fallback_url: "https://elsewhere.example/fr.xml".to_owned(), ..number() };
        let put = world.put_number(moved.clone()).await.unwrap();
        assert_eq!((put.outcome(), put.fields), (wire::PutOutcome::Updated, vec!["fallback_url".to_owned()]));
        assert_eq!(fallback().0, number().fallback_url);
        provision(&world, &number().number_e164).await.unwrap();
        assert_eq!(fallback().0, moved.fallback_url);
        let writes = world.twin.requests("numbers.update");
        provision(&world, &number().number_e164).await.unwrap();
        assert_eq!(world.twin.requests("numbers.update"), writes, "stands as declared");
        // None is none: what stood there before may be a stranger's.
        world.put_number(wire::Number { fallback_url: String::new(), ..number() }).await.unwrap();
        provision(&world, &number().number_e164).await.unwrap();
        assert_eq!(fallback().0, "");
    }

    async fn another_country_is_refused_before_anything_is_bought_r5(db: TestDb) {
        let world = World::start(&db).await;
        world.put_site(site()).await.unwrap();
        let refused = provision(&world, "+33450550100").await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("COUNTRY_MISMATCH"));
        assert_eq!(world.twin.requests("numbers.create"), 0);
        let bench = wire::ProvisionNumberRequest { site_id: "bord-bench".to_owned(), ..Default::default() };
        let refused = world.catalog.clone().provision_number(bench).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    }

    async fn after_an_unclear_purchase_what_is_owned_is_looked_at_first(db: TestDb) {
        let world = World::start(&db).await;
        world.put_site(site()).await.unwrap();
        for fault in [FaultKind::AcceptThenError { status: 500 }, FaultKind::AcceptThenReset] {
            world.twin.reset();
            let fault = world.twin.fault(Fault::once(Vendor::Twilio, "numbers.create", fault));
            let done = provision(&world, "+41225550100").await.unwrap();
            assert_eq!(world.twin.fired(fault), 1);
            assert_eq!(done.number.unwrap().number_e164, "+41225550100");
            assert_eq!(world.twin.numbers().len(), 1, "bought once");
        }
    }

    async fn what_the_country_asks_for_and_what_is_sold_out_are_told(db: TestDb) {
        let world = World::start(&db).await;
        world.put_site(site()).await.unwrap();
        for (code, field) in [(21631, "address_sid"), (21649, "bundle_sid")] {
            world.twin.clear_faults();
            let kind = FaultKind::Reject { status: 400, code, message: String::new() };
            world.twin.fault(Fault::forever(Vendor::Twilio, "numbers.create", kind));
            let refused = provision(&world, "").await.unwrap_err();
            assert_eq!(reason(&refused).as_deref(), Some("REGULATION_MISSING"));
            assert_eq!(violations(&refused)[0].field, field);
        }
        world.twin.clear_faults();
        let kind = FaultKind::Reject { status: 400, code: 21422, message: String::new() };
        world.twin.fault(Fault::forever(Vendor::Twilio, "numbers.create", kind));
        let refused = provision(&world, "").await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("NO_NUMBER_AVAILABLE"));
        assert!(world.twin.numbers().is_empty());
    }

    async fn two_requests_at_once_buy_one_number(db: TestDb) {
        let world = World::start(&db).await;
        let other = world.replica().await;
        world.put_site(site()).await.unwrap();
        let delay = FaultKind::Delay { ms: 150 };
        world.twin.fault(Fault::forever(Vendor::Twilio, "numbers.create", delay));
        let (one, two) = tokio::join!(provision(&world, ""), provision(&other, ""));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!(one.bought != two.bought);
        assert_eq!(one.number.unwrap().number_e164, two.number.unwrap().number_e164);
        assert_eq!(world.twin.numbers().len(), 1);
    }

    async fn what_would_make_the_carrier_overlook_our_urls_is_cleared(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let owned = world.twin.own_number(&number().number_e164);
        let keys = world.twin.config();
        let path = format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers/{}.json", keys.twilio_account_sid, owned.sid);
        let left_behind = [
            ("VoiceApplicationSid", "AP1"), ("TrunkSid", "TK1"), ("VoiceMethod", "GET"),
            ("VoiceReceiveMode", "fax"), ("StatusCallbackMethod", "GET"),
        ];
        let set = chassis::http::client()
            .post(format!("{}{path}", world.twin.url()))
            .basic_auth(&keys.twilio_api_key_sid, Some(&keys.twilio_api_key_secret))
            .form(&left_behind)
            .send()
            .await
            .unwrap();
        assert!(set.status().is_success());
        provision(&world, &number().number_e164).await.unwrap();
        let owned = &world.twin.numbers()[0];
        for (field, value) in [
            ("voice_application_sid", ""), ("trunk_sid", ""), ("voice_method", "POST"),
            ("voice_receive_mode", "voice"), ("status_callback_method", "POST"),
            // A static document, which may refuse a POST.
            ("voice_fallback_method", "GET"),
        ] {
            assert_eq!(owned.text(field), value, "{field}");
        }
    }

    async fn a_number_that_could_not_be_pointed_here_yet_is_known_all_the_same(db: TestDb) {
        let world = World::start(&db).await;
        world.put_site(site()).await.unwrap();
        world.twin.own_number(&number().number_e164);
        let fault = FaultKind::ServerError { status: 500 };
        world.twin.fault(Fault::once(Vendor::Twilio, "numbers.update", fault));
        let unclear = provision(&world, &number().number_e164).await.unwrap_err();
        assert_eq!(unclear.code(), tonic::Code::Unavailable);
        let answer = world.answer_from("CA1", &number().number_e164, "+41791112233", "").await;
        assert_eq!(answer.handling(), wire::CallHandling::Voicemail, "answered, not rejected");
        assert!(!provision(&world, &number().number_e164).await.unwrap().bought);
        assert!(world.twin.numbers()[0].text("voice_url").contains("/twilio/voice#"));
    }
}
