drop function door.has_signed_in_from(text, inet), door.return_try(bytea[], integer[]),
    door.take_try(bytea[], integer[], integer[]);
drop index account.sessions_by_place;
drop table account.guesses;
