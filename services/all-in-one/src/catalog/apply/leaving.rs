//! What stands in a service but no longer in the files is paused, never deleted: leads and calls
//! still point to it. What an operator declared or changed is not the catalogue's to pause; it is
//! reported as a conflict.

use std::collections::BTreeSet;

use contracts::roster::v1 as roster;
use contracts::telephony::v1 as telephony;
use tonic::Status;

use super::Outcome;
use super::answer::roster_outcome;
use super::calls::Caller;
use crate::catalog::model::Catalog;

const PAGE: i32 = 200;

pub(super) async fn pause(caller: &mut Caller, catalog: &Catalog) {
    pause_providers(caller, catalog).await;
    pause_telephony(caller, catalog).await;
}

async fn pause_providers(caller: &mut Caller, catalog: &Catalog) {
    if caller.is_silent("roster") {
        return;
    }
    let providers = match list_providers(caller).await {
        Ok(providers) => providers,
        Err(status) => {
            let failed = caller.failed("roster", &status);
            caller.note(
                "roster",
                "provider",
                "those that left",
                (failed, Vec::new()),
            );
            return;
        }
    };
    let kept: BTreeSet<&str> = catalog.providers.iter().map(|p| p.id.as_str()).collect();
    for provider in providers {
        if !kept.contains(provider.provider_id.as_str()) && !provider.paused {
            pause_provider(caller, provider).await;
        }
    }
}

/// The list does not say who declared a provider, so the roster is asked as if the catalogue
/// were to change it: it answers CONFLICT for what is an operator's.
async fn pause_provider(caller: &mut Caller, provider: roster::Provider) {
    let id = provider.provider_id.clone();
    let dry_run = caller.options.dry_run;
    let probe = roster::PutProviderRequest {
        provider: Some(roster::Provider {
            priority: provider.priority + 1,
            ..provider
        }),
        source: roster::Source::Catalog.into(),
        dry_run: true,
        overwrite: caller.options.overwrite,
    };
    let request = roster::PauseProviderRequest {
        provider_id: id.clone(),
        actor: "catalog".to_owned(),
        cause: "left the catalogue".to_owned(),
    };
    let mut client = caller.roster.clone();
    caller
        .call(
            "roster",
            "provider",
            &id,
            Box::pin(async move {
                let answer = client.put_provider(probe).await?.into_inner();
                match roster_outcome(answer.outcome()) {
                    Outcome::Updated | Outcome::Unchanged => {}
                    other => return Ok((other, answer.fields)),
                }
                if !dry_run {
                    client.pause_provider(request).await?;
                }
                Ok((Outcome::Paused, Vec::new()))
            }),
        )
        .await;
}

async fn list_providers(caller: &Caller) -> Result<Vec<roster::Provider>, Status> {
    let mut client = caller.roster.clone();
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = roster::ListProvidersRequest {
            country: String::new(),
            page_size: PAGE,
            page_token,
            ..Default::default()
        };
        let page = client.list_providers(request).await?.into_inner();
        all.extend(page.providers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// Numbers before sites and agents: what lets callers in goes first.
async fn pause_telephony(caller: &mut Caller, catalog: &Catalog) {
    if caller.is_silent("telephony") {
        return;
    }
    let (numbers, agents, sites) = match list_telephony(caller).await {
        Ok(lists) => lists,
        Err(status) => {
            let failed = caller.failed("telephony", &status);
            caller.note("telephony", "site", "those that left", (failed, Vec::new()));
            return;
        }
    };
    let kept: BTreeSet<&str> = catalog
        .sites
        .iter()
        .flat_map(|site| {
            let numbers = site.numbers.iter().map(|number| number.did.as_str());
            let agent = site.agent.iter().map(|agent| agent.name.as_str());
            numbers.chain(agent)
        })
        .collect();
    for number in numbers {
        if !kept.contains(number.number_e164.as_str()) && !number.paused {
            caller
                .put_number(telephony::Number {
                    paused: true,
                    ..number
                })
                .await;
            caller.was_a_pause();
        }
    }
    for agent in agents {
        // The bench agent has no site; it is telephony's own.
        if !kept.contains(agent.name.as_str()) && !agent.paused && !agent.site_id.is_empty() {
            caller
                .put_agent(telephony::Agent {
                    paused: true,
                    ..agent
                })
                .await;
            caller.was_a_pause();
        }
    }
    for site in sites {
        if catalog.sites.iter().all(|kept| kept.id != site.site_id) && !site.paused {
            caller
                .put_site(telephony::Site {
                    paused: true,
                    ..site
                })
                .await;
            caller.was_a_pause();
        }
    }
}

type Lists = (
    Vec<telephony::Number>,
    Vec<telephony::Agent>,
    Vec<telephony::Site>,
);

pub(super) async fn list_sites(caller: &Caller) -> Result<Vec<telephony::Site>, Status> {
    let mut client = caller.telephony.clone();
    let (mut sites, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = telephony::ListSitesRequest {
            page_size: PAGE,
            page_token,
        };
        let page = client.list_sites(request).await?.into_inner();
        sites.extend(page.sites);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(sites);
        }
    }
}

async fn list_telephony(caller: &Caller) -> Result<Lists, Status> {
    let mut client = caller.telephony.clone();
    let (mut numbers, mut agents) = (Vec::new(), Vec::new());
    let mut page_token = String::new();
    loop {
        let request = telephony::ListNumbersRequest {
            site_id: String::new(),
            page_size: PAGE,
            page_token,
        };
        let page = client.list_numbers(request).await?.into_inner();
        numbers.extend(page.numbers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    loop {
        let request = telephony::ListAgentsRequest {
            page_size: PAGE,
            page_token,
        };
        let page = client.list_agents(request).await?.into_inner();
        agents.extend(page.agents);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok((numbers, agents, list_sites(caller).await?));
        }
    }
}
