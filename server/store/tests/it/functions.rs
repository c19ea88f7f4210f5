//! Invariant: `server/store/functions` holds the current definition of every function, with its owner and privileges.
//! Running the files in a migrated database changes nothing.

use crate::support::{Database, connect, execute};
use sqlx::{Connection, PgConnection};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Directory of the files, which are named `<schema>/<function>.sql`.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/functions");

/// All functions and procedures that belong neither to PostgreSQL nor to an extension: signature, name with schema, and
/// everything that a file defines. `pg_get_functiondef` includes `security definer` and the settings of the function.
const FUNCTIONS: &str = "
    select p.oid::regprocedure::text, n.nspname || '.' || p.proname,
        format('%sowner %s, privileges %s', pg_get_functiondef(p.oid), p.proowner::regrole,
            array(select a::text from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) a order by 1))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prokind <> 'a' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')";

/// Resets what `create or replace` keeps, the owner and the privileges, to those of a new function. Marks each function
/// by a setting, which `create or replace` removes, so that a function that no file replaces can be recognized.
const RESET: &str = "
    do $$
    declare
        routine record;
        grantee regrole;
    begin
        for routine in
            select p.oid::regprocedure as signature, p.proowner as owner, p.proacl as privileges
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where p.prokind <> 'a' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        loop
            execute format('alter routine %s owner to session_user', routine.signature);
            for grantee in
                select distinct a.grantee from aclexplode(routine.privileges) a
                where a.grantee not in (0, routine.owner, session_user::regrole)
            loop
                execute format('revoke all on routine %s from %s', routine.signature, grantee);
            end loop;
            execute format('grant execute on routine %s to session_user, public', routine.signature);
            execute format('alter routine %s set application_name = ''replaced by no file''', routine.signature);
        end loop;
    end
    $$";

/// A function in the catalog.
struct Function {
    /// Name with schema.
    name: String,
    /// Definition, owner and privileges.
    definition: String,
}

/// Returns the functions in the catalog by their signatures.
async fn functions(connection: &mut PgConnection) -> BTreeMap<String, Function> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(FUNCTIONS).fetch_all(connection).await.unwrap();
    rows.into_iter().map(|(signature, name, definition)| (signature, Function { name, definition })).collect()
}

/// Returns the text of each file by the name of its function.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for schema in entries(Path::new(FILES)).into_iter().filter(|path| path.is_dir()) {
        for file in entries(&schema).into_iter().filter(|path| path.extension().is_some_and(|e| e == "sql")) {
            files.insert(format!("{}.{}", stem(&schema), stem(&file)), fs::read_to_string(&file).unwrap());
        }
    }
    files
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// Returns the path of a function's file in the repository.
fn path(name: &str) -> String {
    format!("server/store/functions/{}.sql", name.replacen('.', "/", 1))
}

/// Runs all files, and returns one line for each difference between them and the catalog. Leaves the changes in the
/// transaction of the caller.
async fn differences(connection: &mut PgConnection) -> Vec<String> {
    let files = files();
    let migrated = functions(connection).await;
    let mut found = Vec::new();
    for (signature, function) in &migrated {
        if !files.contains_key(&function.name) {
            found.push(format!("{signature} has no file: add {}", path(&function.name)));
        }
    }
    for name in files.keys() {
        if !migrated.values().any(|function| function.name == *name) {
            found.push(format!("no migration creates {name}: add one (`scripts/functions`), or delete {}", path(name)));
        }
    }
    execute(connection, RESET).await.unwrap();
    for (name, sql) in &files {
        if let Err(error) = execute(connection, sql).await {
            // The transaction is aborted, so the other files can't be run.
            found.push(format!("{} fails: {error}. Correct it, or add a migration (`scripts/functions`)", path(name)));
            return found;
        }
    }
    let filed = functions(connection).await;
    for (signature, function) in &migrated {
        let definition = filed.get(signature).map_or("", |function| function.definition.as_str());
        if files.contains_key(&function.name) && function.definition != definition {
            found.push(format!(
                "{signature} differs from {}: correct the file, or add a migration (`scripts/functions`); {}",
                path(&function.name),
                first_difference(&function.definition, definition)
            ));
        }
    }
    for signature in filed.keys().filter(|signature| !migrated.contains_key(*signature)) {
        found.push(format!("a file creates {signature}, but no migration does: add one (`scripts/functions`)"));
    }
    found
}

fn first_difference(migrated: &str, filed: &str) -> String {
    let (mut migrated, mut filed) = (migrated.lines(), filed.lines());
    loop {
        let (one, other) = (migrated.next(), filed.next());
        if one != other || one.is_none() {
            let [one, other] = [one, other].map(|line| line.unwrap_or_default().trim());
            return format!("the migrations have `{one}`, the file has `{other}`");
        }
    }
}

#[tokio::test]
async fn the_files_and_the_migrations_define_the_same_functions() {
    let db = Database::fresh().await;
    // As the owner, who runs migrations: the files grant privileges to `session_user`.
    let mut owner = connect(&db.owner()).await;
    let mut tx = owner.begin().await.unwrap();
    let found = differences(&mut tx).await;
    assert!(found.is_empty(), "server/store/functions is not what the migrations create:\n{}", found.join("\n"));
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn every_difference_is_reported() {
    let db = Database::fresh().await;
    let mut owner = connect(&db.owner()).await;
    for (fault, function) in [
        (
            "create or replace function door.slug_is_free(wanted text) returns boolean
            language sql stable security definer set search_path = '' as 'select true'",
            "door.slug_is_free(text)",
        ),
        ("alter function door.slug_is_free(text) volatile", "door.slug_is_free(text)"),
        ("alter function door.slug_is_free(text) security invoker", "door.slug_is_free(text)"),
        ("alter function door.slug_is_free(text) reset search_path", "door.slug_is_free(text)"),
        ("alter function door.slug_is_free(text) owner to session_user", "door.slug_is_free(text)"),
        ("revoke execute on function door.slug_is_free(text) from stile_app", "door.slug_is_free(text)"),
        ("revoke execute on function door.keep_owner() from session_user", "door.keep_owner()"),
        ("grant execute on function door.has_proven() to stile_app", "door.has_proven()"),
        ("grant execute on function ops.fence(text, uuid) to public", "ops.fence(text,uuid)"),
        ("grant execute on procedure ops.protect_tenant to stile_door", "ops.protect_tenant(regclass,text)"),
        ("create function door.seats(who uuid) returns bigint language sql as 'select 1::bigint'", "door.seats(uuid)"),
        ("create function workspace.planted() returns int language sql as 'select 1'", "workspace.planted()"),
        ("alter function door.seat_counts() rename to planted", "door.planted()"),
        ("drop function door.seat_counts()", "door.seat_counts"),
        // Another result, which `create or replace` can't change.
        (
            "drop function door.seat_counts(); create function door.seat_counts() returns int language sql as 'select 1'",
            "door/seat_counts.sql fails: ",
        ),
    ] {
        let mut tx = owner.begin().await.unwrap();
        execute(&mut tx, fault).await.unwrap_or_else(|error| panic!("can't execute {fault}: {error}"));
        let found = differences(&mut tx).await;
        tx.rollback().await.unwrap();
        assert!(found.iter().any(|line| line.contains(function)), "not reported: {fault}\nfound: {}", found.join("\n"));
        // A function that is renamed or dropped is reported twice, once because its file creates it.
        let is_expected =
            |line: &&String| line.contains(function) || fault.contains("seat_counts") && line.contains("seat_counts");
        let others = found.iter().filter(|line| !is_expected(line));
        assert_eq!(others.count(), 0, "{fault}\nis reported for other functions, too: {}", found.join("\n"));
    }
}
