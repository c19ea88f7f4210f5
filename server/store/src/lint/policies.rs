//! Checks of the policies.

use super::{
    condition::{Scope, bare},
    finding::Finding,
    rules::rule,
};
use crate::error::StoreError;
use sqlx::PgConnection;

/// Policy, with its conditions as PostgreSQL formats them.
#[derive(sqlx::FromRow)]
struct Policy {
    table: String,
    plane: String,
    name: String,
    command: String,
    permissive: bool,
    roles: Vec<String>,
    using: Option<String>,
    check: Option<String>,
}

/// Returns the problems of all policies.
pub(super) async fn policies(connection: &mut PgConnection) -> Result<Vec<Finding>, StoreError> {
    let policies: Vec<Policy> = sqlx::query_as(rule!(
        "select t.name as table, t.plane::text, p.polname::text as name, p.polcmd::text as command, p.polpermissive as permissive,
            array(select coalesce(r.rolname::text, 'public') from unnest(p.polroles) o (oid) left join pg_roles r on r.oid = o.oid) as roles,
            pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
        from tables t join pg_policy p on p.polrelid = t.oid"
    ))
    .fetch_all(connection)
    .await?;
    let finding = |policy: &Policy, fault: &str| Finding {
        object: policy.table.clone(),
        fault: format!("the policy {} {fault}", policy.name),
    };
    Ok(policies.iter().flat_map(|p| p.faults().into_iter().map(move |fault| finding(p, fault))).collect())
}

impl Policy {
    fn faults(&self) -> Vec<&'static str> {
        let of_door = self.roles == ["stile_door"];
        let conditions = || self.using.iter().chain(&self.check);
        let in_workspace = self.plane == "workspace";
        let faults = [
            (!self.permissive, "is restrictive; what may be seen is said by permissive policies alone"),
            (self.command == "*", "is for all commands; write one for each"),
            (
                matches!(self.command.as_str(), "a" | "w") && self.check.is_none(),
                "has no with check, so rows could be written that could not be read; add it",
            ),
            (!of_door && self.roles != ["public"], "is for some roles only; write it for all, or for stile_door alone"),
            (of_door && in_workspace, "lets stile_door into the workspace plane, where no door needs to look; drop it"),
            (
                !of_door && conditions().any(|c| bare(c) == "true"),
                "is true for every row; only a policy for stile_door may be",
            ),
            (
                !of_door && in_workspace && !conditions().all(|c| Scope::Tenant.holds(c)),
                "does not begin with the tenant condition, and nothing else; make it by ops.protect_tenant: \
                 workspace_id = (select nullif(current_setting('stile.workspace_id', true), '')::uuid) [and ...]",
            ),
            (
                !of_door && !in_workspace && !conditions().all(|c| Scope::Account.holds(c)),
                "has an alternative that is not tied to the context; each must begin with \
                 column = (select nullif(current_setting('stile.user_id', true), '')::uuid), or the same of \
                 stile.workspace_id or stile.organization_id",
            ),
        ];
        faults.into_iter().filter_map(|(found, fault)| found.then_some(fault)).collect()
    }
}
