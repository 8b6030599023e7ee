//! Connections as a server takes them: the handshake is behind them, and it held up nobody else.
//!
//! With an identity a caller without a certificate of our authority does not get in at all.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsStream};
use tokio_stream::wrappers::TcpListenerStream;

use crate::fault;
use crate::transport::{Io, Transport};

/// Handshakes under way at a time; more connections wait in the backlog.
const HANDSHAKES: usize = 256;
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(5);

pub(super) fn incoming(
    listener: TcpListener,
    transport: Arc<Transport>,
) -> impl Stream<Item = std::io::Result<Io>> + Send {
    TcpListenerStream::new(listener)
        .map(move |accepted| {
            let transport = Arc::clone(&transport);
            async move {
                match accepted {
                    Ok(stream) => opened(stream, &transport).await.map(Ok),
                    Err(error) => Some(Err(error)),
                }
            }
        })
        .buffer_unordered(HANDSHAKES)
        .filter_map(std::future::ready)
}

/// Nothing when the handshake fails: that is the caller's affair and ends no server.
async fn opened(stream: TcpStream, transport: &Transport) -> Option<Io> {
    // Small answers must not wait for the acknowledgement of the last packet.
    stream.set_nodelay(true).ok()?;
    let Some(identity) = &transport.identity else {
        return Some(Io::Plain(stream));
    };
    // Asked for each connection, so that new files count from the next one on.
    let handshake = TlsAcceptor::from(identity.server()).accept(stream);
    match tokio::time::timeout(HANDSHAKE_LIMIT, handshake).await {
        Ok(Ok(stream)) => Some(Io::Tls(Box::new(TlsStream::Server(stream)))),
        Ok(Err(error)) => {
            tracing::info!(causes = %fault::causes(&error), "handshake refused");
            ::metrics::counter!("tls_handshakes_refused_total").increment(1);
            None
        }
        Err(_) => {
            ::metrics::counter!("tls_handshakes_refused_total").increment(1);
            None
        }
    }
}
