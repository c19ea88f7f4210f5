-- Returns the rank of a role, in a workspace or an organization, for comparing roles; 0 for null.
create or replace function ops.rank(role text) returns int
language sql immutable parallel safe set search_path = '' as $$
    select case role when 'owner' then 6 when 'admin' then 5 when 'billing_admin' then 4 when 'member' then 3
        when 'viewer' then 2 when 'guest' then 1 else 0 end
$$;
revoke all on function ops.rank(text) from public;
grant execute on function ops.rank(text) to stile_app, stile_door;
