//! The statements that authenticate a credential and read the seat.

use crate::{door::Credential, error::StoreError};
use model::Slug;
use sqlx::{Postgres, Transaction, types::Uuid};
use time::{Date, OffsetDateTime};

/// Row of a door function that opens a workspace, with the state of the transaction.
pub(super) struct Found {
    pub(super) outcome: String,
    pub(super) key_id: Option<Uuid>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) session_id: Option<Uuid>,
    pub(super) user_id: Uuid,
    pub(super) user_name: String,
    pub(super) email: String,
    pub(super) epoch: String,
    pub(super) workspace_id: Option<Uuid>,
    pub(super) slug: Option<String>,
    pub(super) name: Option<String>,
    pub(super) organization_id: Option<Uuid>,
    pub(super) organization: Option<String>,
    pub(super) direct_role: Option<String>,
    pub(super) organization_role: Option<String>,
    pub(super) hue: Option<i16>,
    pub(super) logo: Option<String>,
    pub(super) portrait: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) today: Option<Date>,
    pub(super) now: OffsetDateTime,
    pub(super) noted: bool,
    pub(super) read_only: bool,
}

/// Converts a row of a door function to [`Found`]. The functions differ only in the fields that are given.
macro_rules! found {
    ($row:ident, $($given:ident: $value:expr),*) => {
        Found {
            $($given: $value,)*
            outcome: $row.outcome,
            user_id: $row.user_id,
            user_name: $row.user_name,
            email: $row.email,
            workspace_id: $row.workspace_id,
            slug: $row.slug,
            name: $row.name,
            organization_id: $row.organization_id,
            organization: $row.organization,
            direct_role: $row.direct_role,
            organization_role: $row.organization_role,
            hue: $row.hue,
            logo: $row.logo,
            portrait: $row.portrait,
            time_zone: $row.time_zone,
            today: $row.today,
            now: $row.now,
            noted: $row.noted,
            read_only: $row.read_only,
        }
    };
}

/// Opens the workspace for a session or an operator token. `None` if the credential is not valid.
pub(super) async fn find(
    tx: &mut Transaction<'static, Postgres>,
    credential: &Credential,
    slug: &Slug,
    reading: bool,
) -> Result<Option<Found>, StoreError> {
    let row = sqlx::query!(
        r#"select outcome as "outcome!", session_id, user_id as "user_id!", user_name as "user_name!", email as "email!",
            epoch as "epoch!", workspace_id, slug, name, organization_id, organization, direct_role, organization_role, hue, logo,
            portrait, clock.time_zone as "time_zone?", clock.today as "today?",
            now() as "now!", pg_current_xact_id_if_assigned() is not null as "noted!",
            current_setting('transaction_read_only') = 'on' as "read_only!",
            set_config('stile.session_id', coalesce(session_id::text, ''), true) as context,
            case when $4 then set_config('transaction_read_only', 'on', true) end as mode
        from door.workspace($1, $2, $3) place left join lateral door.clock(place.workspace_id) clock on true"#,
        credential.kind(),
        credential.hash(),
        slug.as_str(),
        reading,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| found!(row, key_id: None, scopes: None, session_id: row.session_id, epoch: row.epoch)))
}

/// Opens the workspace for one of its API keys. `None` if it has no such key.
pub(super) async fn find_by_key(
    tx: &mut Transaction<'static, Postgres>,
    hash: &[u8],
    slug: &Slug,
    reading: bool,
) -> Result<Option<Found>, StoreError> {
    let row = sqlx::query!(
        r#"select outcome as "outcome!", key_id as "key_id!", scopes as "scopes!", user_id as "user_id!",
            user_name as "user_name!", email as "email!", workspace_id, slug, name, organization_id, organization,
            direct_role, organization_role, hue, logo, portrait, clock.time_zone as "time_zone?", clock.today as "today?",
            now() as "now!", pg_current_xact_id_if_assigned() is not null as "noted!",
            current_setting('transaction_read_only') = 'on' as "read_only!",
            set_config('stile.session_id', '', true) as context,
            case when $3 then set_config('transaction_read_only', 'on', true) end as mode
        from door.key($1, $2) place left join lateral door.clock(place.workspace_id) clock on true"#,
        hash,
        slug.as_str(),
        reading,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(
        |row| found!(row, key_id: Some(row.key_id), scopes: Some(row.scopes), session_id: None, epoch: String::new()),
    ))
}
