-- Deferred trigger of documents, their lines and taxes, and payments: at commit, the sums of an issued document are those
-- of its lines and taxes, and what is paid and credited those of its payments and credit notes. No line is credited with
-- more than it charged.
create or replace function ops.check_document() returns trigger language plpgsql set search_path = '' as $$
declare
    changed jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
    place uuid := changed ->> 'workspace_id';
    one uuid := changed ->> case tg_table_name when 'invoices' then 'id' else 'invoice_id' end;
begin
    if exists (
        select from workspace.invoices i
        where i.workspace_id = place and i.id = one and i.status <> 'draft' and (
            i.net_minor is distinct from (
                select coalesce(sum(l.net_minor), 0) from workspace.invoice_lines l
                where l.workspace_id = place and l.invoice_id = i.id)
            or i.net_minor is distinct from (
                select coalesce(sum(t.net_minor), 0) from workspace.invoice_taxes t
                where t.workspace_id = place and t.invoice_id = i.id)
            or i.tax_minor is distinct from (
                select coalesce(sum(t.tax_minor), 0) from workspace.invoice_taxes t
                where t.workspace_id = place and t.invoice_id = i.id)
            or i.paid_minor is distinct from (
                select coalesce(sum(p.amount_minor), 0) from workspace.payments p
                where p.workspace_id = place and p.invoice_id = i.id and p.reversed_at is null)
            or i.credited_minor is distinct from (
                select coalesce(sum(c.total_minor), 0) from workspace.invoices c
                where c.workspace_id = place and c.credits_id = i.id and c.status <> 'draft'))
    ) then
        raise exception 'the sums do not fit the document' using errcode = '23000', constraint = 'document_sums';
    end if;
    if exists (
        select from workspace.invoices c
        join workspace.invoices i on i.workspace_id = c.workspace_id and i.id = c.credits_id
        where c.workspace_id = place and c.id = one and c.kind = 'credit_note' and c.status <> 'draft' and (
            i.status not in ('open', 'paid') or i.kind <> 'invoice' or i.currency <> c.currency or i.customer_id <> c.customer_id
            or i.credited_minor is distinct from (
                select sum(n.total_minor) from workspace.invoices n
                where n.workspace_id = place and n.credits_id = i.id and n.status <> 'draft')
            or exists (
                select from workspace.invoice_lines l
                join workspace.invoices n on n.workspace_id = l.workspace_id and n.id = l.invoice_id
                left join workspace.invoice_lines o
                    on o.workspace_id = l.workspace_id and o.invoice_id = i.id and o.position = l.credits_position
                where l.workspace_id = place and n.credits_id = i.id and n.status <> 'draft'
                group by l.credits_position, o.net_minor
                having o.net_minor is null or sum(l.net_minor) > o.net_minor))
    ) then
        raise exception 'more is credited than was charged' using errcode = '23000', constraint = 'document_credits';
    end if;
    return null;
end
$$;
revoke all on function ops.check_document() from public;
