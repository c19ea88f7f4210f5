-- Returns the number of emails that a person or an organization can cause per day. It grows with the age of the
-- account, so that a new account can't send many.
create or replace function ops.mails_a_day(what text, since timestamptz) returns int
language sql stable set search_path = '' as $$
    select case what when 'person' then
        case when since > now() - interval '1 day' then 20 when since > now() - interval '30 days' then 200 else 1000 end
    else
        case when since > now() - interval '1 day' then 50 when since > now() - interval '30 days' then 500 else 5000 end
    end
$$;
revoke all on function ops.mails_a_day(text, timestamptz) from public;
grant execute on function ops.mails_a_day(text, timestamptz) to stile_door;
