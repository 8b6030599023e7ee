//! The transports that a test's own authority gives.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use chassis::transport::{Files, Identity, Transport};
use test_support::PemFiles;

pub(crate) struct Authority(test_support::Authority);

impl Deref for Authority {
    type Target = test_support::Authority;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self(test_support::Authority::new(name))
    }

    /// Writes the three files of `name`, which is its host as well, trusting `trusted`.
    pub(crate) fn write(&self, folder: &Path, name: &str, trusted: &str) -> Files {
        files(self.0.write(folder, name, name, trusted))
    }

    pub(crate) fn write_with(
        &self,
        folder: &Path,
        host: &str,
        uris: &[String],
        trusted: &str,
    ) -> Files {
        files(self.0.write_with(folder, host, uris, trusted))
    }

    /// A transport with the identity `name`, trusting this authority.
    pub(crate) fn transport(&self, name: &str) -> Arc<Transport> {
        let folder = tempfile::tempdir().unwrap();
        from(self.write(folder.path(), name, &self.pem))
    }
}

fn files(written: PemFiles) -> Files {
    Files {
        cert: written.cert,
        key: written.key,
        ca: written.ca,
    }
}

/// A transport that follows `files`.
pub(crate) fn from(files: Files) -> Arc<Transport> {
    Arc::new(Transport {
        identity: Some(Identity::load(files).unwrap()),
        ..Transport::default()
    })
}
