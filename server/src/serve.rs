//! `stile serve`: startup and shutdown of the server.
//!
//! Startup: everything that can be checked without a database comes first, so that mistakes are reported at once; then
//! the database and the boot guard, and only then requests. Shutdown: stop accepting connections, finish running
//! requests, close the pool, stop the cluster.

use crate::{
    assets::Site,
    config::{Config, LogFormat},
    database::{self, ClusterAccess, Database},
    demo,
    error::{CommandError, ServeError},
    jobs, listener, live, mail, middleware,
    outgoing::Outgoing,
    prometheus, router, services,
    shutdown::Shutdown,
    state::{AppState, AppStateInner},
};
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// The demo user whose credentials are printed at startup.
const DEMO_PERSON: &str = "ada@smartai.example";

/// Serves until a signal is received.
///
/// # Errors
/// `CommandError` if startup fails. After a successful startup, always returns `Ok`.
pub(crate) async fn serve(config: &Config, demo: bool, shutdown: &Shutdown) -> Result<(), CommandError> {
    // Checks that need no database.
    config.chosen_secret()?;
    any_spawner::Executor::init_tokio().map_err(ServeError::from)?;
    let metrics = prometheus::Metrics::install().map_err(ServeError::from)?;
    let outgoing = Outgoing::new(&config.outgoing).map_err(ServeError::Outgoing)?;
    let site = Site::open(&config.site_dir).map_err(ServeError::from)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|source| ServeError::Listen { address: config.listen, source })?;

    let metrics_listener = match config.metrics_listen {
        Some(address) => {
            let bound = TcpListener::bind(address).await;
            Some(bound.map_err(|source| ServeError::ListenForMetrics { address, source })?)
        }
        None => None,
    };

    let Some(database) = shutdown.or_stop(Database::open(config, ClusterAccess::Exclusive)).await else {
        return Ok(());
    };
    let database = database?;
    let ready = shutdown.or_stop(prepare(&database, config, demo, &site)).await;
    let outcome = match ready {
        Some(Ok((services, post))) => {
            let store = services.store.clone();
            let state = AppState::new(AppStateInner {
                services: Arc::new(services),
                requests: middleware::spawn::requests(),
                tasks: TaskTracker::new(),
                public: config.public.clone(),
                proxies: config.proxies.clone(),
                api_rate: config.api_rate,
                metrics_token: config.metrics_token.clone(),
                metrics,
                live: live::Hub::new(shutdown),
            });
            state.tasks.spawn(live::follow(state.live.clone(), store.clone(), shutdown.clone()));
            announce(config, &listener, demo);
            let origin = Arc::clone(&state.services.origin);
            let services = Arc::clone(&state.services);
            let for_metrics = async {
                if let Some(listener) = metrics_listener {
                    let tasks = TaskTracker::new();
                    listener::serve(listener, router::metrics_only(&state), &tasks, shutdown).await;
                }
            };
            tokio::join!(
                listener::serve(listener, router::build(&state, &site), &state.tasks, shutdown),
                for_metrics,
                mail::run(store.clone(), post, origin, shutdown),
                mail::notify_requests(&services, shutdown),
                jobs::deliver(&services, &outgoing, shutdown),
                jobs::invoice(&services, shutdown),
            );
            database::close(&store).await;
            tracing::info!("stopped");
            Ok(())
        }
        Some(Err(error)) => Err(error),
        None => Ok(()),
    };
    database.close().await;
    outcome
}

/// Migrates and checks the database, and sets up the services and the mail transport.
async fn prepare(
    database: &Database,
    config: &Config,
    demo: bool,
    site: &Site,
) -> Result<(app::server::request::Services, mail::Transport), CommandError> {
    database.migrate_if_owner().await?;
    let store: Store = database.guarded_store().await?;
    let services = services::build(config, store, site.urls().clone())?;
    if demo {
        tracing::info!("{}", demo::load(&services).await?);
        database.backdate(&demo::PEOPLE).await.map_err(demo::DemoError::from)?;
    }
    let post = mail::Transport::open(config).map_err(ServeError::Mail)?;
    Ok((services, post))
}

/// Prints the URL of the server, and the credentials of a demo user if the demo data is loaded.
fn announce(config: &Config, listener: &TcpListener, demo: bool) {
    let address = listener.local_addr().unwrap_or(config.listen);
    let url = config.origin(address);
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");
    // The log is written to stderr. JSON log collectors expect no other lines, but demo users need the credentials even
    // if the output is redirected to a file.
    if config.log == LogFormat::Json && !demo {
        return;
    }
    println!("Stile is at {url}");
    if demo {
        println!("Sign in as {DEMO_PERSON} with the password {}", demo::PASSWORD);
    }
}
