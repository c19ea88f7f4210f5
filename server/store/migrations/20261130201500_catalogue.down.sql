-- For an empty database: rate plans have no price column to go back to.
drop table workspace.rate_plan_tiers, workspace.rate_plan_charges, workspace.rate_plan_versions, workspace.meters;
drop function ops.keep_published();
drop function ops.check_published();
alter table workspace.invoices drop constraint invoices_currency_fkey,
    add constraint invoices_currency_check check (currency in ('USD', 'EUR', 'GBP', 'JPY'));
alter table workspace.rate_plans
    drop column searchable, drop column code, drop column updated_at,
    drop constraint rate_plan_interval, drop constraint rate_plans_currency_fkey,
    add constraint rate_plans_currency_check check (currency in ('USD', 'EUR', 'GBP', 'JPY')),
    add constraint rate_plans_interval_check check ("interval" in ('month', 'year', 'usage')),
    add searchable text collate "C" not null generated always as (ops.searchable(name)) stored,
    add product_id uuid not null,
    add price_minor bigint not null check (price_minor >= 0),
    add foreign key (workspace_id, product_id) references workspace.products (workspace_id, id);
create index on workspace.rate_plans (workspace_id, product_id);
revoke update (name, status) on workspace.rate_plans from stile_app;
grant update on workspace.rate_plans to stile_app;
drop table ops.currencies;
