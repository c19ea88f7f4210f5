//! The one pool, and the only place that holds it.

use crate::{
    door::Credential,
    error::StoreError,
    fair::{Fair, Key, Limits, Share, Turn, WAITING, asker},
    known::Known,
    seat_cache::SeatCache,
};
use model::{Slug, id::UserId};
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use time::OffsetDateTime;
use tokio::{runtime::Handle, sync::Semaphore};

/// Connections at most: enough to keep two to four cores busy, few enough for PostgreSQL's default limit.
const MAX_CONNECTIONS: u32 = 16;
/// Longest wait for a connection before a request fails closed with 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection that was idle for longer is asked whether it still answers before it is lent.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);
/// How many transactions one workspace may have open at once.
const PER_WORKSPACE: usize = 8;
/// Transactions of workspaces at once. The other connections are left to sign-in, the picker, mail and live updates.
const IN_WORKSPACES: Limits =
    Limits { total: MAX_CONNECTIONS as usize - 4, queue: 256, waiting: WAITING, patience: ACQUIRE_TIMEOUT };
/// Costly statements at once: each keeps a core busy. Few may wait, because each does so with a connection in hand.
const COSTLY: Limits = Limits { total: 3, queue: 5, waiting: 5, patience: Duration::from_secs(4) };

/// Stile's database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    pub(crate) seats: Arc<SeatCache>,
    known: Arc<Known>,
    in_workspaces: Fair,
    costly: Fair,
    pinging: Arc<Semaphore>,
}

/// A lock that is held; dropping it lets the next one in.
pub struct Exclusive {
    _tx: Transaction<'static, Postgres>,
}

impl Store {
    /// Sets the pool up; no connection is made yet. Each gets limits under which a stuck statement or a forgotten
    /// transaction ends by itself, and UTC.
    pub fn new(options: PgConnectOptions) -> Self {
        let options = options.application_name("stile").options([
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("timezone", "UTC"),
            ("client_min_messages", "error"),
            // Row level security makes planning dearer than most statements are, and a plan made for the values at hand
            // looks cheaper to the planner each time than the one that it could keep.
            ("plan_cache_mode", "force_generic_plan"),
            // A generic plan is costed for an average workspace, so one large workspace would have each statement of every
            // other compiled first: half a second for a list that takes 2 ms.
            ("jit", "off"),
            // A statement uses one core, so that a large one leaves the others to other requests.
            ("max_parallel_workers_per_gather", "0"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_lifetime(Duration::from_secs(600))
            // Whether a connection still answers is asked of one that was idle for a while, and not at each request: it is
            // asked whenever one is given back.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Self {
            pool,
            seats: Arc::default(),
            known: Arc::default(),
            in_workspaces: Fair::new(IN_WORKSPACES),
            costly: Fair::new(COSTLY),
            pinging: Arc::new(Semaphore::new(1)),
        }
    }

    /// The shares that a request with this credential and address takes, the first for its owner: the person, if the
    /// credential's owner is known. Used for the order of requests, and for nothing else.
    pub fn shares(&self, credential: Option<&Credential>, ip: Option<IpAddr>) -> Vec<Share> {
        self.known.shares(credential, ip)
    }

    /// Remembers the owner of a credential.
    pub(crate) fn note_known(&self, credential: &Credential, user: UserId) {
        self.known.note(credential, user);
    }

    /// Waits for a place among the transactions of a workspace, before a connection is taken.
    ///
    /// # Errors
    /// [`StoreError::Busy`].
    pub(crate) async fn turn_in(&self, slug: &Slug) -> Result<Turn, StoreError> {
        // Work of the server itself has no share to be counted against.
        let asker =
            Some(asker()).filter(|asker| *asker != Key::Server).map(|asker| Share::steady(asker, PER_WORKSPACE));
        let shares = asker.into_iter().chain([Share::steady(Key::Workspace(slug.clone()), PER_WORKSPACE)]).collect();
        Ok(self.in_workspaces.turn(shares).await?)
    }

    /// The budget of costly statements.
    pub(crate) fn costly(&self) -> Fair {
        self.costly.clone()
    }

    /// Opens a transaction without any context: row level security shows it nothing until a door sets one.
    ///
    /// BEGIN runs to its end, also when the request is dropped. sqlx does not know of a transaction whose BEGIN was
    /// dropped half way, and would lend its connection again as it is (docs/SECURITY.md, F-1). A ROLLBACK on each
    /// connection that comes back would help too, but would cost every request a round trip.
    ///
    /// # Errors
    /// When no connection can be had in time, or the server is being shut down.
    #[expect(clippy::disallowed_methods, reason = "this is what the doors stand on")]
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let pool = self.pool.clone();
        Ok(ToItsEnd::new(async move { pool.begin().await }).await?)
    }

    /// Whether the database answers: for `/readyz`.
    ///
    /// # Errors
    /// When it does not within the pool's limits.
    pub async fn ping(&self) -> Result<(), StoreError> {
        // Anybody may call it, so one connection serves all calls.
        let _alone = self.pinging.acquire().await;
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// What the database's clock says: the only clock there is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        Ok(sqlx::query_scalar("select now()").fetch_one(&self.pool).await?)
    }

    /// Waits until nobody else, on any server, holds the lock `name`, and holds it until the guard is dropped. For an
    /// operator's commands, which must not run twice at once: the limits on waiting are off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exclusive(&self, name: &str) -> Result<Exclusive, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "select set_config('lock_timeout', '0', true) as lock, set_config('statement_timeout', '0', true) as statement,
                set_config('idle_in_transaction_session_timeout', '0', true) as idle"
        )
        .fetch_one(&mut *tx)
        .await?;
        // ops.fence uses the seeds 1 and 2.
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 3))", name).execute(&mut *tx).await?;
        Ok(Exclusive { _tx: tx })
    }

    /// Connections now in use, and all.
    pub fn connections(&self) -> (u32, u32) {
        let size = self.pool.size();
        (size.saturating_sub(u32::try_from(self.pool.num_idle()).unwrap_or(size)), size)
    }

    /// Closes all connections, after those in use have come back.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// A future that is run to its end also when nobody awaits it any more: then by a task of its own.
struct ToItsEnd<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> ToItsEnd<F> {
    fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for ToItsEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Taken out meanwhile: one that panics is not run again. One that is done is not awaited again.
        let Some(mut future) = self.0.take() else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(future);
        }
        polled
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        // Where there is no runtime, sqlx can't work either.
        if let (Some(future), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(future);
        }
    }
}

/// A single connection outside the pool, for migrations and checks.
///
/// # Errors
/// When the database can't be reached.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    Ok(PgConnection::connect_with(options).await?)
}
