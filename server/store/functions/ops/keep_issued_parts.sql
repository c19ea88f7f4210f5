-- Trigger of the lines and taxes of documents: those of an issued document never change.
create or replace function ops.keep_issued_parts() returns trigger language plpgsql set search_path = '' as $$
begin
    -- The row of the document is locked, so that nobody issues it meanwhile.
    if exists (
        select from workspace.invoices i
        where (i.workspace_id, i.id) in (values (new.workspace_id, new.invoice_id), (old.workspace_id, old.invoice_id))
            and i.status <> 'draft'
        for share
    ) then
        raise exception 'an issued document does not change' using errcode = '23000', constraint = 'document_issued';
    end if;
    return coalesce(new, old);
end
$$;
revoke all on function ops.keep_issued_parts() from public;
