-- Ends the attempt `wanted` at a request with an Idempotency-Key. Keeps its answer; without one (`code` is null), the key
-- is free again, or, if the attempt has written something, its answer is lost. Knowing the attempt's random id is the permission. Also
-- deletes some answers that are older than a day.
create or replace function door.settle_answer(wanted uuid, code integer, media text, place text, tag text, content bytea)
returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    if code is null then
        delete from account.idempotency_keys k where k.attempt = wanted and k.state = 'running';
        update account.idempotency_keys k set state = 'lost' where k.attempt = wanted and k.state = 'written';
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
