drop function door.cause_mail(text, text);
drop function door.mail_allowance();
drop function door.mailing_organization();
drop function ops.mails_a_day(text, timestamptz);
revoke update (created_at) on account.users, account.organizations from stile_door;
drop table account.caused_mails;
