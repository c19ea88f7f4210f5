drop function door.queue_mail(uuid, text);
drop function door.claim_mail(int);
drop function door.settle_mail(uuid, text, boolean);
drop table account.mail_queue;
