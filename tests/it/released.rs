//! What was released stays: `buf` compares the contracts with the image of the last release, and
//! these tests show that it would notice.

use std::path::{Path, PathBuf};

use test_support::tools::{self, Ran};

const IMAGE: &str = "released/contracts.txtpb";

fn contracts() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").join("proto")
}

async fn compare(folder: &Path) -> Ran {
    let image = contracts().join(IMAGE);
    let (folder, image) = (folder.to_string_lossy(), image.to_string_lossy());
    tools::run("buf", &["breaking", &folder, "--against", &image]).await
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder is read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

/// What buf says of the contracts when `file` has `new` in the place of `old`.
async fn edited(file: &str, old: &str, new: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&contracts().join("bord"), &folder.path().join("bord"));
    let rules = "buf.yaml";
    std::fs::copy(contracts().join(rules), folder.path().join(rules)).expect("the rules");
    let file = folder.path().join(file);
    let text = std::fs::read_to_string(&file).expect("a contract");
    assert_eq!(text.matches(old).count(), 1, "{old:?} is there once");
    std::fs::write(&file, text.replace(old, new)).expect("it is written");
    compare(folder.path()).await.refused()
}

#[tokio::test]
async fn the_contracts_keep_the_rules_of_buf() {
    let folder = contracts();
    let said = tools::run("buf", &["lint", &folder.to_string_lossy()]).await;
    assert_eq!(said.good(), "");
}

#[tokio::test]
async fn nothing_that_was_released_is_gone_or_changed() {
    assert_eq!(compare(&contracts()).await.good(), "");
}

#[tokio::test]
async fn a_field_that_is_removed_would_be_noticed() {
    let file = "bord/roster/v1/roster_service.proto";
    let said = edited(
        file,
        "  // Required. The lead's source country (R42).\n  string country = 3;\n",
        "",
    )
    .await;
    assert!(said.contains(r#"field "3" with name "country""#), "{said}");
    assert!(said.contains("AssignProviderRequest"), "{said}");
}

#[tokio::test]
async fn an_rpc_that_is_renamed_would_be_noticed() {
    let file = "bord/lead/v1/lead_service.proto";
    let said = edited(file, "rpc GetLead(", "rpc FetchLead(").await;
    assert!(
        said.contains("GetLead") && said.contains("LeadService"),
        "{said}"
    );
}

#[tokio::test]
async fn a_field_of_another_type_would_be_noticed() {
    let file = "bord/roster/v1/roster_service.proto";
    let old = "  // Required. 1 and up.\n  int32 attempt = 2;\n  // Required. The lead's source";
    let said = edited(file, old, &old.replace("int32", "string")).await;
    assert!(said.contains("int32") && said.contains("string"), "{said}");
    assert!(said.contains("AssignProviderRequest"), "{said}");
}

/// Names count as much as numbers: grpcurl and JSON know a field by its name alone.
#[tokio::test]
async fn a_field_that_is_renamed_would_be_noticed() {
    let file = "bord/roster/v1/roster_service.proto";
    let old = "(R42).\n  string country = 3;";
    let said = edited(file, old, &old.replace("country", "land")).await;
    assert!(said.contains("country") && said.contains("land"), "{said}");
}
