//! Form of policy conditions, as PostgreSQL prints them.

/// Required form of a policy's conditions.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    /// The row belongs to the workspace in the context.
    Tenant,
    /// Each alternative ties the row to one of the ids in the context.
    Account,
}

impl Scope {
    /// Returns `true` if every row that `condition` allows is in scope, judging by its form. A conjunction is in scope
    /// if its first operand is. A disjunction is in scope if all operands are, and never in the workspace plane.
    /// PostgreSQL flattens and parenthesizes its output, so one level of parentheses never mixes `AND` and `OR`.
    pub(super) fn holds(self, condition: &str) -> bool {
        let condition = bare(condition);
        let alternatives = split(condition, " OR ");
        if alternatives.len() > 1 {
            return matches!(self, Self::Account) && alternatives.iter().all(|c| self.holds(c));
        }
        let parts = split(condition, " AND ");
        if parts.len() > 1 {
            return parts.first().is_some_and(|first| self.holds(first));
        }
        let Some((column, value)) = condition.split_once(" = ") else { return false };
        let context = |id: &str| {
            // PostgreSQL versions differ in quoting the generated column name.
            value.replace(" AS \"nullif\"", "").replace(" AS nullif", "")
                == format!("( SELECT (NULLIF(current_setting('stile.{id}'::text, true), ''::text))::uuid)")
        };
        match self {
            Self::Tenant => column == "workspace_id" && context("workspace_id"),
            Self::Account => {
                column.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                    && ["user_id", "workspace_id", "organization_id"].into_iter().any(context)
            }
        }
    }
}

/// Returns the expression without parentheses around the whole of it.
pub(super) fn bare(expression: &str) -> &str {
    let expression = expression.trim();
    match expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        // `(a) AND (b)` also starts and ends with parentheses, but they are not a pair.
        Some(inner) if depths(inner).all(|(_, depth)| depth >= 0) => bare(inner),
        _ => expression,
    }
}

/// Splits an expression at separators outside parentheses and quotes.
fn split<'e>(expression: &'e str, separator: &str) -> Vec<&'e str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, depth) in depths(expression) {
        if depth == 0 && at >= from && expression.as_bytes()[at..].starts_with(separator.as_bytes()) {
            parts.push(&expression[from..at]);
            from = at + separator.len();
        }
    }
    parts.push(&expression[from..]);
    parts
}

/// Returns the position and parenthesis depth of each byte outside quotes; a parenthesis counts itself. A quote within
/// quotes is doubled, so it ends one quoted section and begins the next.
fn depths(expression: &str) -> impl Iterator<Item = (usize, i32)> + '_ {
    let (mut depth, mut quote) = (0, None);
    expression.bytes().enumerate().filter_map(move |(at, byte)| {
        match (quote, byte) {
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => return None,
            (None, b'(') => depth += 1,
            (None, b')') => depth -= 1,
            _ => {}
        }
        Some((at, depth))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = r#"(workspace_id = ( SELECT (NULLIF(current_setting('stile.workspace_id'::text, true), ''::text))::uuid AS "nullif"))"#;
    const MINE: &str =
        r#"(user_id = ( SELECT (NULLIF(current_setting('stile.user_id'::text, true), ''::text))::uuid AS "nullif"))"#;

    #[test]
    fn the_tenant_condition_must_be_the_whole_or_the_first_conjunct() {
        for good in [TENANT.to_owned(), format!("({TENANT} AND (a OR b))"), format!("({TENANT} AND a AND b)")] {
            assert!(Scope::Tenant.holds(&good), "refused {good}");
        }
        for bad in [
            "true".to_owned(),
            MINE.to_owned(),
            format!("({TENANT} OR (status = 'active'::text))"),
            format!("(({TENANT} OR true) AND a)"),
            format!("(a AND {TENANT})"),
            format!("(NOT {TENANT})"),
            format!("(note = '{}'::text)", TENANT.replace('\'', "''")),
            TENANT.replace(
                "NULLIF(current_setting('stile.workspace_id'::text, true), ''::text)",
                "current_setting('stile.workspace_id'::text)",
            ),
            TENANT.replace("current_setting", "public.current_setting"),
            TENANT.replace(" = ", " OPERATOR(public.=) "),
            TENANT.replace(" = ", " <> "),
        ] {
            assert!(!Scope::Tenant.holds(&bad), "let through {bad}");
        }
    }

    #[test]
    fn every_alternative_of_an_account_policy_must_use_the_context() {
        assert!(Scope::Account.holds(&format!("({TENANT} OR {MINE})")));
        assert!(
            Scope::Account.holds(&format!("({MINE} AND (email ~~ '%) OR true OR (%'::text))")),
            "a quoted OR is none"
        );
        assert!(!Scope::Account.holds(&format!("({MINE} OR (role = 'owner'::text))")));
        assert!(!Scope::Account.holds("(role = 'owner'::text)"));
    }
}
