-- Adds an email to the queue. It is sent only if the current transaction commits.
create or replace function door.queue_mail(id uuid, letter text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.mail_queue (id, letter) values (id, letter)
$$;
alter function door.queue_mail(uuid, text) owner to stile_door;
revoke all on function door.queue_mail(uuid, text) from public;
grant execute on function door.queue_mail(uuid, text) to stile_app;
