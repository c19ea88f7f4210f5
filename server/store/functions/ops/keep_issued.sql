-- Trigger of documents: what is issued does not change, except along its states: open, paid and void. A document gets the
-- next number of its series when it is issued, and no earlier date than the one before. Drafts can be deleted.
create or replace function ops.keep_issued() returns trigger language plpgsql set search_path = '' as $$
declare
    -- Generated columns are not computed yet; they follow from others.
    free constant text[] := array['status', 'paid_minor', 'credited_minor', 'sent_at', 'void_reason', 'updated_at', 'listed_on', 'number_key'];
    numbers workspace.series;
begin
    if tg_op = 'DELETE' then
        if old.status <> 'draft' then
            raise exception 'an issued document is not deleted' using errcode = '23000', constraint = 'document_issued';
        end if;
        return old;
    end if;
    if tg_op = 'UPDATE' and old.status <> 'draft' then
        if old.status = 'void' or new.status = 'draft' or to_jsonb(old) - free <> to_jsonb(new) - free then
            raise exception 'an issued document does not change' using errcode = '23000', constraint = 'document_issued';
        end if;
        if new.status = 'void' and (old.paid_minor > 0 or old.credited_minor > 0 or new.paid_minor > 0 or new.credited_minor > 0) then
            raise exception 'a document with payments or credits is not void' using errcode = '23000', constraint = 'document_settled';
        end if;
    elsif new.status <> 'draft' then
        if tg_op = 'UPDATE' and (old.kind, old.customer_id) is distinct from (new.kind, new.customer_id) then
            raise exception 'the document is of another customer' using errcode = '23000', constraint = 'document_issued';
        end if;
        select * into numbers from workspace.series s where s.workspace_id = new.workspace_id and s.kind = new.kind for update;
        if new.series_year is distinct from numbers.series_year or new.issued_on is distinct from numbers.last_on
            or new.series_no is distinct from (
                select coalesce(max(i.series_no) + 1, numbers.starts_at) from workspace.invoices i
                where i.workspace_id = new.workspace_id and i.kind = new.kind and i.series_year = new.series_year
                    and i.id <> new.id)
        then
            raise exception 'the number does not follow the one before' using errcode = '23000', constraint = 'document_number_gap';
        end if;
    end if;
    return new;
end
$$;
revoke all on function ops.keep_issued() from public;
