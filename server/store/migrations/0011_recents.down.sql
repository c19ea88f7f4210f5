revoke update (recents_since) on account.preferences from stile_app;
alter table account.preferences drop column recents_since;
