//! Connection pool. No other module holds it.

use crate::{
    credential_owners::CredentialOwners,
    door::Credential,
    error::StoreError,
    fair::{Busy, FairLimiter, Key, Limits, Permit, Share, WAITING, current_key},
    seat_cache::SeatCache,
    write_targets::WriteTargets,
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
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Maximum number of connections: enough to keep two to four cores busy, few enough for PostgreSQL's default limit.
const MAX_CONNECTIONS: u32 = 16;
/// Maximum wait for a connection, after which the request fails with 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// Idle time after which a connection is pinged before use.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);
/// Maximum number of concurrent transactions per workspace.
const PER_WORKSPACE: usize = 8;
/// Maximum number of concurrent exports. Each holds a connection for minutes.
const EXPORTS: usize = 2;
/// Limits on concurrent workspace transactions. The remaining connections are left to sign-in, the picker, mail and
/// live updates.
const IN_WORKSPACES: Limits =
    Limits { total: MAX_CONNECTIONS as usize - 4, queue: 256, waiting: WAITING, max_wait: ACQUIRE_TIMEOUT };
/// Limits on concurrent costly statements, each of which keeps a core busy. The queue is short because each waiting
/// request holds a connection.
const COSTLY: Limits = Limits { total: 3, queue: 5, waiting: 5, max_wait: Duration::from_secs(4) };

/// Handle to Stile's database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    pub(crate) seats: Arc<SeatCache>,
    credential_owners: Arc<CredentialOwners>,
    pub(crate) write_targets: Arc<WriteTargets>,
    in_workspaces: FairLimiter,
    costly: FairLimiter,
    pinging: Arc<Semaphore>,
    exporting: Arc<Semaphore>,
}

/// Guard of an advisory lock. Released on drop.
pub struct AdvisoryLock {
    _tx: Transaction<'static, Postgres>,
}

impl Store {
    /// Creates the pool without connecting. Each connection uses UTC, and has timeouts that end stuck statements and
    /// abandoned transactions.
    pub fn new(options: PgConnectOptions) -> Self {
        let options = options.application_name("stile").options([
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("timezone", "UTC"),
            ("client_min_messages", "error"),
            // Row level security makes planning more expensive than executing most statements. The planner would still
            // replan each time, because a custom plan always looks cheaper to it than the generic plan that it could
            // cache.
            ("plan_cache_mode", "force_generic_plan"),
            // A generic plan is costed for an average workspace, so one large workspace would cause JIT compilation of
            // each statement for all others: half a second for a list that takes 2 ms.
            ("jit", "off"),
            // Without parallel workers, a large statement uses one core and leaves the others to other requests.
            ("max_parallel_workers_per_gather", "0"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_lifetime(Duration::from_secs(600))
            // Connections are pinged only after idling, not on each request: the pool already checks every connection
            // that is returned.
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
            credential_owners: Arc::default(),
            write_targets: Arc::default(),
            in_workspaces: FairLimiter::new(IN_WORKSPACES),
            costly: FairLimiter::new(COSTLY),
            pinging: Arc::new(Semaphore::new(1)),
            exporting: Arc::new(Semaphore::new(EXPORTS)),
        }
    }

    /// Returns the shares that a request with this credential and address counts against, the client's own share first.
    /// That is the person's share if the credential's owner is known. Used for scheduling only.
    pub fn shares(&self, credential: Option<&Credential>, ip: Option<IpAddr>) -> Vec<Share> {
        self.credential_owners.shares(credential, ip)
    }

    /// Records the owner of a credential.
    pub(crate) fn record_owner(&self, credential: &Credential, user: UserId) {
        self.credential_owners.record(credential, user);
    }

    /// Waits for a slot among the workspace's transactions, before a connection is acquired.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if the queue is full or the wait times out.
    pub(crate) async fn workspace_permit(&self, slug: &Slug) -> Result<Permit, StoreError> {
        // Requests of the server itself have no share to count against.
        let key = Some(current_key()).filter(|key| *key != Key::Server).map(|key| Share::constant(key, PER_WORKSPACE));
        let shares = key.into_iter().chain([Share::constant(Key::Workspace(slug.clone()), PER_WORKSPACE)]).collect();
        Ok(self.in_workspaces.acquire(shares).await?)
    }

    /// Returns the limiter for costly statements.
    pub(crate) fn costly(&self) -> FairLimiter {
        self.costly.clone()
    }

    /// Begins a transaction without any context: row level security hides all rows until a door sets one.
    ///
    /// BEGIN always runs to completion, even if the request is dropped. sqlx does not track a transaction whose BEGIN
    /// was cancelled, and would reuse the connection as it is (docs/SECURITY.md, F-1). A ROLLBACK on each returned
    /// connection would help too, but would cost every request a round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no connection is available in time, or the server is shutting down.
    #[expect(clippy::disallowed_methods, reason = "this is what the doors stand on")]
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let pool = self.pool.clone();
        Ok(Uncancelled::new(async move { pool.begin().await }).await?)
    }

    /// Begins a transaction like [`begin`](Self::begin) that only reads, and whose statements all see the same state of
    /// the database.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    #[expect(clippy::disallowed_methods, reason = "this is what the doors stand on")]
    pub(crate) async fn begin_snapshot(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let pool = self.pool.clone();
        let begun = async move { pool.begin_with("begin isolation level repeatable read, read only").await };
        Ok(Uncancelled::new(begun).await?)
    }

    /// Returns the slot of an export, which is free again when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if all slots are taken.
    pub(crate) fn export_slot(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        Arc::clone(&self.exporting).try_acquire_owned().map_err(|_| Busy.into())
    }

    /// Checks that the database responds. Used by `/readyz`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it does not respond within the pool's limits.
    #[tracing::instrument(level = "debug", name = "store.pool.ping", skip_all)]
    pub async fn ping(&self) -> Result<(), StoreError> {
        // The endpoint is public, so all calls share one connection.
        let _alone = self.pinging.acquire().await;
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Returns the current time by the database's clock, the only clock used for decisions.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.pool.now", skip_all)]
    pub async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        Ok(sqlx::query_scalar("select now()").fetch_one(&self.pool).await?)
    }

    /// Acquires the lock `name`, which is exclusive across all servers and held until the guard is dropped. Used by
    /// operator commands that must not run concurrently, so the timeouts are disabled.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.pool.advisory_lock", skip_all)]
    pub async fn advisory_lock(&self, name: &str) -> Result<AdvisoryLock, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "select set_config('lock_timeout', '0', true) as lock, set_config('statement_timeout', '0', true) as statement,
                set_config('idle_in_transaction_session_timeout', '0', true) as idle"
        )
        .fetch_one(&mut *tx)
        .await?;
        // `ops.fence` uses the seeds 1 and 2.
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 3))", name).execute(&mut *tx).await?;
        Ok(AdvisoryLock { _tx: tx })
    }

    /// Returns the number of connections in use, and of all connections.
    pub fn connections(&self) -> (u32, u32) {
        let size = self.pool.size();
        (size.saturating_sub(u32::try_from(self.pool.num_idle()).unwrap_or(size)), size)
    }

    /// Closes the pool, once all connections in use have been returned.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// Future that always runs to completion. If it is dropped earlier, a separate task completes it.
struct Uncancelled<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> Uncancelled<F> {
    fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for Uncancelled<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // The future is taken out while it is polled, so one that panics is not polled again. A completed future is not
        // polled again either.
        let Some(mut future) = self.0.take() else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(future);
        }
        polled
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Uncancelled<F> {
    fn drop(&mut self) {
        // Without a runtime, sqlx can't work either.
        if let (Some(future), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(future);
        }
    }
}

/// Opens a single connection outside the pool, for migrations and checks.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database can't be reached.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    Ok(PgConnection::connect_with(options).await?)
}
