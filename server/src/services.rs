//! What pages and commands stand on, put together from the configuration.

use crate::{
    config::{Config, ConfigError, SigningSecret},
    kept::{self, KeptError},
};
use app::ssr::{AssetUrls, GrantKey, Paces, Passkeys, Passwords, Services};
use store::{Store, device::DeviceKey, seal::SealKey};

/// The file of the data directory that keeps the secret which nobody chose.
const SECRET: &str = "secret";

/// Why there are no services.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServicesError {
    /// The secret is to be set.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The secret can't be kept.
    #[error(transparent)]
    Kept(#[from] KeptError),
}

/// Puts the services together.
///
/// # Errors
/// When there is no secret to sign grants with.
pub(crate) fn build(config: &Config, store: Store, assets: AssetUrls) -> Result<Services, ServicesError> {
    let secret = match config.chosen_secret()? {
        Some(secret) => secret,
        None => SigningSecret::made(kept::secret(&config.data_dir, SECRET)?),
    };
    Ok(Services {
        store,
        grants: GrantKey::new(secret.bytes()),
        passwords: Passwords::new(),
        devices: DeviceKey::new(secret.bytes()),
        seal: SealKey::new(secret.bytes()),
        passkeys: Passkeys::at(&config.browser_origin()),
        paces: Paces::default(),
        assets,
        origin: config.origin(config.listen).into(),
    })
}
