//! The table of callers in `contracts`: it holds every method, nothing else, and no edge that the
//! design does not have.

use std::collections::BTreeSet;

use chassis::server::Callers;
use prost::Message as _;
use prost_types::FileDescriptorSet;

fn served() -> BTreeSet<String> {
    let files = FileDescriptorSet::decode(contracts::DESCRIPTOR)
        .unwrap()
        .file;
    let methods = files.iter().flat_map(|file| {
        file.service.iter().flat_map(move |service| {
            let of = format!("{}.{}", file.package(), service.name());
            service
                .method
                .iter()
                .map(move |method| format!("{of}/{}", method.name()))
        })
    });
    methods.collect()
}

#[test]
fn every_method_is_in_the_table_and_no_other() {
    let callers = Callers::parse(contracts::CALLERS).unwrap();
    let listed: BTreeSet<String> = callers.methods().map(|(path, _)| path.to_owned()).collect();
    let ours = listed.iter().filter(|path| !path.starts_with("grpc."));
    assert_eq!(ours.cloned().collect::<BTreeSet<_>>(), served());
    assert!(listed.contains("grpc.health.v1.Health/Check"));
}

/// Design, section 1: calls run one way, and the operator may make them all.
#[test]
fn no_line_goes_against_the_direction_of_calls() {
    let callers = Callers::parse(contracts::CALLERS).unwrap();
    for (path, names) in callers
        .methods()
        .filter(|(path, _)| path.starts_with("bord."))
    {
        let may: &[&str] = match path.split('.').nth(1) {
            Some("telephony" | "lead") => &["gateway", "quality-service"],
            Some("roster") => &["gateway", "quality-service", "lead-service"],
            Some("notification") => &[
                "gateway",
                "quality-service",
                "lead-service",
                "roster-service",
            ],
            _ => &["gateway"],
        };
        assert!(names.contains(&"operator"), "{path}");
        let others = names.iter().filter(|name| **name != "operator");
        for name in others {
            assert!(may.contains(name), "{name} -> {path}");
        }
    }
}

#[test]
fn only_a_person_may_have_services_described() {
    let callers = Callers::parse(contracts::CALLERS).unwrap();
    for version in ["v1", "v1alpha"] {
        let path = format!("grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
        assert!(callers.allow(&path, "operator") && !callers.allow(&path, "gateway"));
    }
}
