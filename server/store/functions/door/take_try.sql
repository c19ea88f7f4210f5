-- Takes one attempt from each of `keys`, or from none of them. Returns 0, or the number of seconds until all of them
-- have one. At the same position as each key, `most` is the number of attempts that can be taken at once, and `pace`
-- the number of seconds after which one more can be taken.
create or replace function door.take_try(keys bytea[], most integer[], pace integer[]) returns integer
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
alter function door.take_try(bytea[], integer[], integer[]) owner to stile_door;
revoke all on function door.take_try(bytea[], integer[], integer[]) from public;
grant execute on function door.take_try(bytea[], integer[], integer[]) to stile_app;
