//! What `k8s/` gives the programs, held against what they ask for: settings, ports, public routes and the
//! catalogue. `k8s/validate` holds the rest against schemas and rules.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chassis::config::Env;
use chassis::transport::Transport;

fn k8s() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../k8s")
}

fn text(path: &str) -> String {
    let path = k8s().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The environment of a program's pods in the base, its secrets made up.
fn environment(program: &str) -> Env {
    let mut env = Env::from_map::<&str, &str>([]);
    for file in ["common", "addresses", program] {
        for line in text(&format!("base/config/{file}.env")).lines() {
            let (name, value) = line.split_once('=').unwrap();
            env.set(name, value);
        }
    }
    let manifest = text(&format!("base/{program}.yaml"));
    let mut given = BTreeSet::new();
    let mut lines = manifest.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(name) = line.trim().strip_prefix("- name: ") else {
            continue;
        };
        if lines.peek().is_some_and(|next| next.trim() == "valueFrom:") {
            given.insert(name.to_owned());
        }
    }
    assert!(!given.is_empty(), "{program} is given no secret");
    for name in given {
        let value = match name.as_str() {
            name if name.ends_with("_DATABASE_URL") => "postgres://nobody@localhost/bord",
            "HEARTBEAT_URL" => "https://heartbeat.example/ping",
            _ => "made-up-0123456789abcdef0123456789abcdef",
        };
        env.set(&name, value);
    }
    env
}

/// Where a program listens by what the base gives it, and where its probes are answered.
fn addresses(program: &str) -> (SocketAddr, Option<SocketAddr>) {
    let mut env = environment(program);
    let health = Transport::read(&mut env).health;
    let listen = match program {
        "gateway" => gateway::config::Config::read(&mut env).listen,
        "telephony-gateway" => telephony_gateway::Config::read(&mut env).listen,
        "lead-service" => lead_service::Config::read(&mut env).listen,
        "roster-service" => roster_service::Config::read(&mut env).listen,
        "notification-service" => {
            let _ = notification_service::Config::read(&mut env);
            // Its main reads the address.
            env.parse::<SocketAddr>("LISTEN_ADDR").unwrap()
        }
        _ => quality_service::config::Config::read(&mut env).listen,
    };
    // Every setting that is missing or cannot be read, at once.
    env.finish()
        .unwrap_or_else(|faults| panic!("{program}: {faults}"));
    (listen, health)
}

#[test]
fn each_program_is_given_what_it_asks_for_and_listens_where_its_service_points() {
    for (program, port) in [
        ("gateway", 8080),
        ("telephony-gateway", 50051),
        ("lead-service", 50052),
        ("roster-service", 50053),
        ("notification-service", 50054),
        ("quality-service", 50055),
    ] {
        let (listen, health) = addresses(program);
        assert_eq!(listen, SocketAddr::from(([0, 0, 0, 0], port)), "{program}");
        let manifest = text(&format!("base/{program}.yaml"));
        assert!(
            manifest.contains(&format!("containerPort: {port}\n")),
            "{program}"
        );
        assert!(
            manifest.contains(&format!("      port: {port}\n")),
            "{program}"
        );
        if program == "gateway" {
            assert!(manifest.contains("path: /readyz"), "its probe speaks HTTP");
        } else {
            let probed = health.map(|at| format!("grpc:\n              port: {}\n", at.port()));
            assert!(
                manifest.contains(&probed.unwrap()),
                "{program} is probed at HEALTH_ADDR"
            );
            assert!(
                manifest.contains("clusterIP: None"),
                "{program} is headless"
            );
        }
    }
}

#[test]
fn the_ingress_lets_in_the_public_routes_and_nothing_else() {
    let public: BTreeSet<String> = gateway::routes::PUBLIC
        .iter()
        .map(|(_, path)| (*path).replace("{token}", "").replace("{site}", ""))
        // The platform's own stays inside.
        .filter(|path| path != "/healthz")
        .collect();
    let manifest = text("base/ingress.yaml");
    let lines: Vec<&str> = manifest.lines().map(str::trim).collect();
    let mut let_in = BTreeSet::new();
    for pair in lines.windows(2) {
        let Some(path) = pair[0].strip_prefix("- path: ") else {
            continue;
        };
        let kind = if path.ends_with('/') {
            "Prefix"
        } else {
            "Exact"
        };
        assert_eq!(pair[1], format!("pathType: {kind}"), "{path}");
        let_in.insert(path.to_owned());
    }
    assert_eq!(let_in, public);
}

/// What the catalogue Job applies is what `bord demo` embeds: a file that its kustomization forgets
/// would be missing in a cluster alone.
#[test]
fn the_cluster_is_given_the_whole_catalogue() {
    let listed: BTreeSet<String> = text("catalog/kustomization.yaml")
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .filter(|name| name.ends_with(".toml") || name.ends_with(".md"))
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = std::fs::read_dir(k8s().join("catalog"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "kustomization.yaml")
        .collect();
    assert_eq!(listed, there);
    let sample = bord::catalog::Folder::sample();
    let embedded = bord::catalog::Catalog::from_folder(&sample);
    assert!(embedded.is_ok_and(|catalog| catalog.sites.len() == 9));
}

#[test]
fn the_version_of_the_cluster_is_the_workspaces() {
    let wanted = format!("version: {:?}", env!("CARGO_PKG_VERSION"));
    assert!(text("base/version.yaml").contains(&wanted), "{wanted}");
}
