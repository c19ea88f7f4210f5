-- How often may be guessed, counted for all servers together.
--
-- Each thing that guesses are counted by (an address, an account, a device) has a row: `due` is when all of its tries
-- so far will be worn off, each after its pace. A try is taken before it is looked at and given back when it was right.
-- What is counted is known by a hash alone. The table is not logged: a crash forgets some minutes of guesses.

create unlogged table account.guesses (
    key bytea primary key check (octet_length(key) = 32),
    due timestamptz not null
);
create index on account.guesses (due);
alter table account.guesses enable row level security;
alter table account.guesses force row level security;
create policy door_reads on account.guesses for select to stile_door using (true);
create policy door_adds on account.guesses for insert to stile_door with check (true);
create policy door_changes on account.guesses for update to stile_door using (true) with check (true);
create policy door_removes on account.guesses for delete to stile_door using (true);
grant select, insert, update, delete on account.guesses to stile_door;

create index sessions_by_place on account.sessions (user_id, ip);

set local role stile_door;

-- Takes a try from each of `keys`, or from none: 0, or the seconds until all of them have one. `most` may be taken at
-- once of the key in the same place, and one more each `pace` seconds after that.
create function door.take_try(keys bytea[], most integer[], pace integer[]) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    counted record;
    stands timestamptz;
    at timestamptz;
    wait interval := interval '0';
begin
    if current_setting('transaction_read_only') = 'on' then
        raise exception 'guesses can not be counted' using errcode = '25006';
    end if;
    -- In one order, and each row stays locked until the end: tries at the same time are looked at one after the other.
    for counted in
        select k.key, k.most, k.pace from unnest(keys, most, pace) k (key, most, pace) order by k.key
    loop
        insert into account.guesses as g (key, due) values (counted.key, now())
        on conflict (key) do update set due = g.due returning g.due into stands;
        at := clock_timestamp();
        wait := greatest(wait, greatest(stands, at) - at - make_interval(secs => counted.pace * (counted.most - 1)));
    end loop;
    if wait > interval '0' then
        return ceil(extract(epoch from wait));
    end if;
    -- Behind the locks: whoever sweeps waits for nobody.
    delete from account.guesses g where g.key in (
        select o.key from account.guesses o where o.due < now() - interval '10 minutes' limit 20 for update skip locked);
    update account.guesses g set due = greatest(g.due, clock_timestamp()) + make_interval(secs => k.pace)
    from unnest(keys, pace) k (key, pace) where g.key = k.key;
    return 0;
end
$$;

-- Gives a try back to each of `keys`.
create function door.return_try(keys bytea[], pace integer[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    counted record;
begin
    for counted in select k.key, k.pace from unnest(keys, pace) k (key, pace) order by k.key loop
        update account.guesses g set due = g.due - make_interval(secs => counted.pace) where g.key = counted.key;
    end loop;
end
$$;

-- Whether the account of that address has signed in from there in the last 90 days: from the same IPv4 address, or the
-- same /64.
create function door.has_signed_in_from(wanted text, place inet) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from account.users u join account.sessions s on s.user_id = u.id
        where u.email = wanted and s.created_at > now() - interval '90 days'
            and case when family(place) = 6 then s.ip <<= network(set_masklen(place, 64)) else s.ip = place end)
$$;

revoke all on function door.take_try(bytea[], integer[], integer[]), door.return_try(bytea[], integer[]),
    door.has_signed_in_from(text, inet) from public;
grant execute on function door.take_try(bytea[], integer[], integer[]), door.return_try(bytea[], integer[]),
    door.has_signed_in_from(text, inet) to stile_app;

reset role;
