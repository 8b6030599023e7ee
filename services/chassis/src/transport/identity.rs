//! The identity of a process: its certificate, its key, and the authority that signs its peers'.
//!
//! A peer's name is the one URI in its certificate, `spiffe://bord/NAME`. Not a DNS name: those say
//! where a server is reached, of which it has several, and an operator's certificate has none. The
//! DNS names are what a client checks about the server that it dials.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// Trust domain and separator before the name of a peer.
const SPIFFE: &str = "spiffe://bord/";
/// Files are looked at when a connection is made, at most this often.
const RECHECK: Duration = Duration::from_secs(1);

/// Where the PEM files are, as cert-manager writes `tls.crt`, `tls.key` and `ca.crt`.
#[derive(Clone, Debug)]
pub struct Files {
    pub cert: PathBuf,
    pub key: PathBuf,
    pub ca: PathBuf,
}

/// Why the files give no identity. It names files, never what they hold.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("the file of {0} cannot be read")]
    Unreadable(&'static str),
    #[error("the file of {0} holds no PEM of the kind that is wanted")]
    NoPem(&'static str),
    #[error("the certificate does not hold exactly one URI of the form spiffe://bord/NAME")]
    Nameless,
    #[error("certificate and key do not work together")]
    Refused(#[from] rustls::Error),
    #[error("the authority's certificates cannot be used")]
    Authority(#[from] VerifierBuilderError),
}

impl Unusable {
    /// The setting that is most likely at fault.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        match self {
            Self::Unreadable(variable) | Self::NoPem(variable) => variable,
            Self::Nameless | Self::Refused(_) => "TLS_CERT",
            Self::Authority(_) => "TLS_CA",
        }
    }
}

/// It follows its files: a connection made after they were rewritten uses what they hold now, and
/// those made before go on. Files that do not fit each other change nothing until they do.
pub struct Identity {
    files: Files,
    current: Mutex<Current>,
}

struct Current {
    material: Material,
    stamps: [Option<SystemTime>; 3],
    checked: Instant,
}

#[derive(Clone)]
struct Material {
    name: String,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Identity {
    pub fn load(files: Files) -> Result<Self, Unusable> {
        // Stamps first: a file that changes while it is read is read once more.
        let stamps = stamps(&files);
        let material = read(&files)?;
        Ok(Self {
            files,
            current: Mutex::new(Current {
                material,
                stamps,
                checked: Instant::now(),
            }),
        })
    }

    /// The name under which peers know this process.
    #[must_use]
    pub fn name(&self) -> String {
        self.material().name
    }

    /// For connections taken from now on.
    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        self.material().server
    }

    /// For connections made from now on.
    pub(crate) fn client(&self) -> Arc<ClientConfig> {
        self.material().client
    }

    fn material(&self) -> Material {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.checked.elapsed() >= RECHECK {
            current.checked = Instant::now();
            self.follow(&mut current);
        }
        current.material.clone()
    }

    fn follow(&self, current: &mut Current) {
        let stamps = stamps(&self.files);
        if stamps == current.stamps {
            return;
        }
        match read(&self.files) {
            Ok(material) => {
                tracing::info!(identity = material.name, "certificate read anew");
                ::metrics::counter!("tls_reloads_total", "outcome" => "ok").increment(1);
                current.material = material;
                current.stamps = stamps;
            }
            // The old stamps stay, so that the next connection looks again.
            Err(unusable) => {
                let causes = crate::fault::causes(&unusable);
                tracing::warn!(%causes, "new certificate files cannot be used, the old ones stay");
                ::metrics::counter!("tls_reloads_total", "outcome" => "failed").increment(1);
            }
        }
    }
}

/// The name alone: what else there is belongs into no log.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.name()).finish()
    }
}

/// The name in a peer's certificate, which the handshake has verified.
pub(crate) fn name_in(certificate: &CertificateDer<'_>) -> Option<String> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let mut uris = certificate.valid_uri_names();
    let name = uris.next()?.strip_prefix(SPIFFE)?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    // SPIFFE allows one URI; with two it would be a choice who the peer is.
    (plain && uris.next().is_none()).then(|| name.to_owned())
}

fn stamps(files: &Files) -> [Option<SystemTime>; 3] {
    let stamp = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|meta| meta.modified())
            .ok()
    };
    [stamp(&files.cert), stamp(&files.key), stamp(&files.ca)]
}

fn read(files: &Files) -> Result<Material, Unusable> {
    let chain = certificates("TLS_CERT", &files.cert)?;
    let name = chain.first().and_then(name_in).ok_or(Unusable::Nameless)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes("TLS_KEY", &files.key)?)
        .map_err(|_| Unusable::NoPem("TLS_KEY"))?;
    let mut roots = RootCertStore::empty();
    for authority in certificates("TLS_CA", &files.ca)? {
        roots
            .add(authority)
            .map_err(|_| Unusable::NoPem("TLS_CA"))?;
    }
    let roots = Arc::new(roots);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let callers =
        WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
            .build()?;
    let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(callers)
        .with_single_cert(chain.clone(), key.clone_key())?;
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    server.alpn_protocols = vec![b"h2".to_vec()];
    client.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Material {
        name,
        server: Arc::new(server),
        client: Arc::new(client),
    })
}

fn certificates(
    variable: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let pem = bytes(variable, path)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Unusable::NoPem(variable)),
    }
}

fn bytes(variable: &'static str, path: &Path) -> Result<Vec<u8>, Unusable> {
    std::fs::read(path).map_err(|_| Unusable::Unreadable(variable))
}
