//! What it takes to start the server.

use std::path::PathBuf;

use super::account::Account;

/// What it takes to start the server, again and again.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) account: Account,
    pub(super) postgres: PathBuf,
    pub(super) data: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) data_dir: PathBuf,
}
