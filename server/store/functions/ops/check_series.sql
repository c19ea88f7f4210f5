-- Deferred trigger of series: at commit, the next number is the one after the last document of the series. The first
-- number can only be chosen while the series has no document.
create or replace function ops.check_series() returns trigger language plpgsql set search_path = '' as $$
begin
    if exists (
        select from workspace.series s
        where s.workspace_id = new.workspace_id and s.kind = new.kind and s.next is distinct from (
            select coalesce(max(i.series_no) + 1, s.starts_at) from workspace.invoices i
            where i.workspace_id = s.workspace_id and i.kind = s.kind and i.series_year = s.series_year)
    ) then
        raise exception 'a number is missing' using errcode = '23000', constraint = 'document_number_gap';
    end if;
    return null;
end
$$;
revoke all on function ops.check_series() from public;
