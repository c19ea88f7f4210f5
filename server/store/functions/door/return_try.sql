-- Returns one attempt to each of `keys`, which door.take_try has taken.
create or replace function door.return_try(keys bytea[], pace integer[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    counted record;
begin
    for counted in select k.key, k.pace from unnest(keys, pace) k (key, pace) order by k.key loop
        update account.guesses g set due = g.due - make_interval(secs => counted.pace) where g.key = counted.key;
    end loop;
end
$$;
alter function door.return_try(bytea[], integer[]) owner to stile_door;
revoke all on function door.return_try(bytea[], integer[]) from public;
grant execute on function door.return_try(bytea[], integer[]) to stile_app;
