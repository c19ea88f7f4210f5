-- Authenticates a session or an operator token, and sets the context to its user. `kind` is 'session' or 'token'.
-- Returns no row if the secret is unknown, if the session has ended, has expired or has not been used for 14 days, if
-- the token has been revoked or has expired, or if the user is disabled. The time of the last use is updated once in a
-- while, and only if the transaction can write. A row that another transaction has locked is skipped, so requests don't
-- wait for each other.
create or replace function door.person(kind text, secret_hash bytea)
returns table (session_id uuid, user_id uuid, user_name text, email text, epoch text, landing text, portrait text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    writable constant boolean := current_setting('transaction_read_only') = 'off';
    found_session uuid;
    found_user uuid;
    stale boolean;
begin
    if kind = 'session' then
        select s.id, s.user_id, s.last_seen_at < now() - interval '5 minutes' and writable into found_session, found_user, stale
        from account.sessions s
        where s.token_hash = secret_hash and s.ended_at is null
            and s.expires_at > now() and s.last_seen_at > now() - interval '14 days';
        if stale then
            update account.sessions s set last_seen_at = now()
            where s.id = (select i.id from account.sessions i
                where i.id = found_session and i.last_seen_at < now() - interval '5 minutes' for update skip locked);
        end if;
    elsif kind = 'token' then
        select t.user_id, (t.last_used_at is null or t.last_used_at < now() - interval '1 minute') and writable into found_user, stale
        from account.operator_tokens t where t.token_hash = secret_hash and t.revoked_at is null;
        if stale then
            update account.operator_tokens t set last_used_at = now()
            where t.id = (select i.id from account.operator_tokens i
                where i.token_hash = secret_hash and i.revoked_at is null
                    and (i.last_used_at is null or i.last_used_at < now() - interval '1 minute') for update skip locked);
        end if;
    end if;
    -- The context is set by a statement of its own, from the row that was found. As a condition of the query it would be
    -- up to the planner for which rows it is evaluated, and the last one would stand.
    for session_id, user_id, user_name, email, epoch, landing, portrait in
        select found_session, u.id, u.name, u.email,
            u.seat_epoch || '.' || coalesce((
                select sum(o.seat_epoch) from account.organization_members m
                join account.organizations o on o.id = m.organization_id where m.user_id = u.id), 0),
            coalesce((select p.landing from account.preferences p where p.user_id = u.id), 'last'),
            u.portrait
        from account.users u
        where u.id = found_user and u.disabled_at is null
    loop
        perform set_config('stile.user_id', user_id::text, true);
        return next;
    end loop;
end
$$;
alter function door.person(text, bytea) owner to stile_door;
revoke all on function door.person(text, bytea) from public;
grant execute on function door.person(text, bytea) to stile_app;
