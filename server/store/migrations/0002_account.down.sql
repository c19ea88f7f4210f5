drop table account.audit_log, account.preferences, account.operator_tokens, account.handoffs, account.visits,
    account.workspace_members, account.slugs, account.workspaces, account.organization_members, account.organizations,
    account.sessions, account.users;
