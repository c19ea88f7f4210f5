-- Trigger function: increments the seat epoch of the people in the transition table `changed`. Lists of seats are
-- cached under this number, so a change to a seat makes the cached list invalid in the same transaction.
create or replace function door.bump_people() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update account.users u set seat_epoch = u.seat_epoch + 1
    where u.id in (select c.user_id from changed c);
    return null;
end
$$;
alter function door.bump_people() owner to stile_door;
revoke all on function door.bump_people() from public;
grant execute on function door.bump_people() to session_user;
