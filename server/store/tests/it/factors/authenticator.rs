//! Users with an authenticator app, for the tests of second factors.

use crate::support::{Person, World, execute};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use model::factor::{FactorCode, RecoveryCode};
use sha1::Sha1;
use sqlx::PgConnection;
use store::{
    Store,
    door::{Credential, PersonTx},
    factors::{self, AuthMethod, VerificationRefused, totp},
    seal::EncryptionKey,
    secret::Secret,
};

/// Computes a TOTP code. Independent reimplementation of an authenticator app.
pub(super) fn code_of(base32: &str, unix: i64, drift: i64) -> String {
    let key = BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(unix / 30 + drift).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// A user with an authenticator app, its secret and the recovery codes.
pub(super) struct Holding {
    pub(super) who: Person,
    pub(super) app: String,
    /// The code that confirmed the app.
    pub(super) first: String,
    pub(super) codes: Vec<RecoveryCode>,
    pub(super) seal: EncryptionKey,
}

pub(super) fn secret() -> Secret {
    Secret::generate("").unwrap()
}

pub(super) async fn tx(store: &Store, who: &Person) -> PersonTx {
    store.person(&who.session()).await.unwrap().expect("a live session opened nothing")
}

/// Enables an authenticator app in a session of the user. The session secret is rotated.
pub(super) async fn turn_on(world: &World, who: Person) -> Holding {
    let seal = EncryptionKey::new(&[3; 32]);
    let mut own = tx(&world.store, &who).await;
    let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Password)
        .await
        .unwrap()
        .expect("the first factor was not let in");
    let app = totp::start(&mut own, &reauthenticated, &seal).await.unwrap().expect("there was an app").base32();
    own.commit().await.unwrap();
    let mut own = tx(&world.store, &who).await;
    let (now, fresh) = (own.principal().now.unix_timestamp(), secret());
    let first = code_of(&app, now, 0);
    let codes = totp::confirm(&mut own, &seal, &first, &fresh).await.unwrap().expect("the app's own code was refused");
    own.commit().await.unwrap();
    assert!(world.store.person(&who.session()).await.unwrap().is_none(), "the session's old secret outlived the proof");
    Holding { who: Person { secret: fresh, ..who }, app, first, codes, seal }
}

impl Holding {
    pub(super) async fn now(&self, world: &World) -> i64 {
        world.store.now().await.unwrap().unix_timestamp()
    }

    /// Presents a code with `credential`. Returns the new session secret if the code was accepted.
    pub(super) async fn present(
        &self,
        store: &Store,
        credential: &Credential,
        code: &str,
    ) -> Result<Secret, VerificationRefused> {
        let mfa = store.mfa(credential).await.unwrap().ok_or(VerificationRefused::Ended)?;
        let (code, fresh) = (FactorCode::parse(code).unwrap(), secret());
        factors::verify_code(mfa, &self.seal, &code, &fresh).await.unwrap().map(|()| fresh)
    }
}

pub(super) async fn forget_tries(superuser: &mut PgConnection) {
    execute(superuser, "delete from account.factor_tries").await.unwrap();
}
