//! The rules that every contract keeps, read from the compiled descriptors, so that they hold
//! also where `buf` is not at hand (style: Buf STANDARD and Google's AIPs).

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};
use std::collections::BTreeMap;

fn pool() -> DescriptorPool {
    DescriptorPool::decode(contracts::DESCRIPTOR).expect("the descriptor set decodes")
}

fn ours(name: &str) -> bool {
    name.starts_with("bord.")
}

/// Leading comments by the full name of what they stand over.
fn comments() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in pool().files().filter(|f| ours(f.package_name())) {
        let proto = file.file_descriptor_proto();
        let info = proto
            .source_code_info
            .as_ref()
            .expect("source info is kept");
        for location in &info.location {
            let Some(comment) = location.leading_comments.as_deref() else {
                continue;
            };
            let name = match location.path.as_slice() {
                [4, m] => proto.message_type[*m as usize].name().to_owned(),
                [5, e] => proto.enum_type[*e as usize].name().to_owned(),
                [6, s] => proto.service[*s as usize].name().to_owned(),
                [6, s, 2, r] => {
                    let service = &proto.service[*s as usize];
                    format!("{}.{}", service.name(), service.method[*r as usize].name())
                }
                _ => continue,
            };
            found.insert(
                format!("{}.{name}", file.package_name()),
                comment.trim().to_owned(),
            );
        }
    }
    found
}

fn breaches(check: impl Fn(&mut Vec<String>)) {
    let mut found = Vec::new();
    check(&mut found);
    assert!(
        found.is_empty(),
        "contracts break a rule:\n  {}",
        found.join("\n  ")
    );
}

fn all_fields() -> Vec<(MessageDescriptor, FieldDescriptor)> {
    pool()
        .all_messages()
        .filter(|m| ours(m.full_name()) && !m.is_map_entry())
        .flat_map(|m| m.fields().map(|f| (m.clone(), f)).collect::<Vec<_>>())
        .collect()
}

#[test]
fn packages_are_versioned_and_live_in_their_folder() {
    breaches(|found| {
        for file in pool().files().filter(|f| ours(f.package_name())) {
            let folder = file.package_name().replace('.', "/");
            if !file.name().starts_with(&format!("{folder}/")) || !folder.ends_with("/v1") {
                found.push(format!(
                    "{}: package {} is elsewhere",
                    file.name(),
                    file.package_name()
                ));
            }
        }
    });
}

#[test]
fn each_rpc_has_a_request_and_a_response_of_its_own() {
    breaches(|found| {
        let mut used: BTreeMap<String, String> = BTreeMap::new();
        for service in pool().services().filter(|s| ours(s.full_name())) {
            if !service.name().ends_with("Service") {
                found.push(format!("{}: the name ends in Service", service.full_name()));
            }
            for rpc in service.methods() {
                for (message, suffix) in [(rpc.input(), "Request"), (rpc.output(), "Response")] {
                    if message.name() != format!("{}{suffix}", rpc.name()) {
                        found.push(format!(
                            "{}: {} is not its own {suffix}",
                            rpc.full_name(),
                            message.name()
                        ));
                    }
                    if let Some(other) =
                        used.insert(message.full_name().to_owned(), rpc.full_name().to_owned())
                    {
                        found.push(format!(
                            "{} and {other} share {}",
                            rpc.full_name(),
                            message.full_name()
                        ));
                    }
                }
            }
        }
    });
}

#[test]
fn every_service_rpc_message_and_enum_says_what_it_is() {
    let comments = comments();
    breaches(|found| {
        let pool = pool();
        let mut names: Vec<String> = Vec::new();
        for service in pool.services().filter(|s| ours(s.full_name())) {
            names.push(service.full_name().to_owned());
            names.extend(service.methods().map(|r| r.full_name().to_owned()));
        }
        names.extend(
            pool.all_messages()
                .filter(|m| {
                    ours(m.full_name()) && !m.is_map_entry() && !m.name().ends_with("Response")
                })
                .map(|m| m.full_name().to_owned()),
        );
        names.extend(
            pool.all_enums()
                .filter(|e| ours(e.full_name()))
                .map(|e| e.full_name().to_owned()),
        );
        found.extend(
            names
                .into_iter()
                .filter(|n| comments.get(n).is_none_or(|c| c.len() < 10)),
        );
    });
}

#[test]
fn enums_start_unspecified_and_carry_their_name() {
    breaches(|found| {
        for kind in pool().all_enums().filter(|e| ours(e.full_name())) {
            let mut prefix = String::new();
            for (i, letter) in kind.name().chars().enumerate() {
                if letter.is_uppercase() && i > 0 {
                    prefix.push('_');
                }
                prefix.push(letter.to_ascii_uppercase());
            }
            for value in kind.values() {
                if !value.name().starts_with(&format!("{prefix}_")) {
                    found.push(format!("{}: lacks the prefix {prefix}_", value.full_name()));
                }
            }
            if kind
                .get_value(0)
                .is_none_or(|v| v.name() != format!("{prefix}_UNSPECIFIED"))
            {
                found.push(format!(
                    "{}: zero is not {prefix}_UNSPECIFIED",
                    kind.full_name()
                ));
            }
        }
    });
}

#[test]
fn lists_are_paged_from_the_first_day() {
    breaches(|found| {
        for service in pool().services().filter(|s| ours(s.full_name())) {
            for rpc in service.methods().filter(|r| r.name().starts_with("List")) {
                for (message, field) in [
                    (rpc.input(), "page_size"),
                    (rpc.input(), "page_token"),
                    (rpc.output(), "next_page_token"),
                ] {
                    if message.get_field_by_name(field).is_none() {
                        found.push(format!("{} lacks {field}", message.full_name()));
                    }
                }
            }
        }
    });
}

#[test]
fn times_lengths_numbers_and_money_have_their_own_forms() {
    breaches(|found| {
        for (message, field) in all_fields() {
            let name = format!("{}.{}", message.full_name(), field.name());
            match field.kind() {
                Kind::Double | Kind::Float => {
                    found.push(format!("{name}: no floating point on the wire"));
                }
                Kind::Message(m)
                    if m.full_name() == "google.protobuf.Timestamp"
                        && !field.name().ends_with("_time")
                        && field.name() != "not_after" =>
                {
                    found.push(format!("{name}: a point in time ends in _time"));
                }
                Kind::Bytes if !matches!(field.name(), "body" | "data") => {
                    found.push(format!("{name}: bytes hold raw bodies only"));
                }
                _ => {}
            }
            if field.name().contains("_at") && field.name().ends_with("_at") {
                found.push(format!("{name}: times end in _time"));
            }
        }
    });
}
