//! The calls of an apply that telephony answers about one site: the site, its agent, its numbers.

use contracts::telephony::v1 as telephony;

use super::answer::telephony_outcome;
use super::calls::Caller;
use super::{Outcome, wire};
use crate::catalog::model::{Catalog, Site};

impl Caller {
    /// A site with its numbers and its agent. They need the site: where it was refused they are
    /// not tried, and where it would only be created the dry run cannot ask for them.
    pub(super) async fn site(&mut self, catalog: &Catalog, site: &Site) {
        let stored = self.put_site(wire::site(catalog, site)).await;
        let unasked = match stored {
            Outcome::Failed(_) => return,
            Outcome::Created => self.options.dry_run,
            _ => false,
        };
        let agent = site.agent.as_ref();
        if unasked {
            let numbers = site.numbers.iter().map(|n| ("number", n.did.clone()));
            let agents = agent.iter().map(|agent| ("agent", agent.name.clone()));
            for (kind, id) in agents.chain(numbers).collect::<Vec<_>>() {
                self.note("telephony", kind, &id, (Outcome::Created, Vec::new()));
            }
            return;
        }
        // The agent first: a number that rings must find one.
        if let Some(agent) = agent {
            self.put_agent(wire::agent(catalog, site, agent)).await;
        }
        for number in &site.numbers {
            self.put_number(wire::number(site, number)).await;
        }
    }

    pub(super) async fn put_site(&mut self, site: telephony::Site) -> Outcome {
        let id = site.site_id.clone();
        let request = telephony::PutSiteRequest {
            site: Some(site),
            source: telephony::Source::Catalog.into(),
            dry_run: self.options.dry_run,
            overwrite: self.options.overwrite,
        };
        let mut client = self.telephony.clone();
        self.call(
            "telephony",
            "site",
            &id,
            Box::pin(async move {
                let answer = client.put_site(request).await?.into_inner();
                Ok((telephony_outcome(answer.outcome()), answer.fields))
            }),
        )
        .await
    }

    pub(super) async fn put_number(&mut self, number: telephony::Number) -> Outcome {
        let id = number.number_e164.clone();
        let request = telephony::PutNumberRequest {
            number: Some(number),
            source: telephony::Source::Catalog.into(),
            dry_run: self.options.dry_run,
            overwrite: self.options.overwrite,
        };
        let mut client = self.telephony.clone();
        self.call(
            "telephony",
            "number",
            &id,
            Box::pin(async move {
                let answer = client.put_number(request).await?.into_inner();
                Ok((telephony_outcome(answer.outcome()), answer.fields))
            }),
        )
        .await
    }

    pub(super) async fn put_agent(&mut self, agent: telephony::Agent) -> Outcome {
        let name = agent.name.clone();
        let paused = agent.paused;
        let request = telephony::PutAgentRequest {
            agent: Some(agent),
            source: telephony::Source::Catalog.into(),
            dry_run: self.options.dry_run,
            overwrite: self.options.overwrite,
        };
        let mut client = self.telephony.clone();
        let mut hash = String::new();
        let taken = &mut hash;
        let outcome = self
            .call(
                "telephony",
                "agent",
                &name,
                Box::pin(async move {
                    let answer = client.put_agent(request).await?.into_inner();
                    let outcome = telephony_outcome(answer.outcome());
                    *taken = answer.configuration_hash;
                    Ok((outcome, answer.fields))
                }),
            )
            .await;
        if !paused && !hash.is_empty() {
            self.applied.candidates.push((name, hash));
        }
        outcome
    }
}
