-- Requests with an Idempotency-Key, and their answers, kept for a day. An attempt begins as running, is written as soon
-- as the transaction of its write commits, and done when its answer is kept.

create table account.idempotency_keys (
    user_id uuid not null references account.users (id),
    -- Whose key it is: the person, for all of their operator tokens.
    principal uuid not null,
    key_hash bytea not null check (octet_length(key_hash) = 32),
    request_hash bytea not null check (octet_length(request_hash) = 32),
    attempt uuid not null unique,
    -- The role of the seat that the answer was given to.
    role text not null,
    state text not null default 'running' check (state in ('running', 'written', 'done')),
    status integer check (status between 200 and 499),
    content_type text,
    location text,
    etag text,
    body bytea check (octet_length(body) <= 1048576),
    at timestamptz not null default now(),
    primary key (user_id, principal, key_hash),
    check ((state = 'done') = (status is not null) and (status is null) = (body is null))
);
create index on account.idempotency_keys (at);

do $$
declare
    me constant text := '(select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
begin
    call ops.protect('account.idempotency_keys', 'user_id = ' || me, 'user_id = ' || me, null);
end
$$;
create policy door_reads on account.idempotency_keys for select to stile_door using (true);
create policy door_changes on account.idempotency_keys for update to stile_door using (true) with check (true);
create policy door_removes on account.idempotency_keys for delete to stile_door using (true);
grant select, update, delete on account.idempotency_keys to stile_door;
grant select, insert, update (request_hash, attempt, role, state, status, content_type, location, etag, body, at)
    on account.idempotency_keys to stile_app;

-- Ends the attempt `wanted` at a request with an Idempotency-Key. Keeps its answer; without one (`code` is null), the key
-- is free again, unless the attempt has written something. Knowing the attempt's random id is the permission. Also
-- deletes some answers that are older than a day.
create or replace function door.settle_answer(wanted uuid, code integer, media text, place text, tag text, content bytea)
returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    if code is null then
        delete from account.idempotency_keys k where k.attempt = wanted and k.state = 'running';
    else
        update account.idempotency_keys k
        set state = 'done', status = code, content_type = media, location = place, etag = tag, body = content
        where k.attempt = wanted and k.state <> 'done';
    end if;
    delete from account.idempotency_keys k where k.attempt in (
        select o.attempt from account.idempotency_keys o where o.at < now() - interval '24 hours'
        limit 20 for update skip locked);
end
$$;
alter function door.settle_answer(uuid, integer, text, text, text, bytea) owner to stile_door;
revoke all on function door.settle_answer(uuid, integer, text, text, text, bytea) from public;
grant execute on function door.settle_answer(uuid, integer, text, text, text, bytea) to stile_app;
