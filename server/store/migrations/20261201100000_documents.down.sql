-- Lines, taxes, payments and settings are lost: use it on an empty database only.
drop trigger keep_issued on workspace.invoices;
drop trigger check_document on workspace.invoices;
drop table workspace.payments, workspace.invoice_files, workspace.invoice_taxes, workspace.invoice_lines;
delete from workspace.invoices where kind = 'credit_note' or status = 'draft';
drop index workspace.invoice_cut_taken, workspace.invoice_replaced;
alter table workspace.invoices
    drop column listed_on, drop column number_key,
    drop constraint invoice_subscription, drop constraint invoice_credits, drop constraint invoice_replaces,
    drop constraint invoice_numbered, drop constraint invoice_series_no_taken, drop constraint invoice_amounts,
    drop constraint invoice_settled, drop constraint invoice_cut, drop constraint invoice_voided,
    drop constraint invoices_workspace_id_id_customer_id_key, drop constraint invoice_number,
    drop column kind, drop column series_year, drop column series_no, drop column subscription_id, drop column cut_on,
    drop column credits_id, drop column replaces_id, drop column net_minor, drop column tax_minor, drop column paid_minor,
    drop column credited_minor, drop column sent_at, drop column issued_at, drop column void_reason, drop column note,
    drop column seller, drop column buyer, drop column basis, drop column created_by, drop column updated_at,
    alter number set not null, alter issued_on set not null, alter due_on set not null,
    add constraint invoices_number_check check (length(number) between 1 and 30);
drop index workspace.invoices_workspace_id_created_at_id_idx;
create index on workspace.invoices (workspace_id, issued_on, id);
revoke delete on workspace.invoices from stile_app;
grant update on workspace.invoices to stile_app;
alter table workspace.subscriptions drop column bills_from;
alter table workspace.customers drop constraint customer_tax_rate, drop column tax_rate_id, drop column payment_days;
drop table workspace.series, workspace.billing_settings, workspace.tax_rates;
drop function ops.check_document(), ops.check_series(), ops.keep_issued_parts(), ops.keep_issued();
