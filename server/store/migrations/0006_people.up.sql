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

revoke all on function door.queue_mail(uuid, text), door.claim_mail(int), door.settle_mail(uuid, text, boolean) from public;
grant execute on function door.queue_mail(uuid, text), door.claim_mail(int), door.settle_mail(uuid, text, boolean) to stile_app;

reset role;
