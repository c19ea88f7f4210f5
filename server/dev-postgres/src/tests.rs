//! Tests with real clusters, run as root or as another user, on any machine where PostgreSQL is installed.

use std::error::Error;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Cluster, ClusterError, lock, lock_data_dir};

type Outcome = Result<(), Box<dyn Error>>;

/// Environment variable that tells the child process of [`start_holder`] which data directory to hold.
const HOLD: &str = "STILE_TEST_HOLD";

/// A temporary directory that every user can traverse, removed on drop.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new(name: &str) -> io::Result<Scratch> {
        // Not TMPDIR: the user that runs PostgreSQL may have no access to it, and its path may be long.
        let path = Path::new("/tmp").join(format!("stile-test-{name}-{}", std::process::id()));
        fs::create_dir(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(Scratch(fs::canonicalize(path)?))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn answers(cluster: &Cluster) -> bool {
    let socket = format!(".s.PGSQL.{}", cluster.port());
    UnixStream::connect(cluster.socket_dir().join(socket)).is_ok()
}

fn signal(name: &str, pid: Option<u32>) -> Outcome {
    let pid = pid.ok_or("no pid")?.to_string();
    let sent = Command::new("kill").args(["-s", name, &pid]).status()?;
    if sent.success() { Ok(()) } else { Err("kill failed".into()) }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// Holds a cluster until the process is killed.
async fn hold(dir: &Path) -> Outcome {
    let _lock = lock_data_dir(dir)?;
    let _cluster = Cluster::start(dir, None).await?;
    fs::write(dir.join("ready"), "")?;
    std::future::pending().await
}

/// Runs `test` of this module in a child process with [`HOLD`] set.
async fn start_holder(test: &str, dir: &Path) -> Result<Child, Box<dyn Error>> {
    let module = module_path!().split_once("::").ok_or("no module")?.1;
    let mut child = Command::new(std::env::current_exe()?)
        .args([&format!("{module}::{test}"), "--exact"])
        .env(HOLD, dir)
        .stdout(Stdio::null())
        .spawn()?;
    let deadline = Instant::now() + Duration::from_secs(30);
    while !dir.join("ready").exists() {
        if Instant::now() > deadline || child.try_wait()?.is_some() {
            let _ = child.kill();
            return Err("the holder did not start".into());
        }
        pause().await;
    }
    Ok(child)
}

#[test]
fn a_second_server_on_the_same_directory_is_refused() -> Outcome {
    let scratch = Scratch::new("lock")?;
    let first = lock_data_dir(scratch.path())?;
    let refusal = lock_data_dir(scratch.path()).err().ok_or("not refused")?;
    let line = refusal.to_string();
    assert!(matches!(refusal, ClusterError::Locked { .. }), "{line}");
    assert!(line.contains(&format!("(pid {})", std::process::id())), "{line}");
    assert!(line.contains(&scratch.path().display().to_string()), "{line}");
    drop(first);
    lock_data_dir(scratch.path())?;
    Ok(())
}

#[tokio::test]
async fn starts_stops_and_starts_again_under_a_long_path() -> Outcome {
    let scratch = Scratch::new("long")?;
    let dir = scratch.path().join("deeply".repeat(15));
    let cluster = Cluster::start(&dir, None).await?;
    assert!(answers(&cluster));
    assert!(cluster.socket_dir().starts_with("/tmp"));
    let password = cluster.superuser_password().to_owned();
    let secret = fs::metadata(dir.join("postgres.secret"))?;
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
    let socket_dir = cluster.socket_dir().to_owned();
    cluster.stop().await;
    assert!(!socket_dir.join(".s.PGSQL.5432").exists());

    let again = Cluster::start(&dir, None).await?;
    assert!(answers(&again));
    assert_eq!(again.superuser_password(), password);
    // A cluster that is dropped instead of stopped shuts down as well.
    drop(again);
    lock::ClusterLock::acquire(&dir).await?;
    fs::remove_dir(socket_dir)?;
    Ok(())
}

#[tokio::test]
async fn a_server_starts_after_the_previous_one_was_killed() -> Outcome {
    if let Some(dir) = std::env::var_os(HOLD) {
        return hold(Path::new(&dir)).await;
    }
    let scratch = Scratch::new("kill")?;
    let dir = scratch.path();
    let mut holder = start_holder("a_server_starts_after_the_previous_one_was_killed", dir).await?;
    let refused = lock_data_dir(dir);
    assert!(matches!(refused, Err(ClusterError::Locked { .. })), "{refused:?}");
    let first = lock::postmaster(dir);
    assert!(first.is_some());
    // Sends SIGKILL.
    holder.kill()?;
    holder.wait()?;

    // Waits for the orphaned cluster: the new one can't start while one of its processes is alive.
    let _lock = lock_data_dir(dir)?;
    let cluster = Cluster::start(dir, None).await?;
    assert!(answers(&cluster));
    assert_ne!(lock::postmaster(dir), first);
    cluster.stop().await;
    assert!(!dir.join("postgres/data/postmaster.pid").exists());
    Ok(())
}

#[tokio::test]
async fn as_root_the_cluster_is_stored_where_its_user_can_reach_it() -> Outcome {
    let scratch = Scratch::new("private")?;
    let dir = scratch.path();
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    let root = super::account::own_uid().await? == 0;
    let cluster = Cluster::start(dir, None).await?;
    assert!(answers(&cluster));
    cluster.stop().await;

    assert_eq!(dir.join("postgres").exists(), !root);
    assert_eq!(dir.join("cluster.path").exists(), root);
    if root {
        let home = PathBuf::from(fs::read_to_string(dir.join("cluster.path"))?.trim_end());
        let aside = home.with_added_extension("aside");
        fs::rename(&home, &aside)?;
        let lost = Cluster::start(dir, None).await;
        fs::remove_dir_all(aside)?;
        assert!(matches!(lost, Err(ClusterError::Lost { .. })), "{lost:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_cluster_restarts_after_a_crash_but_not_after_a_shutdown() -> Outcome {
    let scratch = Scratch::new("crash")?;
    let dir = scratch.path();
    let cluster = Cluster::start(dir, None).await?;
    let first = lock::postmaster(dir);
    signal("KILL", first)?;
    let deadline = Instant::now() + Duration::from_secs(30);
    while lock::postmaster(dir) == first || !answers(&cluster) {
        assert!(Instant::now() < deadline, "not restarted");
        pause().await;
    }

    signal("INT", lock::postmaster(dir))?;
    // The lock is free once no process of the cluster is running.
    drop(lock::ClusterLock::acquire(dir).await?);
    // Longer than the delay before a restart.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!answers(&cluster));
    cluster.stop().await;
    Ok(())
}
