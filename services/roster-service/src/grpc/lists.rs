//! The lists of RosterService: providers, assignments, coverage; a page at a time.

use chassis::fault::Violations;
use contracts::bord::roster::v1 as pb;
use tonic::Response;

use super::{Answer, Api, page, told, wire};
use crate::store::providers;

impl Api {
    pub(super) async fn providers(
        &self,
        request: pb::ListProvidersRequest,
    ) -> Answer<pb::ListProvidersResponse> {
        let pb::ListProvidersRequest {
            country,
            page_size,
            page_token,
            contact,
        } = request;
        let mut violations = Violations::new();
        let filter = providers::Filter {
            country: wire::optional(&mut violations, "country", &country),
            contact: wire::channel::contact(&mut violations, &contact),
        };
        let size = page::size(&mut violations, page_size);
        let after = page::token::<1>(&mut violations, &page_token);
        violations.finish()?;
        let [after] = after.unwrap_or_default();
        let found = self.roster.list_providers(&filter, &after, size + 1);
        let (found, more) = page::cut(found.await.map_err(told)?, size);
        let next = found.last().filter(|_| more);
        Ok(Response::new(pb::ListProvidersResponse {
            next_page_token: next
                .map(|last| page::encode([last.declared.provider_id.as_str()]))
                .unwrap_or_default(),
            providers: found.into_iter().map(wire::shown::provider).collect(),
        }))
    }

    pub(super) async fn assignments(
        &self,
        request: pb::ListAssignmentsRequest,
    ) -> Answer<pb::ListAssignmentsResponse> {
        let list = wire::assignment::list(request)?;
        let found = self
            .roster
            .list_assignments(&list.filter, list.before, list.size + 1);
        let (found, more) = page::cut(found.await.map_err(told)?, list.size);
        let next = found.last().filter(|_| more);
        Ok(Response::new(pb::ListAssignmentsResponse {
            next_page_token: next.map(wire::assignment::token).unwrap_or_default(),
            assignments: found
                .into_iter()
                .map(wire::assignment::assignment)
                .collect(),
        }))
    }

    pub(super) async fn coverage(
        &self,
        request: pb::ListCoverageRequest,
    ) -> Answer<pb::ListCoverageResponse> {
        let pb::ListCoverageRequest {
            country,
            page_size,
            page_token,
        } = request;
        let mut violations = Violations::new();
        let country = wire::optional(&mut violations, "country", &country);
        let size = page::size(&mut violations, page_size);
        let after = page::token::<3>(&mut violations, &page_token);
        violations.finish()?;
        let after = after.unwrap_or_default().into();
        let found = self
            .roster
            .list_coverage(country.as_ref(), &after, size + 1);
        let (found, more) = page::cut(found.await.map_err(told)?, size);
        let next = found.last().filter(|_| more);
        Ok(Response::new(pb::ListCoverageResponse {
            next_page_token: next
                .map(|last| page::encode([&last.country, &last.category, &last.city]))
                .unwrap_or_default(),
            coverage: found.into_iter().map(wire::coverage).collect(),
        }))
    }
}
