//! The catalogue of these tests, and what PutSiteFacts and PutTaxonomy refuse.

use contracts::lead::v1 as wire;
use test_support::on_both;
use tonic::Code;

use crate::calls::{GENEVA_DID, GENEVA_MOBILE, ZURICH_DID, refusal, tool_call};
use crate::harness::World;

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}

pub(crate) fn geneva() -> wire::SiteFacts {
    wire::SiteFacts {
        site_id: "plombiersgeneve".to_owned(),
        url: "https://plombiersgeneve.ch".to_owned(),
        country: "CH".to_owned(),
        allowed_countries: list(&["CH", "FR"]),
        languages: list(&["fr", "en"]),
        categories: list(&["plumbing"]),
        cities: list(&["geneva"]),
        numbers: list(&[GENEVA_DID]),
        chain_mobiles: list(&[GENEVA_MOBILE]),
        time_zone: "Europe/Zurich".to_owned(),
        max_call_duration: Some(prost_types::Duration {
            seconds: 600,
            nanos: 0,
        }),
    }
}

/// Two trades and two cities: nothing of a need can be guessed here.
pub(crate) fn zurich() -> wire::SiteFacts {
    wire::SiteFacts {
        site_id: "zurich-hilfe".to_owned(),
        url: "https://zurich-hilfe.ch".to_owned(),
        languages: list(&["de"]),
        categories: list(&["plumbing", "dental"]),
        cities: list(&["zurich", "winterthur"]),
        numbers: list(&[ZURICH_DID]),
        chain_mobiles: Vec::new(),
        ..geneva()
    }
}

pub(crate) fn taxonomy() -> wire::PutTaxonomyRequest {
    let names = |fr: &str, de: &str| {
        [
            ("fr".to_owned(), fr.to_owned()),
            ("de".to_owned(), de.to_owned()),
        ]
        .into_iter()
        .collect()
    };
    let category = |id: &str, health, names, synonyms: &[&str]| wire::Category {
        category_id: id.to_owned(),
        health,
        names,
        synonyms: list(synonyms),
        answer_deadlines: None,
    };
    let city = |id: &str, country: &str, names, synonyms: &[&str]| wire::City {
        city_id: id.to_owned(),
        country: country.to_owned(),
        names,
        synonyms: list(synonyms),
    };
    wire::PutTaxonomyRequest {
        categories: vec![
            category(
                "plumbing",
                false,
                names("Plomberie", "Sanitär"),
                &["plombier", "fuite d'eau", "Klempner", "Rohr"],
            ),
            category(
                "dental",
                true,
                names("Soins dentaires", "Zahnmedizin"),
                &["dentiste", "mal de dents", "Zahnarzt"],
            ),
        ],
        cities: vec![
            city(
                "geneva",
                "CH",
                names("Genève", "Genf"),
                &["Geneva", "Carouge"],
            ),
            city("zurich", "CH", names("Zurich", "Zürich"), &["Oerlikon"]),
            city("winterthur", "CH", names("Winterthour", "Winterthur"), &[]),
            city("annemasse", "FR", names("Annemasse", "Annemasse"), &[]),
        ],
        dry_run: false,
        rules: None,
    }
}

on_both! {
    async fn a_repeat_of_the_catalogue_writes_nothing_and_a_dry_run_neither(db: TestDb) {
        let mut world = World::start(db).await;
        let again = world.client.put_taxonomy(taxonomy()).await.unwrap().into_inner();
        assert!(!again.changed);
        let mut site = geneva();
        site.languages = list(&["fr"]);
        let put = |site: &wire::SiteFacts, dry_run| wire::PutSiteFactsRequest {
            site: Some(site.clone()),
            dry_run,
        };
        for (dry_run, changed) in [(true, true), (true, true), (false, true), (false, false)] {
            let answer = world.client.put_site_facts(put(&site, dry_run)).await.unwrap();
            assert_eq!(answer.into_inner().changed, changed);
        }
    }

    async fn every_fault_of_a_site_is_told_at_once(db: TestDb) {
        let mut world = World::start(db).await;
        let mut site = geneva();
        site.country = "FR".to_owned();
        site.time_zone = "Geneva".to_owned();
        site.cities.clear();
        let request = wire::PutSiteFactsRequest { site: Some(site), dry_run: false };
        let refused = world.client.put_site_facts(request).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::InvalidArgument, "INVALID_REQUEST".to_owned()));
        let fields: Vec<_> =
            chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["site.cities", "site.numbers", "site.time_zone"]);
        let refused = world.client.put_site_facts(wire::PutSiteFactsRequest::default()).await;
        assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
    }

    async fn two_sites_never_share_a_number_r4(db: TestDb) {
        let mut world = World::start(db).await;
        let mut site = zurich();
        site.numbers.push(GENEVA_DID.to_owned());
        let request = wire::PutSiteFactsRequest { site: Some(site), dry_run: false };
        let refused = world.client.put_site_facts(request).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused)[0].field, "site.numbers");
    }

    async fn a_site_with_leads_keeps_its_country_d5(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        let mut site = geneva();
        site.country = "FR".to_owned();
        site.numbers = list(&["+33140000000"]);
        let request = wire::PutSiteFactsRequest { site: Some(site), dry_run: false };
        let refused = world.client.put_site_facts(request).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::FailedPrecondition, "SITE_COUNTRY_FIXED".to_owned()));
    }

    async fn a_new_synonym_is_understood_at_once(db: TestDb) {
        let mut world = World::start(db).await;
        let mut request = taxonomy();
        request.categories[0].synonyms.push("sourcier".to_owned());
        assert!(world.client.put_taxonomy(request).await.unwrap().into_inner().changed);
        let mut call = tool_call(1);
        call.service = "un sourcier".to_owned();
        let answer = world.dispatch(call).await;
        assert_eq!(world.lead(&answer.lead_id).await.category, "plumbing");
    }

    async fn a_site_whose_city_the_taxonomy_lacks_loses_no_lead(db: TestDb) {
        let mut world = World::start(db).await;
        let mut site = geneva();
        // One that nobody knows, and one of another country.
        for city in ["atlantis", "annemasse"] {
            site.cities = list(&[city]);
            let request = wire::PutSiteFactsRequest { site: Some(site.clone()), dry_run: false };
            world.client.put_site_facts(request).await.unwrap();
            let mut call = tool_call(u32::try_from(city.len()).unwrap());
            call.location = "rue du Lac".to_owned();
            let voicemail = wire::CaptureVoicemailRequest {
                call_sid: format!("CA{city}"),
                site_id: site.site_id.clone(),
                caller: call.caller_id.clone(),
                recording_sid: "RE1".to_owned(),
                ..Default::default()
            };
            let spoken = world.dispatch(call).await;
            assert_eq!((spoken.ok, spoken.status.as_str()), (true, "unmatched"));
            let recorded = world.client.capture_voicemail(voicemail).await.unwrap().into_inner();
            for lead_id in [spoken.lead_id, recorded.lead_id] {
                world.tells(&format!("lead:{lead_id}:unmatched:")).await;
            }
        }
    }
}
