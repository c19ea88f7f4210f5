drop table account.api_keys;
set local role stile_door;
drop function door.key(bytea, text);
drop function door.fence_key();
reset role;
