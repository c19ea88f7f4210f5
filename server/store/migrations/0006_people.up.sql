-- Mail, sign-up, password reset, change of address, preferences.
--
-- Links in mails hold secrets: their tables keep SHA-256 hashes only, work once and for a limited time by this
-- database's clock, and none of them can be read by the app role; `door` functions take the hash and answer.

-- What is to be sent. `letter` is model::mail::Letter as JSON; it holds links, so it is erased once it is sent or given up.
create table account.mail_queue (
    id uuid primary key,
    letter text,
    attempts int not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_error text check (length(last_error) <= 300),
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    given_up_at timestamptz,
    check ((letter is null) = (sent_at is not null or given_up_at is not null))
);
create index on account.mail_queue (next_attempt_at) where letter is not null;
create index on account.mail_queue (created_at) where letter is null;

do $$
begin
    call ops.protect('account.mail_queue', null, null, null);
end
$$;
grant select, insert, update, delete on account.mail_queue to stile_door;
create policy door_reads on account.mail_queue for select to stile_door using (true);
create policy door_adds on account.mail_queue for insert to stile_door with check (true);
create policy door_changes on account.mail_queue for update to stile_door using (true) with check (true);
create policy door_removes on account.mail_queue for delete to stile_door using (true);

-- A link that was mailed to prove that its holder reads mail at an address: to sign up, to set a new password, to
-- move an account to another address. Only the hash of its secret is here.
create table account.mail_links (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    purpose text not null check (purpose in ('sign_up', 'reset', 'address')),
    email text not null check (email = lower(email) and length(email) <= 254),
    -- Whose password or address; null for a sign-up, and for a reset that was asked for an address without an account.
    user_id uuid references account.users (id),
    -- Where its holder wanted to go: a path that the router has accepted.
    next text check (length(next) <= 2000),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index on account.mail_links (email, purpose);
create index on account.mail_links (user_id) where user_id is not null;
create index on account.mail_links (expires_at);

alter table account.preferences
    add column picker_order text not null default 'organization' check (picker_order in ('organization', 'recent', 'name')),
    add column theme text check (theme in ('system', 'light', 'dark'));
grant update (picker_order, theme) on account.preferences to stile_app;

-- Signing in again under way, after a password was changed, gives the session another secret (ASVS 7.2.4).
grant update (token_hash) on account.sessions to stile_app;

do $$
declare
    me constant text := '(select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
begin
    -- A person sees the address that waits for them and can take it back.
    call ops.protect('account.mail_links', 'user_id = ' || me, 'user_id = ' || me, null);
end
$$;
grant select (purpose, email, user_id, created_at, expires_at, used_at), update (used_at) on account.mail_links to stile_app;

grant select, insert, update (used_at), delete on account.mail_links to stile_door;
create policy door_reads on account.mail_links for select to stile_door using (true);
create policy door_adds on account.mail_links for insert to stile_door with check (true);
create policy door_changes on account.mail_links for update to stile_door using (true) with check (true);
create policy door_removes on account.mail_links for delete to stile_door using (true);
grant update (email, email_verified_at) on account.users to stile_door;

set local role stile_door;

-- Puts a letter into the queue, in the transaction of what it tells.
create function door.queue_mail(id uuid, letter text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.mail_queue (id, letter) values (id, letter)
$$;

-- Claims letters that are due. A claim is a lease: the next attempt is set before this one begins, later each time
-- (1, 2, 4, ... minutes, 6 hours at most), so a sender that dies loses nothing and no two send the same letter at once.
-- What was settled a month ago is forgotten in passing.
create function door.claim_mail(batch int) returns table (id uuid, letter text, attempts int)
language plpgsql volatile security definer set search_path = '' as $$
begin
    delete from account.mail_queue q where q.id in (
        select o.id from account.mail_queue o
        where o.letter is null and o.created_at < now() - interval '30 days' limit 100 for update skip locked);
    return query
        update account.mail_queue q
        set attempts = q.attempts + 1,
            next_attempt_at = now() + least(interval '1 minute' * (2 ^ least(q.attempts, 10)), interval '6 hours')
        where q.id in (
            select d.id from account.mail_queue d
            where d.letter is not null and d.next_attempt_at <= now()
            order by d.next_attempt_at limit batch for update skip locked)
        returning q.id, q.letter, q.attempts;
end
$$;

-- Notes how an attempt ended: with no error the letter is sent; with one it is tried again, unless it was the last.
create function door.settle_mail(wanted uuid, error text, last boolean) returns void
language sql volatile security definer set search_path = '' as $$
    update account.mail_queue q
    set sent_at = case when error is null then now() end,
        given_up_at = case when error is not null and last then now() end,
        letter = case when error is not null and not last then q.letter end,
        last_error = left(error, 300)
    where q.id = wanted and q.letter is not null
$$;

-- Notes a link that is about to be mailed to `address`, and says whether that address has an account. The same
-- statements run either way, so that nobody learns it from the time this takes. What ran out a month ago is forgotten.
create function door.offer_link(hash bytea, purpose text, address text, next_path text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    known uuid;
begin
    if purpose not in ('sign_up', 'reset') then
        raise exception 'no link of that kind is offered to a stranger' using errcode = '42501';
    end if;
    delete from account.mail_links l where l.token_hash in (
        select o.token_hash from account.mail_links o
        where o.expires_at < now() - interval '30 days' limit 100 for update skip locked);
    select u.id into known from account.users u where u.email = address and u.disabled_at is null;
    insert into account.mail_links (token_hash, purpose, email, user_id, next, expires_at)
    values (hash, offer_link.purpose, address, case offer_link.purpose when 'reset' then known end, next_path,
        now() + case offer_link.purpose when 'reset' then interval '1 hour' else interval '24 hours' end);
    -- A disabled person gets no way back by a reset, and their address can't be signed up with.
    return known is not null or offer_link.purpose = 'sign_up' and exists (select from account.users u where u.email = address);
end
$$;

-- The same for an address that the person of this transaction wants to move to. Older links of theirs end.
create function door.offer_address(hash bytea, address text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    if me is null then
        raise exception 'nobody is signed in' using errcode = '42501';
    end if;
    update account.mail_links l set used_at = now() where l.user_id = me and l.purpose = 'address' and l.used_at is null;
    insert into account.mail_links (token_hash, purpose, email, user_id, expires_at)
    values (hash, 'address', address, me, now() + interval '24 hours');
    return exists (select from account.users u where u.email = address);
end
$$;

-- What a link is worth, without using it up. The address is told only while it is open.
create function door.look_at_link(hash bytea, wanted text)
returns table (state text, email text, name text)
language sql stable security definer set search_path = '' as $$
    select case when l.used_at is not null then 'used' when l.expires_at <= now() then 'expired' else 'open' end,
        case when l.used_at is null and l.expires_at > now() then l.email end,
        case when l.used_at is null and l.expires_at > now() then u.name end
    from account.mail_links l left join account.users u on u.id = l.user_id
    where l.token_hash = hash and l.purpose = wanted
$$;

-- Uses a link up: of any number who try at once one gets the row. Other links of the same kind for that address end
-- with it. For a reset the context becomes that of the person whose password it is.
create function door.take_link(hash bytea, wanted text)
returns table (email text, user_id uuid, next_path text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    taken record;
begin
    update account.mail_links l set used_at = now()
    where l.token_hash = hash and l.purpose = wanted and l.purpose in ('sign_up', 'reset')
        and l.used_at is null and l.expires_at > now()
        and (l.purpose = 'sign_up' or exists (
            select from account.users u where u.id = l.user_id and u.email = l.email and u.disabled_at is null))
    returning l.email, l.user_id, l.next into taken;
    if not found then
        return;
    end if;
    update account.mail_links l set used_at = now()
    where l.email = taken.email and l.purpose = wanted and l.used_at is null;
    if taken.user_id is not null then
        perform set_config('stile.user_id', taken.user_id::text, true);
    end if;
    return query select taken.email, taken.user_id, taken.next;
end
$$;

-- Moves the account of the person of this transaction to the address that the link proves. Links that were mailed to
-- the old address end. A taken address is a unique violation.
create function door.take_address(hash bytea) returns table (old_email text, new_email text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    wanted text;
    old text;
begin
    update account.mail_links l set used_at = now()
    where l.token_hash = hash and l.purpose = 'address' and l.user_id = me and l.used_at is null and l.expires_at > now()
    returning l.email into wanted;
    if not found then
        return;
    end if;
    select u.email into old from account.users u where u.id = me for update;
    update account.users u set email = wanted, email_verified_at = now() where u.id = me;
    update account.mail_links l set used_at = now() where l.user_id = me and l.used_at is null;
    return query select old, wanted;
end
$$;

revoke all on function door.offer_link(bytea, text, text, text), door.offer_address(bytea, text),
    door.look_at_link(bytea, text), door.take_link(bytea, text), door.take_address(bytea) from public;
grant execute on function door.offer_link(bytea, text, text, text), door.offer_address(bytea, text),
    door.look_at_link(bytea, text), door.take_link(bytea, text), door.take_address(bytea) to stile_app;
revoke all on function door.queue_mail(uuid, text), door.claim_mail(int), door.settle_mail(uuid, text, boolean) from public;
grant execute on function door.queue_mail(uuid, text), door.claim_mail(int), door.settle_mail(uuid, text, boolean) to stile_app;

reset role;
