-- Trigger of rate plan versions, charges and tiers: a published version, its charges and its tiers never change.
create or replace function ops.keep_published() returns trigger language plpgsql set search_path = '' as $$
begin
    if tg_table_name = 'rate_plan_versions' then
        if old.state = 'published' then
            raise exception 'a published version does not change' using errcode = '23000', constraint = 'rate_plan_version_published';
        end if;
    -- The row of the version is locked, so that nobody publishes it meanwhile.
    elsif exists (
        select from workspace.rate_plan_versions v
        where (v.workspace_id, v.plan_id, v.version) in (
                values (new.workspace_id, new.plan_id, new.version), (old.workspace_id, old.plan_id, old.version))
            and v.state = 'published'
        for share
    ) then
        raise exception 'a published version does not change' using errcode = '23000', constraint = 'rate_plan_version_published';
    end if;
    return coalesce(new, old);
end
$$;
revoke all on function ops.keep_published() from public;
