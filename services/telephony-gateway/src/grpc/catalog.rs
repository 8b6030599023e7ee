//! CatalogService on the wire.

use chassis::fault::Violations;
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::catalog_service_server::CatalogService;
use tonic::{Request, Response, Status};

use super::{Api, page, status};
use crate::app::check_account::check_account;
use crate::app::compare_agent::compare_agent;
use crate::app::provision_number::{Wanted, provision_number};
use crate::app::put_agent::put_agent;
use crate::app::put_number::put_number;
use crate::app::put_site::put_site;
use crate::app::read;
use crate::app::release_agent::release_agent;
use crate::app::retention::put_retention;
use crate::domain::retention::Retention;

#[tonic::async_trait]
impl CatalogService for Api {
    async fn put_site(
        &self,
        request: Request<wire::PutSiteRequest>,
    ) -> Result<Response<wire::PutSiteResponse>, Status> {
        let wire::PutSiteRequest {
            site,
            source,
            dry_run,
            overwrite,
        } = request.into_inner();
        let mut found = Violations::new();
        let manner = super::wire::manner(source, dry_run, overwrite, &mut found);
        let site = found.required("site", site).map(super::wire::site);
        if let Some((site, _)) = &site {
            site.check(&mut found);
        }
        found.finish()?;
        let (site, paused) = site.ok_or_else(|| super::wire::missing("site"))?;
        let put = put_site(&self.telephony, site, paused, manner)
            .await
            .map_err(status)?;
        let (outcome, fields) = super::wire::put(put);
        Ok(Response::new(wire::PutSiteResponse { outcome, fields }))
    }

    async fn list_sites(
        &self,
        request: Request<wire::ListSitesRequest>,
    ) -> Result<Response<wire::ListSitesResponse>, Status> {
        let wire::ListSitesRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let size = page::size(page_size)?;
        let after = page::key(&page_token)?;
        let sites = read::sites(&self.telephony, &after, size)
            .await
            .map_err(status)?;
        let next_page_token = next(&sites, size, |stored| stored.site.id.as_str());
        let sites = sites.into_iter().map(super::wire::of_site).collect();
        Ok(Response::new(wire::ListSitesResponse {
            sites,
            next_page_token,
        }))
    }

    async fn put_number(
        &self,
        request: Request<wire::PutNumberRequest>,
    ) -> Result<Response<wire::PutNumberResponse>, Status> {
        let wire::PutNumberRequest {
            number,
            source,
            dry_run,
            overwrite,
        } = request.into_inner();
        let mut found = Violations::new();
        let manner = super::wire::manner(source, dry_run, overwrite, &mut found);
        let number = found.required("number", number);
        let number = number.and_then(|number| super::wire::number(number, &mut found));
        if let Some((number, _)) = &number {
            number.check(&mut found);
        }
        found.finish()?;
        let (number, paused) = number.ok_or_else(|| super::wire::missing("number"))?;
        let put = put_number(&self.telephony, number, paused, manner)
            .await
            .map_err(status)?;
        let (outcome, fields) = super::wire::put(put);
        Ok(Response::new(wire::PutNumberResponse { outcome, fields }))
    }

    async fn list_numbers(
        &self,
        request: Request<wire::ListNumbersRequest>,
    ) -> Result<Response<wire::ListNumbersResponse>, Status> {
        let wire::ListNumbersRequest {
            site_id,
            page_size,
            page_token,
        } = request.into_inner();
        super::wire::keys(&[("site_id", &site_id)])?;
        let size = page::size(page_size)?;
        let after = page::key(&page_token)?;
        let numbers = read::numbers(&self.telephony, &site_id, &after, size);
        let numbers = numbers.await.map_err(status)?;
        let next_page_token = next(&numbers, size, |stored| stored.number.e164.as_str());
        let numbers = numbers.into_iter().map(super::wire::of_number).collect();
        Ok(Response::new(wire::ListNumbersResponse {
            numbers,
            next_page_token,
        }))
    }

    async fn provision_number(
        &self,
        request: Request<wire::ProvisionNumberRequest>,
    ) -> Result<Response<wire::ProvisionNumberResponse>, Status> {
        let wire::ProvisionNumberRequest {
            site_id,
            number_e164,
            address_sid,
            bundle_sid,
            identity_sid,
        } = request.into_inner();
        if site_id.is_empty() {
            return Err(super::wire::missing("site_id").into());
        }
        super::wire::keys(&[("site_id", &site_id)])?;
        let wanted = Wanted {
            site_id,
            number_e164,
            address_sid,
            bundle_sid,
            identity_sid,
        };
        let done = provision_number(&self.telephony, wanted)
            .await
            .map_err(status)?;
        let number = Some(super::wire::of_number(done.stored));
        Ok(Response::new(wire::ProvisionNumberResponse {
            number,
            bought: done.bought,
        }))
    }

    async fn put_agent(
        &self,
        request: Request<wire::PutAgentRequest>,
    ) -> Result<Response<wire::PutAgentResponse>, Status> {
        let wire::PutAgentRequest {
            agent,
            source,
            dry_run,
            overwrite,
        } = request.into_inner();
        let mut found = Violations::new();
        let manner = super::wire::manner(source, dry_run, overwrite, &mut found);
        let agent = found.required("agent", agent);
        let agent = agent.and_then(|agent| super::wire::agent(agent, &mut found));
        found.finish()?;
        let (agent, paused) = agent.ok_or_else(|| super::wire::missing("agent"))?;
        let done = put_agent(&self.telephony, agent, paused, manner)
            .await
            .map_err(status)?;
        let (outcome, fields) = super::wire::put(done.put);
        let configuration_hash = done.hash;
        Ok(Response::new(wire::PutAgentResponse {
            outcome,
            fields,
            configuration_hash,
        }))
    }

    async fn get_agent(
        &self,
        request: Request<wire::GetAgentRequest>,
    ) -> Result<Response<wire::GetAgentResponse>, Status> {
        let wire::GetAgentRequest { name } = request.into_inner();
        super::wire::keys(&[("name", &name)])?;
        let agent = read::agent(&self.telephony, &name).await.map_err(status)?;
        let agent = Some(super::wire::of_agent(agent));
        Ok(Response::new(wire::GetAgentResponse { agent }))
    }

    async fn list_agents(
        &self,
        request: Request<wire::ListAgentsRequest>,
    ) -> Result<Response<wire::ListAgentsResponse>, Status> {
        let wire::ListAgentsRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let size = page::size(page_size)?;
        let after = page::key(&page_token)?;
        let agents = read::agents(&self.telephony, &after, size)
            .await
            .map_err(status)?;
        let next_page_token = next(&agents, size, |stored| stored.agent.name.as_str());
        let agents = agents.into_iter().map(super::wire::of_agent).collect();
        Ok(Response::new(wire::ListAgentsResponse {
            agents,
            next_page_token,
        }))
    }

    async fn release_agent_prompt(
        &self,
        request: Request<wire::ReleaseAgentPromptRequest>,
    ) -> Result<Response<wire::ReleaseAgentPromptResponse>, Status> {
        let wire::ReleaseAgentPromptRequest {
            name,
            configuration_hash,
            approved_by,
        } = request.into_inner();
        super::wire::keys(&[("name", &name), ("configuration_hash", &configuration_hash)])?;
        let approved_by = super::wire::approver(approved_by)?;
        let done = release_agent(&self.telephony, name, configuration_hash, approved_by);
        let done = done.await.map_err(status)?;
        let agent = Some(super::wire::of_agent(done.agent));
        Ok(Response::new(wire::ReleaseAgentPromptResponse {
            agent,
            changed: done.changed,
        }))
    }

    async fn compare_agent(
        &self,
        request: Request<wire::CompareAgentRequest>,
    ) -> Result<Response<wire::CompareAgentResponse>, Status> {
        let wire::CompareAgentRequest { name } = request.into_inner();
        super::wire::keys(&[("name", &name)])?;
        let found = compare_agent(&self.telephony, &name)
            .await
            .map_err(status)?;
        let drifts = found
            .drifts
            .into_iter()
            .map(super::wire::of_difference)
            .collect();
        let moved_defaults = found
            .moved_defaults
            .into_iter()
            .map(super::wire::of_difference)
            .collect();
        Ok(Response::new(wire::CompareAgentResponse {
            drifts,
            moved_defaults,
        }))
    }

    async fn check_vendor_account(
        &self,
        request: Request<wire::CheckVendorAccountRequest>,
    ) -> Result<Response<wire::CheckVendorAccountResponse>, Status> {
        let wire::CheckVendorAccountRequest { repair } = request.into_inner();
        let found = check_account(&self.telephony, repair).await;
        let account = found.map_err(status)?;
        Ok(Response::new(super::wire::of_account(account)))
    }

    async fn put_retention(
        &self,
        request: Request<wire::PutRetentionRequest>,
    ) -> Result<Response<wire::PutRetentionResponse>, Status> {
        let wire::PutRetentionRequest {
            recording_days,
            transcript_days,
            dry_run,
        } = request.into_inner();
        let retention = Retention::declared(recording_days, transcript_days);
        let mut found = Violations::new();
        retention.check(&mut found);
        found.finish()?;
        let done = put_retention(&self.telephony, retention, dry_run).await;
        let changed = done.map_err(status)?;
        Ok(Response::new(wire::PutRetentionResponse { changed }))
    }
}

/// The token of the page after a full one.
fn next<T>(rows: &[T], size: i64, key: impl Fn(&T) -> &str) -> String {
    match rows.last() {
        Some(last) if i64::try_from(rows.len()) == Ok(size) => page::token(key(last)),
        _ => String::new(),
    }
}
