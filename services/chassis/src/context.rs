//! The context of a task: for which service it runs, until when its caller waits, and by which
//! transport it meets other services.
//!
//! It lives in one task-local, so that several services can share a process. Tokio's own spawn
//! loses it; `run::spawn` and `Life::spawn` carry it on.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tokio::task::futures::TaskLocalFuture;

use crate::transport::Transport;

#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    pub(crate) service: Option<&'static str>,
    pub(crate) deadline: Option<Instant>,
    /// Nothing stands for [`Transport::default`].
    pub(crate) transport: Option<Arc<Transport>>,
}

tokio::task_local! {
    static CONTEXT: Context;
}

pub(crate) fn current() -> Context {
    CONTEXT.try_with(Context::clone).unwrap_or_default()
}

pub(crate) fn scope<F: Future>(context: Context, future: F) -> TaskLocalFuture<Context, F> {
    CONTEXT.scope(context, future)
}

/// The service for which the current task runs, if any.
#[must_use]
pub fn service() -> Option<&'static str> {
    current().service
}
