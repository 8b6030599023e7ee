//! `catalog apply` over the real services: what the files say, what an operator did meanwhile, and
//! what left the files and came back (design.md §6).

use bord::catalog::apply::{self, Applied, Change, Options, Outcome};
use bord::catalog::{Catalog, Folder, render};
use contracts::roster::v1 as roster;
use contracts::telephony::v1 as telephony;
use test_support::on_both;

use crate::world::World;

const APPLY: Options = Options {
    dry_run: false,
    overwrite: false,
};
const DRY_RUN: Options = Options {
    dry_run: true,
    overwrite: false,
};
const OVERWRITE: Options = Options {
    dry_run: false,
    overwrite: true,
};

fn catalog(folder: &Folder) -> Catalog {
    Catalog::from_folder(folder).unwrap_or_else(|breaches| panic!("{}", render(&breaches)))
}

/// The folder with one text replaced (the first that matches).
fn change(folder: Folder, file: &str, old: &str, new: &str) -> Folder {
    let text = folder.get(file).expect("a file of the sample").to_owned();
    assert!(text.contains(old), "{file} holds {old:?}");
    folder.with(file, &text.replacen(old, new, 1))
}

/// The folder without one provider.
fn without_provider(folder: Folder, id: &str) -> Folder {
    let text = folder.get("providers.toml").expect("the roster").to_owned();
    let marker = format!("[[provider]]\nid = \"{id}\"");
    let start = text.find(&marker).expect("the provider");
    let rest = &text[start + 1..];
    let end = rest
        .find("[[provider]]")
        .map_or(text.len(), |at| start + 1 + at);
    folder.with(
        "providers.toml",
        &format!("{}{}", &text[..start], &text[end..]),
    )
}

async fn apply(world: &World, folder: &Folder, options: Options) -> Applied {
    Box::pin(apply::apply(&catalog(folder), &world.peers.owners, options)).await
}

/// What is not unchanged, as "service kind id: outcome fields".
fn news(applied: &Applied) -> Vec<String> {
    let told = |c: &Change| {
        let fields = c.fields.join(",");
        let line = format!(
            "{} {} {}: {:?} {fields}",
            c.service, c.kind, c.id, c.outcome
        );
        line.trim_end().to_owned()
    };
    let of_note = |change: &&Change| change.outcome != Outcome::Unchanged;
    applied.changes.iter().filter(of_note).map(told).collect()
}

/// Whether everything came out so; how long records are kept stands from the start, by default.
fn all(applied: &Applied, outcome: &Outcome) -> bool {
    applied
        .changes
        .iter()
        .filter(|change| change.kind != "retention")
        .all(|change| change.outcome == *outcome)
}

/// Everything that can be read of what a catalogue declares.
#[derive(Debug, PartialEq)]
struct Standing {
    providers: Vec<roster::Provider>,
    sites: Vec<telephony::Site>,
    numbers: Vec<telephony::Number>,
    agents: Vec<telephony::Agent>,
}

impl Standing {
    async fn of(world: &World) -> Self {
        let page_size = 200;
        let (mut roster, mut telephony) = (world.peers.roster.clone(), world.peers.catalog.clone());
        let asked = roster::ListProvidersRequest {
            page_size,
            ..Default::default()
        };
        let providers = roster.list_providers(asked).await.expect("providers");
        let asked = telephony::ListSitesRequest {
            page_size,
            ..Default::default()
        };
        let sites = telephony.list_sites(asked).await.expect("sites");
        let asked = telephony::ListNumbersRequest {
            page_size,
            ..Default::default()
        };
        let numbers = telephony.list_numbers(asked).await.expect("numbers");
        let asked = telephony::ListAgentsRequest {
            page_size,
            ..Default::default()
        };
        let agents = telephony.list_agents(asked).await.expect("agents");
        let mut agents = agents.into_inner().agents;
        // The bench agent is telephony's own.
        agents.retain(|agent| !agent.site_id.is_empty());
        Self {
            providers: providers.into_inner().providers,
            sites: sites.into_inner().sites,
            numbers: numbers.into_inner().numbers,
            agents,
        }
    }

    fn provider(&self, id: &str) -> &roster::Provider {
        let mut all = self.providers.iter();
        all.find(|p| p.provider_id == id).expect("the provider")
    }

    fn site(&self, id: &str) -> &telephony::Site {
        let mut all = self.sites.iter();
        all.find(|site| site.site_id == id).expect("the site")
    }

    /// Ids of all that is paused.
    fn paused(&self) -> Vec<&str> {
        let providers = self.providers.iter().map(|p| (p.paused, &p.provider_id));
        let sites = self.sites.iter().map(|s| (s.paused, &s.site_id));
        let numbers = self.numbers.iter().map(|n| (n.paused, &n.number_e164));
        let agents = self.agents.iter().map(|a| (a.paused, &a.name));
        let all = providers.chain(sites).chain(numbers).chain(agents);
        all.filter(|(paused, _)| *paused)
            .map(|(_, id)| id.as_str())
            .collect()
    }
}

/// An operator takes less of one provider, and has another site say more.
async fn an_operator_changes(world: &World, before: &Standing) {
    let provider = roster::Provider {
        capacity: 3,
        ..before.provider("sanitaire-leman").clone()
    };
    let put = roster::PutProviderRequest {
        provider: Some(provider),
        source: roster::Source::Operator.into(),
        ..Default::default()
    };
    let done = world.peers.roster.clone().put_provider(put).await;
    let outcome = done.expect("an operator may").into_inner().outcome();
    assert_eq!(outcome, roster::PutOutcome::Updated);
    let site = before.site("milano-dentista").clone();
    let site = telephony::Site {
        url: "https://dentista.example".to_owned(),
        ..site
    };
    let put = telephony::PutSiteRequest {
        site: Some(site),
        source: telephony::Source::Operator.into(),
        ..Default::default()
    };
    let done = world.peers.catalog.clone().put_site(put).await;
    let outcome = done.expect("an operator may").into_inner().outcome();
    assert_eq!(outcome, telephony::PutOutcome::Updated);
}

on_both! {
    /// Declared in files and applied idempotently; R1: each site of the files has a number and an
    /// agent afterwards.
    async fn the_first_apply_creates_everything_and_a_repeat_changes_nothing(db: TestDb) {
        let world = World::bare(&db).await;
        let folder = Folder::sample();
        let would = apply(&world, &folder, DRY_RUN).await;
        assert!(all(&would, &Outcome::Created), "{}", would.render());
        let empty = Standing::of(&world).await;
        assert!(empty.providers.is_empty() && empty.sites.is_empty(), "a dry run writes nothing");

        let first = apply(&world, &folder, APPLY).await;
        assert!(all(&first, &Outcome::Created), "{}", first.render());
        assert_eq!(first.changes, would.changes, "the dry run told what comes");
        let declared = catalog(&folder);
        let standing = Standing::of(&world).await;
        assert_eq!(standing.providers.len(), declared.providers.len());
        assert_eq!(standing.sites.len(), declared.sites.len());
        for site in &declared.sites {
            assert!(standing.numbers.iter().any(|n| n.site_id == site.id), "{} has a number", site.id);
            assert!(standing.agents.iter().any(|a| a.site_id == site.id), "{} has an agent", site.id);
        }
        assert_eq!(standing.paused(), Vec::<&str>::new());

        let again = apply(&world, &folder, APPLY).await;
        assert!(all(&again, &Outcome::Unchanged), "{}", again.render());
        assert_eq!(again.changes.len(), first.changes.len());
        assert_eq!(Standing::of(&world).await, standing, "no version moved");
    }

    /// The files change their own word, never an operator's, unless they are told to.
    async fn the_files_change_their_own_word_and_meet_an_operators_as_a_conflict(db: TestDb) {
        let world = World::bare(&db).await;
        let folder = Folder::sample();
        assert!(apply(&world, &folder, APPLY).await.is_complete());
        let before = Standing::of(&world).await;

        let site = "site-milano-dentista.toml";
        let folder = change(folder, "providers.toml", "capacity = 6", "capacity = 7");
        let folder = change(folder, site, "[\"IT\", \"CH\"]", "[\"IT\"]");
        let folder = change(folder, site, "max_duration_seconds = 600", "max_duration_seconds = 540");
        let changes = [
            "roster provider plomberie-du-rhone: Updated capacity",
            "lead site milano-dentista: Updated",
            "telephony agent bord-milano-dentista: Updated configuration.max_duration",
        ];
        let would = apply(&world, &folder, DRY_RUN).await;
        assert_eq!(news(&would), changes);
        assert_eq!(Standing::of(&world).await, before, "a dry run writes nothing");
        let done = apply(&world, &folder, APPLY).await;
        assert_eq!(done.changes, would.changes);
        assert_eq!(Standing::of(&world).await.provider("plomberie-du-rhone").capacity, 7);
        assert_eq!(news(&apply(&world, &folder, APPLY).await), Vec::<String>::new());

        let declared = Standing::of(&world).await;
        an_operator_changes(&world, &declared).await;
        let changed = Standing::of(&world).await;
        let met = apply(&world, &folder, APPLY).await;
        assert_eq!(news(&met), [
            "roster provider sanitaire-leman: Conflict capacity",
            "telephony site milano-dentista: Conflict url",
        ]);
        assert!(!met.is_complete());
        assert_eq!(Standing::of(&world).await, changed, "nothing was written");

        let insisted = apply(&world, &folder, OVERWRITE).await;
        assert_eq!(news(&insisted), [
            "roster provider sanitaire-leman: Updated capacity",
            "telephony site milano-dentista: Updated url",
        ]);
        let standing = Standing::of(&world).await;
        assert_eq!(standing.provider("sanitaire-leman").capacity, 10);
        assert_eq!(standing.site("milano-dentista"), declared.site("milano-dentista"));
        assert!(all(&apply(&world, &folder, APPLY).await, &Outcome::Unchanged));
    }

    /// What left the files is paused, never deleted, and serves again when it is back; a pause
    /// that an operator set stays.
    async fn what_left_the_files_is_paused_and_lives_again_when_it_is_back(db: TestDb) {
        let world = World::bare(&db).await;
        let whole = Folder::sample();
        assert!(apply(&world, &whole, APPLY).await.is_complete());
        let pause = roster::PauseProviderRequest {
            provider_id: "sanitaire-leman".to_owned(),
            actor: "operator:ana".to_owned(),
            cause: "holiday".to_owned(),
        };
        world.peers.roster.clone().pause_provider(pause).await.expect("an operator may");
        let before = Standing::of(&world).await;
        assert_eq!(before.paused(), ["sanitaire-leman"]);

        let left = without_provider(whole.clone(), "depannage-saleve");
        let left = ["site-bali-tennis.toml", "prompt-bali-tennis.md", "faq-bali-tennis.md"]
            .into_iter()
            .fold(left, Folder::without);
        let did = catalog(&whole).site("bali-tennis").expect("the site").numbers[0].did.clone();
        let gone = [
            "roster provider depannage-saleve: Paused".to_owned(),
            format!("telephony number {did}: Paused"),
            "telephony agent bord-bali-tennis: Paused".to_owned(),
            "telephony site bali-tennis: Paused".to_owned(),
        ];
        assert_eq!(news(&apply(&world, &left, DRY_RUN).await), gone);
        assert_eq!(Standing::of(&world).await, before, "a dry run writes nothing");
        assert_eq!(news(&apply(&world, &left, APPLY).await), gone);
        let standing = Standing::of(&world).await;
        let mut paused = standing.paused();
        paused.sort_unstable();
        let mut wanted = ["sanitaire-leman", "depannage-saleve", &did, "bord-bali-tennis", "bali-tennis"];
        wanted.sort_unstable();
        assert_eq!(paused, wanted, "paused, and nothing is deleted");
        assert_eq!(standing.provider("depannage-saleve").pause_actor, "catalog");
        assert_eq!(news(&apply(&world, &left, APPLY).await), Vec::<String>::new());

        let back = apply(&world, &whole, APPLY).await;
        assert_eq!(news(&back), [
            "roster provider depannage-saleve: Updated paused".to_owned(),
            "telephony site bali-tennis: Updated paused".to_owned(),
            "telephony agent bord-bali-tennis: Updated paused".to_owned(),
            format!("telephony number {did}: Updated paused"),
        ]);
        assert!(back.render().contains("depannage-saleve  no longer paused"), "{}", back.render());
        let standing = Standing::of(&world).await;
        assert_eq!(standing.paused(), ["sanitaire-leman"], "the operator's pause stays");
        assert!(all(&apply(&world, &whole, APPLY).await, &Outcome::Unchanged));
    }
}
