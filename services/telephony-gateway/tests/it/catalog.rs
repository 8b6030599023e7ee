//! Sites, numbers and agents as declared: every fault at once, provenance, borders in the database.

use chassis::db::{self, StoreError};
use chassis::fault::{reason, violations};
use chassis::on;
use contracts::telephony::v1 as wire;
use test_support::on_both;

use crate::harness::World;
use crate::samples::{AGENT, DID, SITE, agent, number, site};

fn fields(status: &tonic::Status) -> Vec<String> {
    violations(status)
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

async fn put_site(
    world: &World,
    site: wire::Site,
    source: wire::Source,
    overwrite: bool,
) -> wire::PutSiteResponse {
    let request = wire::PutSiteRequest {
        site: Some(site),
        source: source.into(),
        dry_run: false,
        overwrite,
    };
    world
        .catalog
        .clone()
        .put_site(request)
        .await
        .unwrap()
        .into_inner()
}

on_both! {
    async fn every_fault_of_a_site_is_told_at_once(db: TestDb) {
        let world = World::start(&db).await;
        let bad = wire::Site { site_id: "x".to_owned(), ..Default::default() };
        let request = wire::PutSiteRequest { site: Some(bad), source: 0, ..Default::default() };
        let refused = world.catalog.clone().put_site(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        assert_eq!(
            fields(&refused),
            ["source", "site.url", "site.country", "site.languages", "site.time_zone", "site.disclosure"]
        );
    }

    async fn a_repeat_writes_nothing_and_a_dry_run_neither(db: TestDb) {
        let world = World::start(&db).await;
        let dry = wire::PutSiteRequest { site: Some(site()), source: 1, dry_run: true, overwrite: false };
        let would = world.catalog.clone().put_site(dry).await.unwrap().into_inner();
        assert_eq!(would.outcome(), wire::PutOutcome::Created);
        let listed = world.catalog.clone().list_sites(wire::ListSitesRequest::default()).await;
        assert!(listed.unwrap().into_inner().sites.is_empty());
        let dry = wire::PutNumberRequest { number: Some(number()), source: 1, dry_run: true, overwrite: false };
        let would = world.catalog.clone().put_number(dry).await.unwrap().into_inner();
        assert_eq!(would.outcome(), wire::PutOutcome::Created, "before its site is stored");

        assert_eq!(world.put_site(site()).await.unwrap().outcome(), wire::PutOutcome::Created);
        assert_eq!(world.put_site(site()).await.unwrap().outcome(), wire::PutOutcome::Unchanged);
        let moved = wire::Site { url: "https://plombiers-geneve.ch".to_owned(), ..site() };
        let put = world.put_site(moved).await.unwrap();
        assert_eq!((put.outcome(), put.fields), (wire::PutOutcome::Updated, vec!["url".to_owned()]));
    }

    async fn what_an_operator_changed_is_a_conflict_for_the_catalogue(db: TestDb) {
        let world = World::start(&db).await;
        world.put_site(site()).await.unwrap();
        let own = wire::Site { disclosure: "Une IA vous écoute et enregistre. Oui ?".to_owned(), ..site() };
        put_site(&world, own.clone(), wire::Source::Operator, false).await;
        let put = put_site(&world, site(), wire::Source::Catalog, false).await;
        assert_eq!((put.outcome(), put.fields), (wire::PutOutcome::Conflict, vec!["disclosure".to_owned()]));
        let put = put_site(&world, site(), wire::Source::Catalog, true).await;
        assert_eq!(put.outcome(), wire::PutOutcome::Updated);
        // A pause belongs to the running system: the catalogue does not lift an operator's.
        put_site(&world, wire::Site { paused: true, ..site() }, wire::Source::Operator, false).await;
        let put = put_site(&world, site(), wire::Source::Catalog, false).await;
        assert_eq!(put.outcome(), wire::PutOutcome::Unchanged);
        let listed = world.catalog.clone().list_sites(wire::ListSitesRequest::default()).await;
        assert!(listed.unwrap().into_inner().sites[0].paused);
    }

    async fn numbers_of_another_country_or_site_are_refused_r4_r5(db: TestDb) {
        let world = World::start(&db).await;
        let unknown = world.put_number(number()).await.unwrap_err();
        assert_eq!(reason(&unknown).as_deref(), Some("UNKNOWN_SITE"));
        world.with_number().await;
        for (e164, country) in [("+33450550100", "CH"), ("+33450550100", "FR"), ("+41225550100", "FR")] {
            let foreign = wire::Number {
                number_e164: e164.to_owned(),
                country: country.to_owned(),
                ..number()
            };
            let refused = world.put_number(foreign).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
            assert_eq!(reason(&refused).as_deref(), Some("COUNTRY_MISMATCH"), "R5 {e164} {country}");
        }
        let second = wire::Site { site_id: "dentistegeneve".to_owned(), ..site() };
        world.put_site(second).await.unwrap();
        let taken = wire::Number { site_id: "dentistegeneve".to_owned(), ..number() };
        let refused = world.put_number(taken).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("NUMBER_TAKEN"), "R4");
        let bench = wire::Number { site_id: "bord-bench".to_owned(), ..number() };
        assert_eq!(world.put_number(bench).await.unwrap_err().code(), tonic::Code::InvalidArgument);
        let no_number = wire::Number { number_e164: "12".to_owned(), ..number() };
        assert_eq!(fields(&world.put_number(no_number).await.unwrap_err()), ["number.number_e164"]);
        // A site whose number stands cannot leave the number's country.
        let moved = wire::Site { country: "FR".to_owned(), ..site() };
        assert_eq!(reason(&world.put_site(moved).await.unwrap_err()).as_deref(), Some("COUNTRY_MISMATCH"));
    }

    async fn the_database_itself_keeps_a_number_in_its_sites_country_r5(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let db = world.db.clone();
        let crossed = db::unit(async move {
            let mut tx = db.begin().await?;
            let done = on!(tx, c => sqlx::query("UPDATE number SET country = 'FR' WHERE number_e164 = $1")
                .bind(DID).execute(c).await.map_err(StoreError::from)?.rows_affected());
            tx.commit().await?;
            Ok::<_, StoreError>(done)
        })
        .await;
        assert!(crossed.is_err_and(|error| error.is_foreign_key_violation()));
    }

    async fn every_fault_of_an_agent_is_told_at_once_r16_to_r25(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let mut bad = agent();
        let configuration = bad.configuration.as_mut().unwrap();
        configuration.llm = "gpt-4o-mini".to_owned();
        configuration.voice_name = "Charlie".to_owned();
        configuration.initial_wait_time = Some(prost_types::Duration { seconds: 4, nanos: 0 });
        configuration.prompt = "Soyez poli avec {{caller_name}}.".to_owned();
        let refused = world.put_agent(bad).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        let mut found = fields(&refused);
        found.sort();
        let field = |name: &str| format!("agent.configuration.{name}");
        assert_eq!(
            found,
            [field("initial_wait_time"), field("llm"), field("prompt"), field("prompt"), field("voice_name")]
        );
        let bench = wire::Agent { name: "bord-bench".to_owned(), ..agent() };
        assert_eq!(fields(&world.put_agent(bench).await.unwrap_err()), ["agent.name"]);
    }

    async fn a_voice_of_another_market_is_refused_r21(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let abroad = |id: &str, country: &str, zone: &str| wire::Site {
            site_id: id.to_owned(),
            url: format!("https://{id}.com"),
            country: country.to_owned(),
            time_zone: zone.to_owned(),
            ..site()
        };
        world.put_site(abroad("milano", "IT", "Europe/Rome")).await.unwrap();
        world.put_site(abroad("madrid", "ES", "Europe/Madrid")).await.unwrap();
        let with_voice = |name: &str, site: &str| {
            let mut agent = wire::Agent { name: name.to_owned(), site_id: site.to_owned(), ..agent() };
            let configuration = agent.configuration.as_mut().unwrap();
            configuration.voice_id = "v1".to_owned();
            configuration.voice_name = "Laura".to_owned();
            agent
        };
        world.put_agent(with_voice("bord-milano", "milano")).await.unwrap();
        let refused = world.put_agent(with_voice("bord-madrid", "madrid")).await.unwrap_err();
        assert_eq!(fields(&refused), ["agent.configuration.voice_id"]);
    }

    async fn a_stored_agent_is_a_candidate_and_nothing_stands_at_the_vendor(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let put = world.put_agent(agent()).await.unwrap();
        assert_eq!((put.outcome(), put.configuration_hash.len()), (wire::PutOutcome::Created, 64));
        let again = world.put_agent(agent()).await.unwrap();
        assert_eq!(again.outcome(), wire::PutOutcome::Unchanged);
        assert_eq!(again.configuration_hash, put.configuration_hash);
        let request = wire::GetAgentRequest { name: AGENT.to_owned() };
        let stored = world.catalog.clone().get_agent(request).await.unwrap().into_inner().agent.unwrap();
        assert_eq!(stored.configuration_hash, put.configuration_hash);
        assert!(stored.vendor_agent_id.is_empty() && stored.released_hash.is_empty());
        assert!(world.twin.agents().is_empty() && world.twin.tools().is_empty());
        let mut other = agent();
        other.configuration.as_mut().unwrap().prompt.push_str(" Soyez bref.");
        let put = world.put_agent(other).await.unwrap();
        assert_eq!(put.fields, ["configuration.prompt"]);
        assert_ne!(put.configuration_hash, again.configuration_hash);
        let unknown = wire::GetAgentRequest { name: "nobody".to_owned() };
        let refused = world.catalog.clone().get_agent(unknown).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("UNKNOWN_AGENT"));
    }

    async fn control_characters_in_declared_texts_are_faults_of_their_fields(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        for bad in ["\0", "\u{1b}"] {
            let with = |text: &str| format!("{text}{bad}");
            let spoiled = wire::Site {
                url: with("https://plombiersgeneve.ch/"),
                languages: vec![with("fr-")],
                disclosure: format!("Une IA{bad} vous enregistre. Oui ?"),
                ..site()
            };
            let refused = world.put_site(spoiled).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument);
            assert_eq!(fields(&refused), ["site.url", "site.languages", "site.disclosure"]);

            let spoiled = wire::Number {
                site_id: with(SITE),
                chain_carrier: with("Digital Republic"),
                fallback_url: with("https://fallback.example/"),
                ..number()
            };
            let refused = world.put_number(spoiled).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument);
            let names = ["number.site_id", "number.chain_carrier", "number.fallback_url"];
            assert!(names.iter().all(|name| fields(&refused).contains(&(*name).to_owned())), "{refused:?}");

            let mut spoiled = wire::Agent { site_id: with(SITE), ..agent() };
            let configuration = spoiled.configuration.as_mut().unwrap();
            for text in [
                &mut configuration.language, &mut configuration.voice_id, &mut configuration.tts_model,
                &mut configuration.prompt, &mut configuration.first_message,
            ] {
                text.push_str("-x");
                text.push_str(bad);
            }
            configuration.keywords = vec![with("Carouge")];
            let refused = world.put_agent(spoiled).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument);
            let mut names = vec!["agent.site_id".to_owned()];
            names.extend(
                ["language", "voice_id", "tts_model", "keywords", "prompt", "first_message"]
                    .map(|name| format!("agent.configuration.{name}")),
            );
            assert_eq!(fields(&refused), names);
            let unreadable = wire::GetAgentRequest { name: with(AGENT) };
            let refused = world.catalog.clone().get_agent(unreadable).await.unwrap_err();
            assert_eq!(fields(&refused), ["name"]);
        }
        // A prompt has lines.
        let mut lines = agent();
        lines.configuration.as_mut().unwrap().prompt.push_str("\r\n\t- Soyez bref.\n");
        world.put_agent(lines).await.unwrap();
    }

    async fn a_fallback_url_is_plain_https_and_stands_outside(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let ours = world.gateway.replace("http://", "https://");
        for bad in ["http://fallback.example/voice.xml", "voice.xml", &format!("{ours}/twilio/voice/fallback")] {
            let number = wire::Number { fallback_url: bad.to_owned(), ..number() };
            let refused = world.put_number(number).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{bad}");
            assert!(fields(&refused).iter().all(|field| field == "number.fallback_url"), "{bad}");
        }
        let listed = world.catalog.clone().list_numbers(wire::ListNumbersRequest::default()).await;
        assert_eq!(listed.unwrap().into_inner().numbers[0].fallback_url, number().fallback_url);
    }

    async fn lists_come_in_pages(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let two = wire::Number { number_e164: "+41225550100".to_owned(), ..number() };
        world.put_number(two).await.unwrap();
        let ask = |page_token: String| wire::ListNumbersRequest {
            site_id: SITE.to_owned(),
            page_size: 1,
            page_token,
        };
        let first = world.catalog.clone().list_numbers(ask(String::new())).await.unwrap().into_inner();
        assert_eq!(first.numbers[0].number_e164, DID);
        let next = world.catalog.clone().list_numbers(ask(first.next_page_token)).await;
        assert_eq!(next.unwrap().into_inner().numbers[0].number_e164, "+41225550100");
        let refused = world.catalog.clone().list_numbers(ask("no token!".to_owned())).await;
        assert_eq!(refused.unwrap_err().code(), tonic::Code::InvalidArgument);
    }
}
