comment on function ops.fence_people(uuid, uuid[]) is null;
drop function door.organization_concerned(uuid[]), door.concerned(uuid[]), ops.one_at_a_time(uuid),
    ops.begin_costly(uuid, integer, integer), ops.take_fences(uuid, uuid[], uuid, boolean, integer);
