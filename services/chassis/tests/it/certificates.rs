//! An authority of a test's own, and the files that it writes as cert-manager would.

use std::path::Path;
use std::sync::Arc;

use chassis::transport::{Files, Identity, Transport};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// A certificate with these URIs, good for the host `NAME` too, and its key.
    fn leaf(&self, host: &str, uris: &[String]) -> (String, String) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        for uri in uris {
            let uri = SanType::URI(uri.as_str().try_into().unwrap());
            params.subject_alt_names.push(uri);
        }
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        (leaf.pem(), key.serialize_pem())
    }

    /// Writes the three files of `name` into `folder`, trusting `trusted`.
    pub(crate) fn write(&self, folder: &Path, name: &str, trusted: &str) -> Files {
        self.write_with(folder, name, &[format!("spiffe://bord/{name}")], trusted)
    }

    pub(crate) fn write_with(
        &self,
        folder: &Path,
        host: &str,
        uris: &[String],
        trusted: &str,
    ) -> Files {
        let files = Files {
            cert: folder.join("tls.crt"),
            key: folder.join("tls.key"),
            ca: folder.join("ca.crt"),
        };
        let (cert, key) = self.leaf(host, uris);
        std::fs::write(&files.cert, cert).unwrap();
        std::fs::write(&files.key, key).unwrap();
        std::fs::write(&files.ca, trusted).unwrap();
        files
    }

    /// A transport with the identity `name`, trusting this authority.
    pub(crate) fn transport(&self, name: &str) -> Arc<Transport> {
        let folder = tempfile::tempdir().unwrap();
        from(self.write(folder.path(), name, &self.pem))
    }
}

/// A transport that follows `files`.
pub(crate) fn from(files: Files) -> Arc<Transport> {
    Arc::new(Transport {
        identity: Some(Identity::load(files).unwrap()),
        ..Transport::default()
    })
}
