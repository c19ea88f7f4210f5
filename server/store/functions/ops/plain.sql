-- Removes accents and vowel points from a text that ops.fold has returned.
create or replace function ops.plain(text) returns text language sql immutable strict parallel safe as $$
    select normalize(translate(regexp_replace(normalize($1, nfd),
        '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g'), 'łøđħıŧ', 'lodhit'), nfc)
$$;
revoke all on function ops.plain(text) from public;
grant execute on function ops.plain(text) to stile_app;
