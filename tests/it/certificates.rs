//! The certificates of a test's own authority in a folder for each name, as a person has them who
//! took them from the cluster's secrets.

use std::path::{Path, PathBuf};

use chassis::transport::{Files, Identity, Transport};
use tempfile::TempDir;

pub(crate) struct Authority {
    signing: test_support::Authority,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self {
            signing: test_support::Authority::new("bord"),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// The three files of `name`, made when they are first asked for. A service is reached at
    /// `localhost`, as through a port-forward.
    pub(crate) fn issue(&self, name: &str) -> Files {
        let folder = self.folder.path().join(name);
        if !folder.exists() {
            let pem = &self.signing.pem;
            let _ = self.signing.write(&folder, name, "localhost", pem);
        }
        Files {
            cert: folder.join("tls.crt"),
            key: folder.join("tls.key"),
            ca: folder.join("ca.crt"),
        }
    }

    pub(crate) fn transport(&self, name: &str) -> Transport {
        Transport {
            identity: Some(Identity::load(self.issue(name)).expect("the files fit")),
            ..Transport::default()
        }
    }

    /// The authority's own certificate alone: what somebody without a certificate has.
    pub(crate) fn public(&self) -> PathBuf {
        let path = self.folder.path().join("public.crt");
        std::fs::write(&path, &self.signing.pem).expect("a file is written");
        path
    }
}

/// A path as a tool's argument.
pub(crate) fn shown(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
