//! The calls of an apply: one method for each thing that a service owns. A refusal is noted and
//! the next thing is tried, so that one apply shows every refusal; a service that does not answer
//! is not asked again.

use std::collections::BTreeSet;
use std::future::Future;

use chassis::client::{self, Channel};
use contracts::lead::v1::{
    PutSiteFactsRequest, lead_service_client::LeadServiceClient,
    ledger_service_client::LedgerServiceClient,
};
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use contracts::roster::v1::{self as roster, roster_service_client::RosterServiceClient};
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;
use tonic::{Code, Status};

use super::answer::{Answer, changed, in_words, roster_outcome};
use super::{Applied, Change, LIMIT, Options, Outcome, Services, leaving, wire};
use crate::catalog::model::{Catalog, Provider, Site};

pub(super) struct Caller {
    pub(super) telephony: CatalogServiceClient<Channel>,
    pub(super) roster: RosterServiceClient<Channel>,
    lead: LeadServiceClient<Channel>,
    pub(super) ledger: LedgerServiceClient<Channel>,
    notification: NotificationServiceClient<Channel>,
    pub(super) options: Options,
    silent: BTreeSet<&'static str>,
    /// Sites that stood before; nothing when telephony did not say.
    standing: Option<BTreeSet<String>>,
    pub(super) applied: Applied,
}

impl Caller {
    pub(super) fn new(services: &Services, options: Options) -> Self {
        Self {
            telephony: CatalogServiceClient::new(services.telephony.clone()),
            roster: RosterServiceClient::new(services.roster.clone()),
            lead: LeadServiceClient::new(services.lead.clone()),
            ledger: LedgerServiceClient::new(services.lead.clone()),
            notification: NotificationServiceClient::new(services.notification.clone()),
            options,
            silent: BTreeSet::new(),
            standing: None,
            applied: Applied {
                dry_run: options.dry_run,
                ..Applied::default()
            },
        }
    }

    pub(super) fn finish(self) -> Applied {
        self.applied
    }

    /// Looks which sites stand already. Rules, taxonomy and facts answer only that they differed;
    /// whether they are new shows here, since an apply stores a site after all of them.
    pub(super) async fn look(&mut self) {
        let sites = client::with_timeout(LIMIT, leaving::list_sites(self)).await;
        // A service that does not answer is told of by the first Put that needs it.
        let ids = sites.map(|sites| sites.into_iter().map(|site| site.site_id).collect());
        self.standing = ids.ok();
    }

    /// Whether a site is new; without one, whether no catalogue was ever applied here.
    pub(super) fn is_new(&self, site: Option<&Site>) -> bool {
        self.standing.as_ref().is_some_and(|standing| match site {
            Some(site) => !standing.contains(&site.id),
            None => standing.is_empty(),
        })
    }

    pub(super) async fn channel_rules(&mut self, catalog: &Catalog) {
        let request = wire::channel_rules(catalog, self.options.dry_run);
        let mut client = self.notification.clone();
        let new = self.is_new(None);
        self.call(
            "notification",
            "rules",
            "all countries",
            Box::pin(async move {
                let answer = client.put_channel_rules(request).await?.into_inner();
                Ok(changed(answer.changed, new))
            }),
        )
        .await;
    }

    pub(super) async fn provider(&mut self, provider: &Provider) {
        let request = roster::PutProviderRequest {
            provider: Some(wire::provider(provider)),
            source: roster::Source::Catalog.into(),
            dry_run: self.options.dry_run,
            overwrite: self.options.overwrite,
        };
        let mut client = self.roster.clone();
        self.call(
            "roster",
            "provider",
            &provider.id,
            Box::pin(async move {
                let answer = client.put_provider(request).await?.into_inner();
                Ok((roster_outcome(answer.outcome()), answer.fields))
            }),
        )
        .await;
    }

    pub(super) async fn taxonomy(&mut self, catalog: &Catalog) {
        let request = wire::taxonomy(catalog, self.options.dry_run);
        let mut client = self.lead.clone();
        let new = self.is_new(None);
        self.call(
            "lead",
            "taxonomy",
            "categories and cities",
            Box::pin(async move {
                let answer = client.put_taxonomy(request).await?.into_inner();
                Ok(changed(answer.changed, new))
            }),
        )
        .await;
    }

    pub(super) async fn site_facts(&mut self, site: &Site) {
        let request = PutSiteFactsRequest {
            site: Some(wire::site_facts(site)),
            dry_run: self.options.dry_run,
        };
        let mut client = self.lead.clone();
        let new = self.is_new(Some(site));
        self.call(
            "lead",
            "site",
            &site.id,
            Box::pin(async move {
                let answer = client.put_site_facts(request).await?.into_inner();
                Ok(changed(answer.changed, new))
            }),
        )
        .await;
    }

    pub(super) async fn retention(&mut self, catalog: &Catalog) {
        let request = wire::retention(&catalog.operator, self.options.dry_run);
        let mut client = self.telephony.clone();
        let new = self.is_new(None);
        self.call(
            "telephony",
            "retention",
            "recordings and transcripts",
            Box::pin(async move {
                let answer = client.put_retention(request).await?.into_inner();
                Ok(changed(answer.changed, new))
            }),
        )
        .await;
    }

    /// Makes one call and notes what came of it.
    pub(super) async fn call(
        &mut self,
        service: &'static str,
        kind: &'static str,
        id: &str,
        call: impl Future<Output = Result<Answer, Status>>,
    ) -> Outcome {
        let answer = if self.silent.contains(service) {
            (
                Outcome::Failed("not tried: the service does not answer".to_owned()),
                Vec::new(),
            )
        } else {
            match client::with_timeout(LIMIT, call).await {
                Ok(answer) => answer,
                Err(status) => (self.failed(service, &status), Vec::new()),
            }
        };
        self.note(service, kind, id, answer)
    }

    pub(super) fn failed(&mut self, service: &'static str, status: &Status) -> Outcome {
        if matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded) {
            self.silent.insert(service);
        }
        Outcome::Failed(in_words(status))
    }

    pub(super) fn note(
        &mut self,
        service: &'static str,
        kind: &'static str,
        id: &str,
        (outcome, fields): Answer,
    ) -> Outcome {
        self.applied.changes.push(Change {
            service,
            kind,
            id: id.to_owned(),
            outcome: outcome.clone(),
            fields,
        });
        outcome
    }

    /// The last change noted was a pause, not an update like any other.
    pub(super) fn was_a_pause(&mut self) {
        if let Some(change) = self.applied.changes.last_mut()
            && change.outcome == Outcome::Updated
        {
            change.outcome = Outcome::Paused;
            change.fields.clear();
        }
    }

    pub(super) fn is_silent(&self, service: &str) -> bool {
        self.silent.contains(service)
    }
}
