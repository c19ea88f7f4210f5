//! Recovery codes, for people who lost their phone: 120 random bits each, stored as hashes, single use (ASVS 6.5.2).

use super::Reauthenticated;
use crate::{audit, door::PersonTx, error::StoreError, secret::NoRandomness};
use data_encoding::BASE32_NOPAD;
use model::{
    audit::{Action, Detail},
    factor::{RECOVERY_CODES, RecoveryCode},
    id::UserId,
};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// Number of random bytes in a code.
const CODE_BYTES: usize = 15;

/// Replaces the recovery codes by a new set and returns them. They can't be read again.
///
/// # Errors
/// [`StoreError::NoRandomness`] if the operating system returns no random bytes, [`StoreError::Database`] if the query
/// fails.
#[tracing::instrument(level = "debug", name = "store.recovery.renew", skip_all)]
pub async fn renew(tx: &mut PersonTx, _: &Reauthenticated) -> Result<Vec<RecoveryCode>, StoreError> {
    let user = tx.principal().person.id;
    sqlx::query!("delete from account.recovery_codes where user_id = $1", user.uuid()).execute(tx.connection()).await?;
    let codes = fill_if_none(tx.connection(), user).await?;
    audit::record(tx, Action::RecoveryCodesMade, None, &Detail::none()).await?;
    Ok(codes)
}

/// Creates a set of codes if there is none; otherwise returns an empty list.
pub(super) async fn fill_if_none(connection: &mut PgConnection, user: UserId) -> Result<Vec<RecoveryCode>, StoreError> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; CODE_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| StoreError::from(NoRandomness))?;
        codes.extend(RecoveryCode::of_base32(&BASE32_NOPAD.encode(&bytes)));
    }
    let hashes: Vec<Vec<u8>> = codes.iter().map(hash).collect();
    let made = sqlx::query!(
        "insert into account.recovery_codes (user_id, code_hash)
        select $1, * from unnest($2::bytea[]) where not exists (select from account.recovery_codes where user_id = $1)",
        user.uuid(),
        &hashes,
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(if made == 0 { Vec::new() } else { codes })
}

/// Marks a code as used. Concurrent uses of the same code succeed once.
pub(super) async fn spend(
    connection: &mut PgConnection,
    user: UserId,
    code: &RecoveryCode,
) -> Result<bool, StoreError> {
    let spent = sqlx::query!(
        "update account.recovery_codes set used_at = now() where user_id = $1 and code_hash = $2 and used_at is null",
        user.uuid(),
        hash(code),
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(spent == 1)
}

fn hash(code: &RecoveryCode) -> Vec<u8> {
    Sha256::digest(code.as_str().as_bytes()).to_vec()
}
