-- Since when a workspace that is entered counts as recent: what a person clears, they clear on all their devices. When
-- each was last opened stays known.

alter table account.preferences add recents_since timestamptz;
grant update (recents_since) on account.preferences to stile_app;
