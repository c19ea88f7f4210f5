-- Returns the normalized form of a text for searching: NFKC, lower case, without invisible characters, `ß` as `ss`.
-- `model::text` does the same in the browser.
create or replace function ops.fold(text) returns text language sql immutable strict parallel safe as $$
    select translate(replace(lower(normalize(regexp_replace($1,
        '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]',
        '', 'g'), nfkc) collate ops.by_name), 'ß', 'ss'), 'ς', 'σ')
$$;
revoke all on function ops.fold(text) from public;
grant execute on function ops.fold(text) to stile_app;
