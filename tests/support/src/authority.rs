//! An authority of a test's own, and the files that it writes as cert-manager would.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};

/// Signs certificates that only its own kind trusts.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

/// Where the files of one identity are.
#[derive(Clone, Debug)]
pub struct PemFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
    pub ca: PathBuf,
}

impl Authority {
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// A certificate with these URIs, good for the host too, and its key.
    fn leaf(&self, host: &str, uris: &[String]) -> (String, String) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a host");
        for uri in uris {
            let uri = SanType::URI(uri.as_str().try_into().expect("a URI of ASCII"));
            params.subject_alt_names.push(uri);
        }
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &self.issuer).expect("signed");
        (leaf.pem(), key.serialize_pem())
    }

    /// Writes `tls.crt`, `tls.key` and `ca.crt` of the service `name` into `folder`: it shows
    /// itself as `spiffe://bord/NAME`, is reached at `host`, and trusts what `trusted` signed.
    #[must_use]
    pub fn write(&self, folder: &Path, name: &str, host: &str, trusted: &str) -> PemFiles {
        self.write_with(folder, host, &[format!("spiffe://bord/{name}")], trusted)
    }

    /// As `write`, with any number of URIs.
    #[must_use]
    pub fn write_with(
        &self,
        folder: &Path,
        host: &str,
        uris: &[String],
        trusted: &str,
    ) -> PemFiles {
        let files = PemFiles {
            cert: folder.join("tls.crt"),
            key: folder.join("tls.key"),
            ca: folder.join("ca.crt"),
        };
        let (cert, key) = self.leaf(host, uris);
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(&files.cert, cert).expect("written");
        std::fs::write(&files.key, key).expect("written");
        std::fs::write(&files.ca, trusted).expect("written");
        files
    }
}
