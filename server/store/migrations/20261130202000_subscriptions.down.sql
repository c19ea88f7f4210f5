-- For a database without subscriptions, which are lost.
drop table workspace.subscription_phases, workspace.subscriptions, workspace.customer_contacts;
drop function ops.check_phases();
alter table workspace.customers
    drop column external_id, drop column legal_name, drop column address, drop column tax_id,
    add rate_plan_id uuid,
    add constraint customer_rate_plan foreign key (workspace_id, rate_plan_id) references workspace.rate_plans (workspace_id, id);
create index on workspace.customers (workspace_id, rate_plan_id);
drop table workspace.customer_subjects;
