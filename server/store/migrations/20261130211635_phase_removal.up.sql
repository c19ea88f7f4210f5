-- Deferred trigger of subscriptions and their phases: at commit, the first phase begins with the subscription, every phase
-- lies within it and has a published version in its currency, and on no day do two subscriptions of a customer price the
-- same meter. Locks the customer, so that two transactions that each add a subscription see one another. A phase that is
-- removed makes the one before it longer, so only the meters are checked then.
create or replace function ops.check_phases() returns trigger language plpgsql set search_path = '' as $$
declare
    changed jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
    place uuid := changed ->> 'workspace_id';
    subject uuid;
begin
    select s.customer_id into subject from workspace.subscriptions s
    where s.workspace_id = place
        and s.id = (changed ->> case tg_table_name when 'subscriptions' then 'id' else 'subscription_id' end)::uuid;
    if not found then
        return null;
    end if;
    perform from workspace.customers c where c.workspace_id = place and c.id = subject for no key update;
    if tg_op <> 'DELETE' and exists (
        select from workspace.subscriptions s
        left join workspace.subscription_phases f on f.workspace_id = s.workspace_id and f.subscription_id = s.id
        left join workspace.rate_plans p on p.workspace_id = f.workspace_id and p.id = f.plan_id
        left join workspace.rate_plan_versions v
            on v.workspace_id = f.workspace_id and v.plan_id = f.plan_id and v.version = f.version
        where s.workspace_id = place and s.customer_id = subject
        group by s.id, s.starts_on, s.ends_on, s.currency
        having min(f.from_on) is distinct from s.starts_on or max(f.from_on) >= s.ends_on
            or bool_or(v.state <> 'published') or bool_or(p.currency <> s.currency)
    ) then
        raise exception 'the phases do not fit the subscription' using errcode = '23000', constraint = 'subscription_phases_fit';
    end if;
    if exists (
        with phases as (
            select f.*, daterange(f.from_on,
                coalesce(lead(f.from_on) over (partition by f.subscription_id order by f.from_on), s.ends_on)) as days
            from workspace.subscriptions s
            join workspace.subscription_phases f on f.workspace_id = s.workspace_id and f.subscription_id = s.id
            where s.workspace_id = place and s.customer_id = subject),
        priced as (
            select f.subscription_id, f.days, c.meter_id from phases f
            join workspace.rate_plan_charges c
                on c.workspace_id = f.workspace_id and c.plan_id = f.plan_id and c.version = f.version
            where c.meter_id is not null)
        select from priced a join priced b on a.meter_id = b.meter_id and a.subscription_id < b.subscription_id and a.days && b.days
    ) then
        raise exception 'two subscriptions price the same meter' using errcode = '23000', constraint = 'subscription_meter_twice';
    end if;
    return null;
end
$$;
revoke all on function ops.check_phases() from public;

create constraint trigger check_removed_phases after delete on workspace.subscription_phases
    deferrable initially deferred for each row execute function ops.check_phases();
