-- Enables row level security on a table, also for its owner, and creates one policy per command. A command whose
-- condition is null gets no policy, so it can't see or change any row.
create or replace procedure ops.protect(target regclass, reads text, writes text, removes text)
language plpgsql set search_path = '' as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    if reads is not null then
        execute format('create policy reads on %s for select using (%s)', target, reads);
    end if;
    if writes is not null then
        execute format('create policy adds on %s for insert with check (%s)', target, writes);
        execute format('create policy changes on %s for update using (%s) with check (%s)', target, writes, writes);
    end if;
    if removes is not null then
        execute format('create policy removes on %s for delete using (%s)', target, removes);
    end if;
end
$$;
revoke all on procedure ops.protect(regclass, text, text, text) from public;
