alter policy door_reads on account.operator_tokens using (true);
alter table account.operator_tokens drop column expires_at;
