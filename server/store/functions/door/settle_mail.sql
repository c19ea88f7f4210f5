-- Stores the result of an attempt to send an email. Without an error it is sent; with an error it is tried again later,
-- unless this was the last attempt.
create or replace function door.settle_mail(wanted uuid, error text, last boolean) returns void
language sql volatile security definer set search_path = '' as $$
    update account.mail_queue q
    set sent_at = case when error is null then now() end,
        given_up_at = case when error is not null and last then now() end,
        letter = case when error is not null and not last then q.letter end,
        last_error = left(error, 300)
    where q.id = wanted and q.letter is not null
$$;
alter function door.settle_mail(uuid, text, boolean) owner to stile_door;
revoke all on function door.settle_mail(uuid, text, boolean) from public;
grant execute on function door.settle_mail(uuid, text, boolean) to stile_app;
