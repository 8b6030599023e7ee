//! What every server answers besides its own services: health, to balancers and probes, and
//! reflection, to a person with grpcurl.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::task::AbortOnDropHandle;
use tonic::service::RoutesBuilder;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_reflection::server::Builder;

use crate::run;

/// The health of each service by its name, and of the whole under "".
pub(super) struct Health {
    pub(super) service: HealthServer<HealthService>,
    reporter: HealthReporter,
    names: Vec<&'static str>,
}

pub(super) async fn health(services: &[&'static str]) -> Health {
    let reporter = HealthReporter::new();
    let names: Vec<_> = services.iter().copied().chain([""]).collect();
    for name in &names {
        reporter
            .set_service_status(name, ServingStatus::Serving)
            .await;
    }
    Health {
        service: HealthServer::new(HealthService::from_health_reporter(reporter.clone())),
        reporter,
        names,
    }
}

impl Health {
    pub(super) async fn stop_serving(&self) {
        for name in &self.names {
            self.reporter
                .set_service_status(name, ServingStatus::NotServing)
                .await;
        }
    }

    /// Answers health checks, and nothing else, in plain text at `addr` until the handle is
    /// dropped: Kubernetes' gRPC probes can show no certificate, and the answer tells no secret.
    pub(super) async fn answer_probes(
        &self,
        addr: Option<SocketAddr>,
    ) -> anyhow::Result<Option<AbortOnDropHandle<()>>> {
        let Some(addr) = addr else { return Ok(None) };
        let listener = TcpListener::bind(addr).await;
        let listener = listener.context("HEALTH_ADDR cannot be served")?;
        let service = self.service.clone();
        let serving = async move {
            let served = tonic::transport::Server::builder()
                .max_concurrent_streams(16)
                .add_service(service)
                .serve_with_incoming(TcpListenerStream::new(listener))
                .await;
            if let Err(error) = served {
                tracing::error!(causes = %crate::fault::causes(&error), "probes are not answered");
            }
        };
        Ok(Some(AbortOnDropHandle::new(run::spawn(serving))))
    }
}

/// What describes itself beside the contracts: the platform's own services, and the details of a
/// refusal, without which tools show their bytes instead of field and rule.
const PLATFORM: [&[u8]; 4] = [
    tonic_health::pb::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    tonic_types::pb::FILE_DESCRIPTOR_SET,
];
const PLATFORM_SERVICES: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// Both versions: current tools speak v1, older ones v1alpha. Listed are `services` alone: the
/// descriptors hold the contracts of all programs.
pub(super) fn add_reflection(
    routes: &mut RoutesBuilder,
    services: &[&'static str],
    descriptors: &[&'static [u8]],
) -> anyhow::Result<()> {
    let reflection = || {
        let builder = Builder::configure().include_reflection_service(false);
        let all = descriptors.iter().copied().chain(PLATFORM);
        let builder = all.fold(builder, Builder::register_encoded_file_descriptor_set);
        let listed = services.iter().copied().chain(PLATFORM_SERVICES);
        listed.fold(builder, Builder::with_service_name)
    };
    let (v1, v1alpha) = (reflection().build_v1()?, reflection().build_v1alpha()?);
    routes.add_service(v1).add_service(v1alpha);
    Ok(())
}
