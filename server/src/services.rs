//! Creates the services that pages and commands depend on from the configuration.

use crate::{
    config::{Config, ConfigError, SigningSecret},
    secret_file::{self, SecretFileError},
};
use app::server::grant::GrantKey;
use app::server::password::Passwords;
use app::server::rate_limit::RateLimits;
use app::server::request::AssetUrls;
use app::server::request::Services;
use app::server::webauthn::Passkeys;
use model::webhook::Schemes;
use pdf::{FontError, Fonts};
use store::{Store, device::DeviceKey, seal::EncryptionKey};

/// Name of the file in the data directory that contains the generated secret.
const SECRET: &str = "secret";

/// The reason why the services could not be created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServicesError {
    /// A required setting is missing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The generated secret can't be read or stored.
    #[error(transparent)]
    SecretFile(#[from] SecretFileError),
    /// The fonts of `STILE_FONTS` can't be used.
    #[error("STILE_FONTS: {0}")]
    Fonts(#[from] FontError),
}

/// Creates the services.
///
/// # Errors
/// `ServicesError::Config` if `STILE_SECRET` is required but not set; `ServicesError::SecretFile` if the generated
/// secret can't be read or stored; `ServicesError::Fonts` if a font can't be used.
pub(crate) fn build(config: &Config, store: Store, assets: AssetUrls) -> Result<Services, ServicesError> {
    let secret = match config.chosen_secret()? {
        Some(secret) => secret,
        None => SigningSecret::made(secret_file::secret(&config.data_dir, SECRET)?),
    };
    Ok(Services {
        store,
        grants: GrantKey::new(secret.bytes()),
        passwords: Passwords::new(),
        devices: DeviceKey::new(secret.bytes()),
        seal: EncryptionKey::new(secret.bytes()),
        passkeys: Passkeys::at(&config.browser_origin()),
        rate_limits: RateLimits::default(),
        assets,
        fonts: fonts(config)?,
        schemes: if config.outgoing.is_empty() { Schemes::HttpsOnly } else { Schemes::HttpToo },
        origin: config.origin(config.listen).into(),
    })
}

/// Loads the fonts of PDFs: those in the program, and those of the operator.
///
/// # Errors
/// `FontError` if a font of `STILE_FONTS` can't be used.
pub(crate) fn fonts(config: &Config) -> Result<Fonts, FontError> {
    match &config.fonts {
        Some(directory) => Fonts::with_directory(directory),
        None => Ok(Fonts::built_in()),
    }
}
