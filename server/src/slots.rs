//! Slots of requests that wait for their sender in between. No slot is held while they wait; each part of the work waits
//! for one, like a request of its own.

use crate::state::AppState;
use app::error::AppError;
use store::{
    fair::{Key, Share, on_behalf_of},
    request_span::in_request_span,
};
use tracing::Span;

/// Shares that a request counts against, as an extension of those requests that take slots by themselves.
#[derive(Debug, Clone)]
pub(crate) struct Shares(pub(crate) Vec<Share>);

/// Slots for the parts of a request.
pub(crate) struct Slots {
    state: AppState,
    shares: Vec<Share>,
}

impl Slots {
    /// Creates the slots of a request with these shares.
    pub(crate) const fn new(state: AppState, shares: Vec<Share>) -> Self {
        Self { state, shares }
    }

    /// Runs work with the database in a task of its own, so that it is not cancelled midway if the sender disconnects.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Result<T, AppError> {
        let key = self.shares.first().map_or(Key::Server, |share| share.key.clone());
        let permit = self.state.requests.acquire(self.shares.clone()).await.map_err(|_| AppError::Limited(1))?;
        let work = async move {
            let done = on_behalf_of(key, work).await;
            drop(permit);
            done
        };
        let task = self.state.tasks.spawn(in_request_span(Span::current(), work));
        task.await.map_err(|_| AppError::Internal)?
    }
}
