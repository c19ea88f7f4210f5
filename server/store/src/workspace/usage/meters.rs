//! Meters as far as reads of usage need them.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
    workspace::listing::known,
};
use model::{capability::Capability, meter::Aggregation, usage::Measure};
use sqlx::types::Uuid;

/// Maximum number of meters that are read.
const MOST: i64 = 500;

/// A meter with its product.
#[derive(Debug, Clone)]
pub(super) struct MeterHead {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) code: String,
    pub(super) product_id: Uuid,
    pub(super) product: String,
    pub(super) unit: String,
    pub(super) aggregation: Aggregation,
}

impl MeterHead {
    pub(super) const fn measure(&self) -> Measure {
        match self.aggregation {
            Aggregation::Count | Aggregation::Sum => Measure::Sum,
            Aggregation::Max => Measure::Peak,
            Aggregation::Unique => Measure::Unique,
        }
    }
}

/// Returns the number of a measure in statements.
pub(super) const fn number(measure: Measure) -> i32 {
    match measure {
        Measure::Sum => 0,
        Measure::Peak => 1,
        Measure::Unique => 2,
        Measure::Events => 3,
    }
}

/// Returns whether the person reads the usage of all customers.
pub(super) fn sees_all<M: Mode>(tx: &WorkspaceTx<M>) -> bool {
    tx.tenant().capabilities().has(Capability::ReadAll)
}

/// Returns all meters by name. A guest gets none.
pub(super) async fn meters<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<MeterHead>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        r#"select m.id, m.name, m.code, m.product_id, coalesce(p.name, '') as "product!", m.unit, m.aggregation
        from workspace.meters m
        left join workspace.products p on p.workspace_id = m.workspace_id and p.id = m.product_id
        where m.workspace_id = $1 order by m.name_key, m.id limit $2"#,
        workspace,
        MOST,
    )
    .fetch_all(tx.reading())
    .await?;
    rows.into_iter()
        .map(|row| {
            let aggregation = known("aggregation", &row.aggregation, Aggregation::from_word(&row.aggregation))?;
            Ok(MeterHead {
                id: row.id,
                name: row.name,
                code: row.code,
                product_id: row.product_id,
                product: row.product,
                unit: row.unit,
                aggregation,
            })
        })
        .collect()
}
