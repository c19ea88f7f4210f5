drop function door.clock(uuid);
