//! Numbers of documents.

use super::super::listing::known;
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    capability::ManageInvoices,
    invoice::{DocumentKind, Series},
};
use time::Date;

/// Number that was taken from a series.
pub(super) struct Number {
    pub(super) text: String,
    pub(super) year: i32,
    pub(super) no: i64,
    pub(super) issued_on: Date,
}

/// Takes the next number of a series. The row of the series stays locked until the transaction ends, so this is one of
/// its last statements. `day` is the day of issue, unless the document before has a later one.
pub(super) async fn take(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    kind: DocumentKind,
    day: Date,
) -> Result<Number, StoreError> {
    let workspace = tx.id().uuid();
    let new = Series::new(kind);
    sqlx::query!(
        "insert into workspace.series (workspace_id, kind, prefix, width, yearly) values ($1, $2, $3, $4, $5)
        on conflict (workspace_id, kind) do nothing",
        workspace,
        kind.as_str(),
        new.prefix,
        i32::from(new.width),
        new.yearly,
    )
    .execute(can.on(tx)?)
    .await?;
    let row = sqlx::query!(
        "select prefix, width, yearly, series_year, starts_at, next, last_on from workspace.series
        where workspace_id = $1 and kind = $2 for update",
        workspace,
        kind.as_str(),
    )
    .fetch_one(can.on(tx)?)
    .await?;
    let issued_on = row.last_on.map_or(day, |last_on| last_on.max(day));
    let year = if row.yearly { issued_on.year() } else { 0 };
    // The first number is chosen for the first year only.
    let (starts_at, no) = match row.series_year {
        Some(current) if current == year => (row.starts_at, row.next),
        current => {
            let starts_at = if current.is_none() { row.starts_at } else { 1 };
            // A series can return to a year whose numbers it left, when it becomes yearly again.
            let last = sqlx::query_scalar!(
                "select max(series_no) from workspace.invoices where workspace_id = $1 and kind = $2 and series_year = $3",
                workspace,
                kind.as_str(),
                year,
            )
            .fetch_one(can.on(tx)?)
            .await?;
            (starts_at, last.map_or(starts_at, |last| last + 1))
        }
    };
    sqlx::query!(
        "update workspace.series set series_year = $3, starts_at = $4, next = $5, last_on = $6
        where workspace_id = $1 and kind = $2",
        workspace,
        kind.as_str(),
        year,
        starts_at,
        no + 1,
        issued_on,
    )
    .execute(can.on(tx)?)
    .await?;
    let width = known("width", &row.width.to_string(), u8::try_from(row.width).ok())?;
    let series = Series { kind, prefix: row.prefix, width, yearly: row.yearly, next: no, started: true };
    Ok(Number { text: series.number(year, no), year, no, issued_on })
}

/// Returns the number that the next document of a kind gets if it is issued today.
pub(in super::super) async fn next_number<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    kind: DocumentKind,
) -> Result<String, StoreError> {
    let today = tx.today();
    let series = super::super::invoicing::series(tx, kind).await?;
    let year = series.last_on.map_or(today, |last_on| last_on.max(today)).year();
    Ok(series.series.number(year, series.series.next))
}
