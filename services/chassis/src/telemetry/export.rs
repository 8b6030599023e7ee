//! The way of a finished span to the collector: a bounded queue, batches, OTLP over gRPC.
//!
//! A collector that is slow or away costs calls nothing: what finds the queue full is dropped, and
//! what is lost is counted (`bord_spans_dropped_total`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::trace::Span as _;
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::WithTonicConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, Span, SpanData, SpanExporter,
    SpanProcessor,
};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};

use super::settings::{Export, Settings};
use super::{sampling, statements};

const CONNECT: Duration = Duration::from_secs(3);

pub(super) fn provider(
    name: &'static str,
    settings: &Settings,
) -> anyhow::Result<SdkTracerProvider> {
    let attributes = settings.attributes.iter();
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(attributes.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_service_name(settings.name.clone().unwrap_or_else(|| name.to_owned()))
        .build();
    let mut builder = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(sampling::Asked(settings.sampler.clone()))
        .with_span_processor(NameService);
    if let Some(export) = &settings.export {
        builder = builder.with_span_processor(queue(export)?);
    }
    Ok(builder.build())
}

fn queue(export: &Export) -> anyhow::Result<Queue> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_channel(channel(export)?)
        .build()?;
    let waiting = Arc::new(AtomicUsize::new(0));
    let counted = Counted {
        inner: exporter,
        waiting: Arc::clone(&waiting),
        failing: AtomicBool::new(false),
    };
    // Its own bound is never reached: it would drop without telling anybody.
    let config = BatchConfigBuilder::default().with_max_queue_size(export.queue + 1);
    Ok(Queue {
        batches: BatchSpanProcessor::builder(counted)
            .with_batch_config(config.build())
            .build(),
        waiting,
        most: export.queue,
    })
}

/// Connects when there is something to send, and again when it must.
fn channel(export: &Export) -> anyhow::Result<Channel> {
    let mut endpoint = Endpoint::from_shared(export.endpoint.to_string())?.connect_timeout(CONNECT);
    if export.endpoint.scheme() == "https" {
        let tls = match &export.authority {
            Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            None => ClientTlsConfig::new().with_webpki_roots(),
        };
        endpoint = endpoint.tls_config(tls)?;
    }
    Ok(endpoint.connect_lazy())
}

/// Marks each span with the service for which its task runs.
#[derive(Debug)]
struct NameService;

impl SpanProcessor for NameService {
    fn on_start(&self, span: &mut Span, _: &Context) {
        if let Some(service) = crate::service().or_else(statements::owner) {
            span.set_attribute(KeyValue::new("bord.service", service));
        }
    }

    fn on_end(&self, _: SpanData) {}

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// A bound before the SDK's own batches, that tells what it drops.
#[derive(Debug)]
struct Queue {
    batches: BatchSpanProcessor,
    waiting: Arc<AtomicUsize>,
    most: usize,
}

impl SpanProcessor for Queue {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            ::metrics::counter!("bord_spans_dropped_total", "reason" => "queue_full").increment(1);
            return;
        }
        self.batches.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// Counts what left and what could not, and says once when the collector goes and once when it is
/// back.
#[derive(Debug)]
struct Counted<E> {
    inner: E,
    waiting: Arc<AtomicUsize>,
    failing: AtomicBool,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let many = batch.len();
        let sent = self.inner.export(batch).await;
        self.waiting.fetch_sub(many, Ordering::Relaxed);
        let many = u64::try_from(many).unwrap_or(u64::MAX);
        let failed = sent.is_err();
        if failed {
            ::metrics::counter!("bord_spans_dropped_total", "reason" => "export_failed")
                .increment(many);
        } else {
            ::metrics::counter!("bord_spans_exported_total").increment(many);
        }
        match (self.failing.swap(failed, Ordering::Relaxed), failed) {
            (false, true) => tracing::warn!("the collector takes no spans; they are dropped"),
            (true, false) => tracing::info!("the collector takes spans again"),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};

    use super::*;

    /// B8: a collector that is away costs no call anything, and what is lost for it is bounded.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn spans_beyond_the_queue_are_dropped_at_once() {
        let nobody = "http://127.0.0.1:9".parse().unwrap();
        let mut settings = Settings::with_endpoint(nobody);
        settings.export.as_mut().unwrap().queue = 10;
        let queue = queue(settings.export.as_ref().unwrap()).unwrap();
        let waiting = Arc::clone(&queue.waiting);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(queue)
            .build();
        let tracer = provider.tracer("test");
        let started = std::time::Instant::now();
        for _ in 0..10_000 {
            tracer.start("span").end();
        }
        assert!(waiting.load(Ordering::Relaxed) <= 10);
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{:?}",
            started.elapsed()
        );
    }
}
