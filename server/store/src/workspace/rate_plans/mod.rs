//! Storage of rate plans, their versions and charges.
//!
//! A published version never changes: the functions here refuse it, and so do triggers and privileges
//! (docs/SECURITY.md).

mod charges;
mod drafts;
mod impact;
mod versions;

pub use drafts::{DraftOutcome, discard_draft, new_draft, publish, save_draft};
pub use impact::impact;
pub use versions::prices;

use super::{
    lifecycle::{lock_record, set_record_status},
    listing::{cursor, known, narrow, read},
};
use crate::{
    audit::{self, named},
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    zone::Zone,
};
use model::{
    Currency,
    audit::{Action, Detail},
    capability::EditContent,
    catalog::{Lifecycle, PlanOfProduct},
    id::{ProductId, RatePlanId},
    list::{ListPage, ListQuery, SortBy},
    rate_plan::{Interval, LowestPrice, RatePlanDetail, RatePlanDraft, RatePlanRow},
};
use sqlx::types::{Decimal, Uuid};
use std::collections::HashMap;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    code: String,
    currency: String,
    interval: String,
    status: String,
    created_at: OffsetDateTime,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

/// What is computed from the versions and subscriptions of a plan.
struct Figures {
    id: Uuid,
    published: Option<i32>,
    draft: Option<i32>,
    fee_minor: Option<i64>,
    unit_price: Option<Decimal>,
    charges: i64,
    customers: i64,
}

impl Row {
    /// Converts the row for display, with times in the workspace's time zone.
    fn local(self, figures: &HashMap<Uuid, Figures>, zone: &Zone) -> Result<RatePlanRow, StoreError> {
        let currency = known("currency", &self.currency, Currency::from_code(&self.currency))?;
        let interval = known("interval", &self.interval, Interval::from_word(&self.interval))?;
        let figures = figures.get(&self.id);
        let unit_price = figures.and_then(|figures| figures.unit_price).map(versions::unit_price).transpose()?;
        let fee = figures.and_then(|figures| figures.fee_minor);
        Ok(RatePlanRow {
            id: RatePlanId::from_uuid(self.id),
            name: self.name,
            code: self.code,
            currency,
            interval,
            version: figures.and_then(|figures| figures.published),
            has_draft: figures.is_some_and(|figures| figures.draft.is_some()),
            lowest_price: LowestPrice::of(interval, currency, fee, unit_price),
            charges: figures.map_or(0, |figures| figures.charges),
            customers: figures.map_or(0, |figures| figures.customers),
            status: known("status", &self.status, Lifecycle::from_word(&self.status))?,
            created_at: zone.local(self.created_at),
        })
    }
}

/// Reads the figures of plans.
async fn figures<M: Mode>(tx: &mut WorkspaceTx<M>, plans: &[Uuid]) -> Result<HashMap<Uuid, Figures>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let rows = sqlx::query_as!(
        Figures,
        r#"select p.id as "id!", v.published as "published?", v.draft as "draft?", f.fee_minor as "fee_minor?",
            f.unit_price as "unit_price?", coalesce(f.charges, 0) as "charges!", coalesce(s.customers, 0) as "customers!"
        from unnest($2::uuid[]) as p (id)
        left join lateral (
            select max(n.version) filter (where n.state = 'published') as published,
                max(n.version) filter (where n.state = 'draft') as draft
            from workspace.rate_plan_versions n where n.workspace_id = $1 and n.plan_id = p.id) v on true
        left join lateral (
            select count(*) as charges, min(c.fee_minor) as fee_minor,
                min(least(c.unit_price, (
                    select min(t.unit_price) from workspace.rate_plan_tiers t
                    where t.workspace_id = $1 and t.plan_id = c.plan_id and t.version = c.version and t.position = c.position))
                ) as unit_price
            from workspace.rate_plan_charges c
            where c.workspace_id = $1 and c.plan_id = p.id and c.version = coalesce(v.published, v.draft)) f on true
        left join lateral (
            select count(distinct f.customer_id) as customers
            from workspace.subscription_phases f
            join workspace.subscriptions s on s.workspace_id = $1 and s.id = f.subscription_id
            where f.workspace_id = $1 and f.plan_id = p.id and f.from_on <= $3 and (s.ends_on is null or s.ends_on > $3)
                and not exists (
                    select from workspace.subscription_phases n where n.workspace_id = $1
                        and n.subscription_id = f.subscription_id and n.from_on > f.from_on and n.from_on <= $3)) s on true"#,
        workspace,
        plans,
        today,
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Converts rows for display, with the figures of their plans.
async fn with_figures<M: Mode>(tx: &mut WorkspaceTx<M>, rows: Vec<Row>) -> Result<Vec<RatePlanRow>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let (figures, zone) = (figures(tx, &ids).await?, tx.zone());
    rows.into_iter().map(|row| row.local(&figures, &zone)).collect()
}

macro_rules! rate_plans {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.name, t.name_key as "name_key!", t.code, t.currency, t.interval, t.status, t.created_at,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.rate_plans n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.rate_plans t
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0)
                and ($3::text is null or t.status = $3)"#, $key, ("$4", "$5"), ())
    };
}

/// Returns a page of rate plans. The search text is looked for in name and code.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<RatePlanRow>, StoreError> {
    narrow(tx, query).await?;
    let page = if query.sort.by == SortBy::Name {
        rate_plans!(tx, query, String, "t.name_key").page(query, |row| cursor(&row.name_key, row.id))
    } else {
        rate_plans!(tx, query, OffsetDateTime, "t.created_at").page(query, |row| cursor(&row.created_at, row.id))
    };
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let (figures, zone) = (figures(tx, &ids).await?, tx.zone());
    page.try_map(|row| row.local(&figures, &zone))
}

/// Returns a rate plan with its versions, and with the prices of one of them: of `version`, or else of the latest
/// published one, or else of the draft. `None` if the workspace has no plan with that id, or the plan no such version.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.get", skip_all, fields(rate_plan_id = %id))]
pub async fn get<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: RatePlanId,
    version: Option<i32>,
) -> Result<Option<RatePlanDetail>, StoreError> {
    let Some(row) = row(tx, id).await? else { return Ok(None) };
    let versions = versions::of_plan(tx, id).await?;
    let Some(number) = version.or(row.version).or(versions.first().map(|version| version.number)) else {
        return Ok(Some(RatePlanDetail { row, versions, shown: None }));
    };
    let Some(shown) = versions::read(tx, id, number).await? else { return Ok(None) };
    Ok(Some(RatePlanDetail { row, versions, shown: Some(shown) }))
}

/// Returns a rate plan without its versions; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.row", skip_all, fields(rate_plan_id = %id))]
pub async fn row<M: Mode>(tx: &mut WorkspaceTx<M>, id: RatePlanId) -> Result<Option<RatePlanRow>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query_as!(
        Row,
        r#"select t.id, t.name, t.name_key as "name_key!", t.code, t.currency, t.interval, t.status, t.created_at,
            null::bigint as "total?"
        from workspace.rate_plans t where t.workspace_id = $1 and t.id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    Ok(with_figures(tx, row.into_iter().collect()).await?.pop())
}

/// Returns the rate plans that subscriptions can begin with: active ones with a published version, by name, at most 200.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.offered", skip_all)]
pub async fn offered<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<RatePlanRow>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query_as!(
        Row,
        r#"select t.id, t.name, t.name_key as "name_key!", t.code, t.currency, t.interval, t.status, t.created_at,
            null::bigint as "total?"
        from workspace.rate_plans t
        where t.workspace_id = $1 and t.status = 'active' and exists (
            select from workspace.rate_plan_versions v
            where v.workspace_id = t.workspace_id and v.plan_id = t.id and v.state = 'published')
        order by t.name_key, t.id limit 200"#,
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    with_figures(tx, rows).await
}

/// Returns the rate plans whose latest published version, or else draft, has a charge for a product, by name, at most 50.
pub(super) async fn of_product<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    product: ProductId,
) -> Result<Vec<PlanOfProduct>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query_as!(
        Row,
        r#"select t.id, t.name, t.name_key as "name_key!", t.code, t.currency, t.interval, t.status, t.created_at,
            null::bigint as "total?"
        from workspace.rate_plans t
        where t.workspace_id = $1 and exists (
            select from workspace.rate_plan_charges c
            where c.workspace_id = t.workspace_id and c.plan_id = t.id and c.product_id = $2 and c.version = (
                select v.version from workspace.rate_plan_versions v
                where v.workspace_id = t.workspace_id and v.plan_id = t.id
                order by v.state = 'published' desc, v.version desc limit 1))
        order by t.name_key, t.id limit 50"#,
        workspace,
        product.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let plans = with_figures(tx, rows).await?;
    let short = |row: RatePlanRow| {
        let RatePlanRow { id, name, status, customers, .. } = row;
        PlanOfProduct { id, name, status, customers }
    };
    Ok(plans.into_iter().map(short).collect())
}

/// Creates a rate plan with an empty draft, version 1, and logs it.
///
/// # Errors
/// [`StoreError::Refused`] with `rate_plan_code_taken` if the workspace already has a rate plan with that code.
#[tracing::instrument(level = "debug", name = "store.rate_plans.create", skip_all)]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    draft: &RatePlanDraft,
) -> Result<RatePlanId, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    sqlx::query!(
        "insert into workspace.rate_plans (workspace_id, id, name, code, currency, interval) values ($1, $2, $3, $4, $5, $6)",
        workspace,
        id,
        draft.name.as_str(),
        draft.code,
        draft.currency.code(),
        draft.interval.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state) values ($1, $2, 1, 'draft')",
        workspace,
        id,
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::RatePlanCreated, id, &Detail::none().with("name", &draft.name)).await?;
    Ok(RatePlanId::from_uuid(id))
}

/// Locks a rate plan until the transaction ends, so that what is read of it next can't change before it is written.
/// Returns `false` if the workspace has no rate plan with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.lock", skip_all, fields(rate_plan_id = %id))]
pub async fn lock(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: RatePlanId) -> Result<bool, StoreError> {
    lock_record!(tx, can, "rate_plans", id)
}

/// Changes name and code of a rate plan and logs the changes, if any. Currency and interval never change, and those of
/// `draft` are ignored. Returns `false` if the workspace has no plan with that id.
///
/// # Errors
/// [`StoreError::Refused`] with `rate_plan_code_taken` if the workspace already has a rate plan with that code.
#[tracing::instrument(level = "debug", name = "store.rate_plans.update", skip_all, fields(rate_plan_id = %id))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: RatePlanId,
    draft: &RatePlanDraft,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        "select name, code from workspace.rate_plans where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(false) };
    let changed = Detail::none().change("name", &before.name, &draft.name).change("code", &before.code, &draft.code);
    if changed.is_empty() {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.rate_plans set name = $3, code = $4, updated_at = now() where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        draft.name.as_str(),
        draft.code,
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = named(changed, &before.name);
    audit::record(tx, Action::RatePlanUpdated, id.uuid(), &detail).await?;
    Ok(true)
}

/// Archives or restores a rate plan, and logs it if the status changed. Subscriptions keep their version. Returns `false`
/// if the workspace has no plan with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.set_status", skip_all, fields(rate_plan_id = %id))]
pub async fn set_status(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: RatePlanId,
    status: Lifecycle,
) -> Result<bool, StoreError> {
    set_record_status!(tx, can, "rate_plans", id, status, Action::RatePlanActivated, Action::RatePlanArchived)
}
