-- Operator tokens end: at a date that their owner chooses. Those that are there already work for 90 more days, and so do
-- those that a server of the former version creates, which says no date.
alter table account.operator_tokens add column expires_at timestamptz not null default now() + interval '90 days';

-- The doors don't see a token that has ended.
alter policy door_reads on account.operator_tokens using (expires_at > now());
