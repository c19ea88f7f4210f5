//! Tables of both planes, as read from the catalogue.

use crate::support::{Person, Place, texts};
use sqlx::PgConnection;

/// Properties of a table, read from the catalogue.
#[derive(sqlx::FromRow)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) in_workspace: bool,
    /// All columns except generated ones.
    pub(super) columns: Vec<String>,
    /// A column that stile_app may update.
    pub(super) changeable: Option<String>,
    pub(super) addable: bool,
    pub(super) removable: bool,
    /// `true` if stile_app may read the table. Tables that only the door functions may read are rejected before any row
    /// is read.
    pub(super) readable: bool,
}

impl Table {
    pub(super) async fn all(superuser: &mut PgConnection) -> Vec<Self> {
        sqlx::query_as(
            "select format('%I.%I', n.nspname, c.relname) as name, n.nspname = 'workspace' as in_workspace,
                array(select quote_ident(attname) from pg_attribute
                    where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
                (select quote_ident(attname) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
                    and attgenerated = '' and has_column_privilege('stile_app', c.oid, attnum, 'update') order by attnum limit 1) as changeable,
                has_table_privilege('stile_app', c.oid, 'insert') as addable, has_table_privilege('stile_app', c.oid, 'delete') as removable,
                has_any_column_privilege('stile_app', c.oid, 'select') as readable
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('account', 'workspace') and c.relkind in ('r', 'p') and not c.relispartition order by 1",
        )
        .fetch_all(superuser)
        .await
        .unwrap()
    }

    /// Returns the condition for rows that belong to the user, the workspace or the organization.
    pub(super) fn own(&self, who: &Person, place: &Place) -> String {
        let ids = [
            ("workspace_id", place.id.uuid()),
            ("user_id", who.id.uuid()),
            ("organization_id", place.organization.uuid()),
        ];
        let keys = if self.in_workspace { &ids[..1] } else { &ids[..] };
        let owned: Vec<_> = keys
            .iter()
            .filter(|(column, _)| self.columns.iter().any(|c| c == column))
            .map(|(column, id)| format!("{column} = '{id}'"))
            .collect();
        if owned.is_empty() && !self.columns.iter().any(|column| column == "id") {
            // These rows have no owner, so only door functions may access them.
            assert!(
                !self.readable && !self.addable && !self.removable,
                "{} is open, and its rows are nobody's",
                self.name
            );
            "true".to_owned()
        } else if owned.is_empty() {
            format!("id in ({})", ids.map(|(_, id)| format!("'{id}'")).join(", "))
        } else {
            format!("({})", owned.join(" or "))
        }
    }

    /// Returns a statement that inserts a copy of one of the owner's rows.
    pub(super) async fn copy(&self, superuser: &mut PgConnection, who: &Person, place: &Place) -> String {
        // The latest version of a rate plan is a draft. Triggers refuse a copy of any part of a published one.
        let order = if self.columns.iter().any(|column| column == "version") { " order by version desc" } else { "" };
        // Nor do they take a copy of an issued document, or of a part of one.
        let order = match self.name.as_str() {
            "workspace.invoices" => " order by t.status = 'draft' desc",
            "workspace.invoice_lines" | "workspace.invoice_taxes" => {
                " order by (select i.status = 'draft' from workspace.invoices i where i.workspace_id = t.workspace_id and i.id = t.invoice_id) desc"
            }
            _ => order,
        };
        let row =
            format!("select to_jsonb(t)::text from {} t where {}{order} limit 1", self.name, self.own(who, place));
        let row = texts(superuser, &row).await.pop();
        let row = row
            .unwrap_or_else(|| panic!("{} holds no row of {}: World::furnish must put one there", self.name, who.name));
        let columns = self.columns.join(", ");
        let row = row.replace('\'', "''");
        format!(
            "insert into {0} ({columns}) select {columns} from jsonb_populate_record(null::{0}, '{row}')",
            self.name
        )
    }

    pub(super) fn change(&self) -> Option<String> {
        // A published version of a rate plan never changes.
        let draft = if self.name == "workspace.rate_plan_versions" { " where state = 'draft'" } else { "" };
        self.changeable.as_ref().map(|column| format!("update {} set {column} = {column}{draft}", self.name))
    }
}

/// Returns a digest of each table's content, one line per table.
pub(super) async fn contents(superuser: &mut PgConnection, tables: &[Table]) -> Vec<String> {
    let mut all = Vec::new();
    for Table { name, .. } in tables {
        let digest = format!(
            "select '{name}: ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {name} t"
        );
        all.extend(texts(superuser, &digest).await);
    }
    all
}
