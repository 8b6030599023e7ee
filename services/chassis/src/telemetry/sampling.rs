//! Which traces are recorded: what `OTEL_TRACES_SAMPLER` says, of those that begin with something
//! that happened.
//!
//! A call out that nobody asked for (a poll at a vendor, a stream that a follower opens) begins no
//! trace: it would make one of its own every second, idle or not.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingResult, ShouldSample};

use crate::config::Env;

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARG: &str = "OTEL_TRACES_SAMPLER_ARG";

/// What the two variables say; a fault where they say nothing that is known.
pub(super) fn read(env: &mut Env) -> Sampler {
    let ratio = env.optional(ARG).map(|text| text.parse::<f64>());
    let ratio = match ratio {
        None => 1.0,
        Some(Ok(ratio)) if (0.0..=1.0).contains(&ratio) => ratio,
        Some(_) => {
            let remedy = "set it to a share such as 0.1, or remove it for all".to_owned();
            env.fault(ARG, "is not a share between 0 and 1", remedy);
            1.0
        }
    };
    let parent_based = |root: Sampler| Sampler::ParentBased(Box::new(root));
    match env.optional(SAMPLER).as_deref() {
        None | Some("parentbased_always_on") => parent_based(Sampler::AlwaysOn),
        Some("parentbased_always_off") => parent_based(Sampler::AlwaysOff),
        Some("parentbased_traceidratio") => parent_based(Sampler::TraceIdRatioBased(ratio)),
        Some("always_on") => Sampler::AlwaysOn,
        Some("always_off") => Sampler::AlwaysOff,
        Some("traceidratio") => Sampler::TraceIdRatioBased(ratio),
        Some(_) => {
            let remedy = "use parentbased_always_on, parentbased_always_off, \
                          parentbased_traceidratio, always_on, always_off or traceidratio";
            env.fault(SAMPLER, "is not a known sampler", remedy.to_owned());
            parent_based(Sampler::AlwaysOn)
        }
    }
}

/// The sampler that was asked for, of everything but calls out that nobody asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked(pub(super) Sampler);

impl ShouldSample for Asked {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let is_asked_for = parent.is_some_and(|parent| parent.span().span_context().is_valid());
        let sampler = if *kind == SpanKind::Client && !is_asked_for {
            &Sampler::AlwaysOff
        } else {
            &self.0
        };
        sampler.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::trace::SamplingDecision;

    use super::*;

    fn decided(sampler: &Sampler, kind: &SpanKind) -> SamplingDecision {
        let asked = Asked(sampler.clone());
        let id = TraceId::from(u128::MAX);
        asked
            .should_sample(Some(&Context::new()), id, "x", kind, &[], &[])
            .decision
    }

    #[test]
    fn what_happened_begins_a_trace_and_a_poll_does_not() {
        let mut env = Env::from_map::<&str, &str>([]);
        let sampler = read(&mut env);
        assert_eq!(
            decided(&sampler, &SpanKind::Server),
            SamplingDecision::RecordAndSample
        );
        assert_eq!(decided(&sampler, &SpanKind::Client), SamplingDecision::Drop);
    }

    #[test]
    fn a_share_of_nothing_records_nothing() {
        let mut env = Env::from_map([(SAMPLER, "parentbased_traceidratio"), (ARG, "0")]);
        let sampler = read(&mut env);
        assert!(env.finish().is_ok());
        assert_eq!(decided(&sampler, &SpanKind::Server), SamplingDecision::Drop);
    }

    #[test]
    fn an_unknown_sampler_and_a_share_beyond_one_are_faults() {
        let mut env = Env::from_map([(SAMPLER, "sometimes"), (ARG, "10")]);
        read(&mut env);
        let told = env.finish().unwrap_err().to_string();
        assert!(told.contains(SAMPLER) && told.contains(ARG), "{told}");
    }
}
