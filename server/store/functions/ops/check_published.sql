-- Trigger of rate plan versions: a version that is published has a charge, and the tiers of each charge rise and end with
-- one without a bound.
create or replace function ops.check_published() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.state = 'published' and (
        not exists (
            select from workspace.rate_plan_charges c
            where c.workspace_id = new.workspace_id and c.plan_id = new.plan_id and c.version = new.version)
        or exists (
            select from workspace.rate_plan_charges c
            left join lateral (
                select count(*) as tiers, count(*) filter (where b.rises is not true) as faults
                from (
                    select case when t.tier = max(t.tier) over () then t.up_to is null
                        else t.up_to > coalesce(lag(t.up_to) over (order by t.tier), 0) end as rises
                    from workspace.rate_plan_tiers t
                    where t.workspace_id = c.workspace_id and t.plan_id = c.plan_id and t.version = c.version
                        and t.position = c.position) b) n on true
            where c.workspace_id = new.workspace_id and c.plan_id = new.plan_id and c.version = new.version
                and ((c.model in ('graduated', 'volume')) <> (n.tiers > 0) or n.faults > 0))
    ) then
        raise exception 'the version has no complete price' using errcode = '23000', constraint = 'rate_plan_version_incomplete';
    end if;
    return new;
end
$$;
revoke all on function ops.check_published() from public;
