-- Returns whether the current session has verified a second factor.
create or replace function door.has_proven() returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (select from account.sessions s
        where s.id = nullif(current_setting('stile.session_id', true), '')::uuid
            and s.user_id = nullif(current_setting('stile.user_id', true), '')::uuid
            and s.ended_at is null and s.factor_at is not null)
$$;
alter function door.has_proven() owner to stile_door;
revoke all on function door.has_proven() from public;
