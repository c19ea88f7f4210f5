-- Returns up to `batch` queued emails that are due, and sets the time of their next attempt: 1, 2, 4, ... minutes from
-- now, at most 6 hours. So no two senders send the same email at once, and the emails of a sender that stops are sent
-- later. Also deletes entries that are finished and older than 30 days.
create or replace function door.claim_mail(batch int) returns table (id uuid, letter text, attempts int)
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
alter function door.claim_mail(integer) owner to stile_door;
revoke all on function door.claim_mail(integer) from public;
grant execute on function door.claim_mail(integer) to stile_app;
