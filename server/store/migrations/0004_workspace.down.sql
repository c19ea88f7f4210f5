drop table workspace.audit_log, workspace.invoices, workspace.usage, workspace.customer_shares, workspace.customers,
    workspace.rate_plans, workspace.products;
