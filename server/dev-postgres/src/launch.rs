//! Parameters for starting the server.

use std::path::PathBuf;

use super::account::Account;

/// Parameters for starting the server, kept for restarts.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) account: Account,
    pub(super) postgres: PathBuf,
    pub(super) data: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) data_dir: PathBuf,
}
