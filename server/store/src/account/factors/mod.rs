//! Second factors: TOTP, recovery codes and passkeys; their verification and management (docs/SECURITY.md, I-17).
//!
//! Verification requires a [`MfaTx`], for a session or a pending sign-in. Management requires a [`PersonTx`] and
//! [`Reauthenticated`]. Rate limits and single use are enforced by conditional writes in the database, so that they
//! hold across all servers.

pub mod challenges;
pub mod passkeys;
pub mod recovery;
pub mod totp;
mod verify;

pub use verify::{VerificationRefused, verify_code, verify_passkey};

use crate::{
    audit,
    door::{MfaTx, PersonTx},
    error::StoreError,
    secret::Secret,
};
use model::{
    audit::{Action, Detail},
    factor::{FRESH_MINUTES, FactorAsked, FactorMethods, FactorStanding, FactorState},
    id::{SessionId, UserId},
};
use sqlx::PgConnection;

/// Proof that this session may change the person's factors now.
#[derive(Debug)]
pub struct Reauthenticated {
    session: SessionId,
}

/// Authorization for a change of factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// The caller has just checked the person's password. Sufficient only while the person has no factor.
    Password,
    /// A factor that this session verified within [`FRESH_MINUTES`].
    Factor,
}

/// Authorizes a change of factors: by password for the first factor, by a recently verified factor for all others (ASVS
/// 7.5.1), so that a stolen session can't add its own factor. Returns `None` if `method` is not sufficient.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.factors.check_reauthenticated", skip_all)]
pub async fn check_reauthenticated(
    tx: &mut PersonTx,
    method: AuthMethod,
) -> Result<Option<Reauthenticated>, StoreError> {
    let Some(session) = tx.principal().session else { return Ok(None) };
    let standing = standing(tx).await?;
    let enough = match method {
        AuthMethod::Password => standing == FactorStanding::None,
        AuthMethod::Factor => standing == FactorStanding::Fresh,
    };
    Ok(enough.then_some(Reauthenticated { session }))
}

/// Returns the state of this session regarding changes of the person's factors.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.factors.standing", skip_all)]
pub async fn standing(tx: &mut PersonTx) -> Result<FactorStanding, StoreError> {
    let (user, session) = (tx.principal().person.id.uuid(), tx.principal().session.map(SessionId::uuid));
    let row = sqlx::query!(
        r#"select exists (select from account.totp t where t.user_id = $1 and t.confirmed_at is not null)
                or exists (select from account.passkeys p where p.user_id = $1) as "any!",
            exists (select from account.sessions s
                where s.id = $2 and s.factor_at > now() - make_interval(mins => $3)) as "fresh!""#,
        user,
        session,
        FRESH_MINUTES,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(match (row.any, row.fresh) {
        (false, _) => FactorStanding::None,
        (true, false) => FactorStanding::Stale,
        (true, true) => FactorStanding::Fresh,
    })
}

/// Returns `true` if this session has ever verified a second factor. This suffices to assign seats where one is
/// required.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.factors.has_verified", skip_all)]
pub async fn has_verified(tx: &mut PersonTx) -> Result<bool, StoreError> {
    let session = tx.principal().session.map(SessionId::uuid);
    Ok(sqlx::query_scalar!(
        r#"select exists (select from account.sessions where id = $1 and factor_at is not null) as "proven!""#,
        session
    )
    .fetch_one(tx.connection())
    .await?)
}

/// Returns the person's second factors and settings.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.factors.state", skip_all)]
pub async fn state(tx: &mut PersonTx) -> Result<FactorState, StoreError> {
    let user = tx.principal().person.id.uuid();
    let row = sqlx::query!(
        r#"select (select confirmed_at from account.totp where user_id = $1) as totp_since,
            (select count(*) from account.recovery_codes where user_id = $1 and used_at is null) as "left!",
            (select factor_asked from account.preferences where user_id = $1) as asked"#,
        user
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(FactorState {
        totp_since: row.totp_since,
        passkeys: passkeys::list(tx).await?,
        recovery_left: u32::try_from(row.left).unwrap_or(0),
        asked: row.asked.as_deref().and_then(FactorAsked::from_word).unwrap_or_default(),
        standing: standing(tx).await?,
    })
}

/// Returns the methods by which the person can verify a second factor.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.factors.methods", skip_all)]
pub async fn methods(mfa: &mut MfaTx) -> Result<FactorMethods, StoreError> {
    let user = mfa.person.id.uuid();
    let row = sqlx::query!(
        r#"select exists (select from account.totp where user_id = $1 and confirmed_at is not null)
                or exists (select from account.recovery_codes where user_id = $1 and used_at is null) as "code!",
            exists (select from account.passkeys where user_id = $1) as "passkey!""#,
        user
    )
    .fetch_one(mfa.connection())
    .await?;
    Ok(FactorMethods { code: row.code, passkey: row.passkey })
}

/// Sets when the person is asked for a second factor.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.factors.set_asked", skip_all)]
pub async fn set_asked(tx: &mut PersonTx, _: &Reauthenticated, asked: FactorAsked) -> Result<(), StoreError> {
    let user = tx.principal().person.id;
    let before = sqlx::query_scalar!("select factor_asked from account.preferences where user_id = $1", user.uuid())
        .fetch_optional(tx.connection())
        .await?;
    if before.as_deref().unwrap_or(FactorAsked::default().as_str()) == asked.as_str() {
        return Ok(());
    }
    sqlx::query!(
        "insert into account.preferences (user_id, factor_asked) values ($1, $2)
        on conflict (user_id) do update set factor_asked = excluded.factor_asked",
        user.uuid(),
        asked.as_str(),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, Action::PreferencesChanged, None, &Detail::none().with("second_factor_asked", asked.as_str()))
        .await
}

/// Returns `true` if a sign-in by password requires a second factor: the person has one and has not opted out.
pub(crate) async fn asked_at_sign_in(connection: &mut PgConnection, user: UserId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce((select factor_asked from account.preferences where user_id = $1), 'sign_in') = 'sign_in'
            and (exists (select from account.totp where user_id = $1 and confirmed_at is not null)
                or exists (select from account.passkeys where user_id = $1)) as "asked!""#,
        user.uuid()
    )
    .fetch_one(connection)
    .await?)
}

/// Records that this session has verified a factor, and replaces its secret (ASVS 7.2.4). The old secret is invalid
/// once this commits. Returns `false` if the session has ended meanwhile.
pub(crate) async fn set_session_verified(
    connection: &mut PgConnection,
    session: SessionId,
    secret: &Secret,
) -> Result<bool, StoreError> {
    let hash = secret.hash();
    let done = sqlx::query!(
        "update account.sessions set token_hash = $2, factor_at = now() where id = $1 and ended_at is null",
        session.uuid(),
        hash.bytes(),
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(done == 1)
}

/// Deletes the recovery codes if no other factor is left, because they would be a factor on their own.
async fn tidy(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from account.recovery_codes c where c.user_id = $1
            and not exists (select from account.totp t where t.user_id = $1 and t.confirmed_at is not null)
            and not exists (select from account.passkeys p where p.user_id = $1)",
        user.uuid()
    )
    .execute(connection)
    .await?;
    Ok(())
}
