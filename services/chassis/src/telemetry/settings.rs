//! The settings of traces and logs: OpenTelemetry's own variables, and `LOG`, a tracing filter.
//!
//! A wrong one is a fault of the start: a trace that is missing is noticed on the day it is needed.

use opentelemetry_sdk::trace::Sampler;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::sampling;
use crate::config::Env;

/// Spans that wait for the collector at most; more are dropped and counted.
const QUEUE: usize = 4_096;

#[derive(Debug)]
pub struct Settings {
    pub(super) export: Option<Export>,
    pub(super) sampler: Sampler,
    /// What the process calls itself where not its own name.
    pub(super) name: Option<String>,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) log: Option<String>,
}

/// Where spans go, by OTLP over gRPC.
#[derive(Debug)]
pub(super) struct Export {
    pub(super) endpoint: Url,
    /// PEM of who signed the collector's certificate, where no public authority did.
    pub(super) authority: Option<String>,
    pub(super) queue: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            export: None,
            sampler: Sampler::ParentBased(Box::new(Sampler::AlwaysOn)),
            name: None,
            attributes: Vec::new(),
            log: None,
        }
    }
}

impl Settings {
    pub fn read(env: &mut Env) -> Self {
        let log = env.optional("LOG");
        if log
            .as_ref()
            .is_some_and(|filter| EnvFilter::try_new(filter).is_err())
        {
            let remedy = "write a filter such as info or info,bord=debug".to_owned();
            env.fault("LOG", "is not a filter", remedy);
        }
        let mut attributes = pairs(env, "OTEL_RESOURCE_ATTRIBUTES");
        let named = attributes.iter().position(|(key, _)| key == "service.name");
        let named = named.map(|place| attributes.remove(place).1);
        Self {
            export: export(env),
            sampler: sampling::read(env),
            name: env.optional("OTEL_SERVICE_NAME").or(named),
            attributes,
            log,
        }
    }

    /// Everything to the collector at `endpoint`.
    #[must_use]
    pub fn with_endpoint(endpoint: Url) -> Self {
        Self {
            export: Some(Export {
                endpoint,
                authority: None,
                queue: QUEUE,
            }),
            ..Self::default()
        }
    }

    /// The same without a word in the log: for a command that tells its story itself.
    #[must_use]
    pub fn silent(self) -> Self {
        Self {
            log: Some("off".to_owned()),
            ..self
        }
    }
}

fn export(env: &mut Env) -> Option<Export> {
    let own = env.url_optional("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    let endpoint = own.or_else(|| env.url_optional("OTEL_EXPORTER_OTLP_ENDPOINT"));
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ] {
        if env
            .optional(name)
            .is_some_and(|protocol| protocol != "grpc")
        {
            let remedy = "set it to grpc, and the endpoint to the collector's gRPC port, as a \
                          rule 4317";
            env.fault(name, "is not spoken here", remedy.to_owned());
        }
    }
    // The exporter reads the headers itself; here is told what it would pass over in silence.
    pairs(env, "OTEL_EXPORTER_OTLP_HEADERS");
    pairs(env, "OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    let authority = authority(env);
    let queue = env.parse_or("OTEL_BSP_MAX_QUEUE_SIZE", QUEUE);
    let exporter = env.optional("OTEL_TRACES_EXPORTER");
    let off = env.optional("OTEL_SDK_DISABLED");
    match exporter.as_deref() {
        None | Some("otlp" | "none") => {}
        Some(_) => {
            let remedy = "set it to otlp or none".to_owned();
            env.fault("OTEL_TRACES_EXPORTER", "is not known here", remedy);
        }
    }
    if off.as_deref() == Some("true") || exporter.as_deref() == Some("none") {
        return None;
    }
    Some(Export {
        endpoint: endpoint?,
        authority,
        queue,
    })
}

fn authority(env: &mut Env) -> Option<String> {
    let path = env.optional("OTEL_EXPORTER_OTLP_CERTIFICATE")?;
    let pem = std::fs::read_to_string(path).ok();
    if pem.is_none() {
        let remedy = "name the PEM file of the collector's certificate authority".to_owned();
        env.fault("OTEL_EXPORTER_OTLP_CERTIFICATE", "cannot be read", remedy);
    }
    pem
}

/// `key=value,key=value`, values percent-encoded. No fault quotes a value: headers hold keys.
fn pairs(env: &mut Env, name: &'static str) -> Vec<(String, String)> {
    let text = env.optional(name).unwrap_or_default();
    let mut pairs = Vec::new();
    for part in text.split(',').filter(|part| !part.trim().is_empty()) {
        match part.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                pairs.push((key.trim().to_owned(), decoded(value.trim())));
            }
            _ => {
                let remedy = "write it as key=value,key=value".to_owned();
                env.fault(name, "has a part that is no key=value", remedy);
                return Vec::new();
            }
        }
    }
    pairs
}

fn decoded(value: &str) -> String {
    // A query without separators is percent-encoding alone, but for the plus sign.
    let query = format!("v={}", value.replace('+', "%2B").replace('&', "%26"));
    let mut parts = url::form_urlencoded::parse(query.as_bytes());
    parts
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opentelemetrys_own_variables_are_heeded() {
        let mut env = Env::from_map([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=hunter2"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "k8s.pod.name=lead-0,team=a%20b,service.name=x",
            ),
            ("OTEL_SERVICE_NAME", "leads"),
        ]);
        let settings = Settings::read(&mut env);
        assert!(env.finish().is_ok());
        assert_eq!(settings.name.as_deref(), Some("leads"));
        assert_eq!(
            settings.attributes,
            [("k8s.pod.name", "lead-0"), ("team", "a b")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
        let endpoint = settings.export.map(|export| export.endpoint.to_string());
        assert_eq!(endpoint.as_deref(), Some("https://collector:4317/"));
        assert!(!format!("{env:?}").contains("hunter2"));
    }

    #[test]
    fn each_wrong_setting_is_a_fault_that_quotes_no_value() {
        let mut env = Env::from_map([
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/hunter2"),
            ("OTEL_RESOURCE_ATTRIBUTES", "=x"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
        ]);
        assert!(Settings::read(&mut env).export.is_none());
        let told = env.finish().unwrap_err();
        assert_eq!(told.0.len(), 5, "{told}");
        let told = told.to_string();
        assert!(told.contains("4317") && !told.contains("hunter2"), "{told}");
    }

    #[test]
    fn an_exporter_of_none_exports_nothing() {
        for (name, value) in [
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_SDK_DISABLED", "true"),
        ] {
            let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
            let mut env = Env::from_map([endpoint, (name, value)]);
            assert!(Settings::read(&mut env).export.is_none(), "{name}");
            assert!(env.finish().is_ok());
        }
    }
}
