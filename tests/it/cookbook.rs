//! The cookbook of grpcurl holds what works: each of its commands is run as it is written, against
//! a call that was placed, and only the ports are this test's.

use std::path::PathBuf;

use test_support::TestDb;
use test_support::tools::{self, Ran};

use crate::dependencies::root;
use crate::tool;
use crate::world::World;

/// The lines of its blocks, those that go on in the next one joined.
fn commands() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("k8s/docs/grpcurl.md")).expect("the cookbook");
    let blocks = text.split("```").skip(1).step_by(2);
    let joined = blocks.map(|block| block.replace("\\\n", " "));
    joined
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// The alias `g` of the cookbook for production, without `alias g=` and quotes.
pub(crate) fn with_certificate() -> String {
    let lines = commands();
    let alias = lines.iter().find_map(|line| line.strip_prefix("alias g='"));
    let alias = alias.expect("the alias with a certificate");
    alias.split('\'').next().expect("its end").to_owned()
}

/// Runs the line in a shell in which `g` is `alias`.
pub(crate) async fn run(alias: &str, line: &str) -> Ran {
    let folder = tools::folder();
    let path = format!("PATH='{}':\"$PATH\"", folder.display());
    let script = format!("{path}\ng() {{ {alias} \"$@\"; }}\n{line}\n");
    tools::run_program(&PathBuf::from("/bin/sh"), &["-ec", &script], &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_cookbook_works_as_it_is_written() {
    let db = TestDb::sqlite().await;
    let world = World::start(&db).await;
    let answer = tool::dispatch(&world, &tool::leak("conv_cookbook")).await;
    let lead = answer["lead_id"].as_str().expect("a lead");
    let (mut ran, mut streams, mut refusals) = (0, 0, 0);
    for line in commands() {
        if !line.starts_with("g ") && !line.starts_with("buf ") {
            continue;
        }
        let mut here = line.replace("LEAD\"", &format!("{lead}\""));
        for (fixed, (_, url)) in (50051..).zip(world.addresses.by_name()) {
            here = here.replace(&format!("localhost:{fixed}"), url.authority());
        }
        assert!(!here.contains("localhost:"), "{line}");
        let is_stream = line.contains("# a stream");
        if is_stream {
            here = here.replace("-max-time 60", "-max-time 3");
        }
        let said = run("grpcurl -plaintext", &here).await;
        ran += 1;
        if is_stream {
            // It shows what there is, and ends by its own limit alone.
            streams += 1;
            assert!(said.out.contains(lead), "{line}: {said:?}");
            assert!(said.refused().contains("DeadlineExceeded"), "{line}");
        } else if line.contains("# refused") {
            refusals += 1;
            let said = said.refused();
            assert!(
                said.contains("INVALID_REQUEST") && said.contains("page_size"),
                "{said}"
            );
        } else {
            let out = said.good();
            let tells = !line.contains("LEAD\"") || out.contains('"');
            assert!(tells && !out.trim().is_empty(), "{line}: {out}");
        }
    }
    assert!(ran >= 20 && streams == 1 && refusals == 1, "{ran} commands");
}
