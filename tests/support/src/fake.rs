//! A fake neighbour: a gRPC server that records every call and answers as a test tells it.
//!
//! It speaks the wire itself, so that an RPC added to a contract needs nothing here; what no test
//! answers is UNIMPLEMENTED.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use prost::Message;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::Status;

/// A panic elsewhere has failed the test already.
const LOCKED: &str = "no test panics with the lock";

type Answers = BoxStream<'static, Result<Bytes, Status>>;
type Handler = Arc<dyn Fn(Bytes) -> Result<Answers, Status> + Send + Sync>;

/// One server in the place of any number of services. Clones are the same one.
#[derive(Clone)]
pub struct Fake {
    inner: Arc<Inner>,
    url: String,
}

#[derive(Default)]
struct Inner {
    handlers: Mutex<HashMap<String, Handler>>,
    asked: Mutex<Vec<(String, Bytes)>>,
    traceparents: Mutex<Vec<String>>,
}

impl Fake {
    #[expect(
        clippy::disallowed_methods,
        reason = "the chassis, whose own tests use this crate, stays out of it"
    )]
    pub async fn start() -> Self {
        let inner = Arc::new(Inner::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let router = Router::new().fallback(serve).with_state(Arc::clone(&inner));
        let server = tonic::transport::Server::builder()
            .add_routes(tonic::service::Routes::from(router))
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(server);
        Self { inner, url }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Answers `method` ("LeadService/DispatchLead") from now on.
    pub fn answer<Q, A>(
        &self,
        method: &str,
        answer: impl Fn(Q) -> Result<A, Status> + Send + Sync + 'static,
    ) where
        Q: Message + Default,
        A: Message + 'static,
    {
        self.stream(method, move |request| {
            let message = answer(request)?;
            Ok(stream::iter([Ok(message)]).boxed())
        });
    }

    /// Answers `method` with a stream from now on.
    pub fn stream<Q, A>(
        &self,
        method: &str,
        answer: impl Fn(Q) -> Result<BoxStream<'static, Result<A, Status>>, Status>
        + Send
        + Sync
        + 'static,
    ) where
        Q: Message + Default,
        A: Message + 'static,
    {
        let handler: Handler = Arc::new(move |body| {
            let request = Q::decode(body).map_err(|_| Status::internal("not this message"))?;
            let answers = answer(request)?;
            Ok(answers
                .map(|answer| answer.map(|answer| answer.encode_to_vec().into()))
                .boxed())
        });
        self.inner
            .handlers
            .lock()
            .expect(LOCKED)
            .insert(method.to_owned(), handler);
    }

    /// Every request made to `method`, in order.
    pub fn asked<Q: Message + Default>(&self, method: &str) -> Vec<Q> {
        let asked = self.inner.asked.lock().expect(LOCKED);
        let requests = asked.iter().filter(|(name, _)| name == method);
        requests
            .map(|(_, body)| Q::decode(body.clone()).expect("the message asked for"))
            .collect()
    }

    /// The traces in which it was asked, in order.
    pub fn traceparents(&self) -> Vec<String> {
        self.inner.traceparents.lock().expect(LOCKED).clone()
    }

    /// The methods that were asked, in order.
    pub fn methods(&self) -> Vec<String> {
        self.inner
            .asked
            .lock()
            .expect(LOCKED)
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }
}

async fn serve(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    // "/bord.lead.v1.LeadService/DispatchLead" is called "LeadService/DispatchLead".
    let path = request.uri().path().to_owned();
    let method = path
        .rsplit_once('.')
        .map_or(path.as_str(), |(_, method)| method)
        .to_owned();
    let traceparent = request.headers().get("traceparent").cloned();
    let frame = request
        .into_body()
        .collect()
        .await
        .expect("a whole body")
        .to_bytes();
    let body = frame.slice(5..);
    if let Some(traceparent) = traceparent {
        inner
            .traceparents
            .lock()
            .expect(LOCKED)
            .push(traceparent.to_str().expect("text").to_owned());
    }
    inner
        .asked
        .lock()
        .expect(LOCKED)
        .push((method.clone(), body.clone()));
    let handler = inner.handlers.lock().expect(LOCKED).get(&method).cloned();
    let answered = match handler {
        Some(handler) => handler(body),
        None => Err(Status::unimplemented(method)),
    };
    match answered {
        Ok(answers) => ok(answers),
        Err(status) => status.into_http(),
    }
}

fn ok(answers: Answers) -> Response<Body> {
    let failed = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&failed);
    let frames = answers
        .take_while(move |answer| {
            let mut failed = seen.lock().expect(LOCKED);
            *failed = answer.as_ref().err().cloned();
            std::future::ready(failed.is_none())
        })
        .filter_map(|answer| std::future::ready(answer.ok()))
        .map(|message| {
            let mut frame = BytesMut::with_capacity(5 + message.len());
            frame.put_u8(0);
            frame.put_u32(u32::try_from(message.len()).expect("a message below 4 GiB"));
            frame.extend_from_slice(&message);
            Ok::<_, Status>(Frame::data(frame.freeze()))
        });
    let trailers = stream::once(async move {
        let mut trailers = HeaderMap::new();
        match failed.lock().expect(LOCKED).take() {
            Some(status) => status.add_header(&mut trailers).expect("a header"),
            None => {
                trailers.insert("grpc-status", HeaderValue::from_static("0"));
            }
        }
        Ok(Frame::trailers(trailers))
    });
    let body = Body::new(StreamBody::new(frames.chain(trailers)));
    Response::builder()
        .header("content-type", "application/grpc")
        .body(body)
        .expect("a response")
}
