drop function door.settle_answer(uuid, integer, text, text, text, bytea);
drop table account.idempotency_keys;
