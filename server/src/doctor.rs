//! `stile doctor`: checks the installation and prints one line per check. A failure states its remedy.
//!
//! Changes nothing, except that a private cluster that is not running is started for the duration of the checks.

use crate::{
    assets::Site,
    config::Config,
    database::{self, ClusterAccess, Database},
    error::CommandError,
    services,
    shutdown::Shutdown,
};
use sqlx::{
    Connection as _, PgConnection,
    migrate::{Migrate as _, MigrateError},
};
use std::process::ExitCode;
use store::{collation::Collation, guard::GuardError, lint, migrate::MIGRATOR};

/// Prints the result of each check and counts the failures.
#[derive(Default)]
struct Report {
    failures: usize,
}

impl Report {
    fn pass(&mut self, check: &str, what: impl std::fmt::Display) {
        println!("ok    {check}: {what}");
    }

    fn skip(&mut self, check: &str, why: impl std::fmt::Display) {
        println!("skip  {check}: {why}");
    }

    fn fail(&mut self, check: &str, what: impl std::fmt::Display) {
        self.failures += 1;
        let line = what.to_string();
        println!("FAIL  {check}: {}", line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

/// Runs all checks. The exit code is 0 only if none failed.
///
/// # Errors
/// `CommandError::Config` if a setting is invalid or missing; `CommandError::Stopped` if a signal interrupts the
/// checks.
pub(crate) async fn run(config: &Config, shutdown: &Shutdown) -> Result<ExitCode, CommandError> {
    let mut report = Report::default();
    configuration(config, &mut report)?;
    match shutdown.or_stop(Database::open(config, ClusterAccess::Shared)).await.ok_or(CommandError::Stopped)? {
        Err(error) => report.fail("database", error),
        Ok(database) => {
            report.pass("database", "it answers");
            let visit = shutdown.or_stop(examine(&database, &mut report)).await;
            database.close().await;
            visit.ok_or(CommandError::Stopped)??;
        }
    }
    match report.failures {
        0 => {
            println!("All is well.");
            Ok(ExitCode::SUCCESS)
        }
        failures => {
            println!("{failures} of the checks failed.");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn configuration(config: &Config, report: &mut Report) -> Result<(), CommandError> {
    config.chosen_secret()?;
    let public = config.public.as_ref().map_or_else(|| "the request's Host".to_owned(), ToString::to_string);
    let mail = config.smtp.as_ref().map_or_else(
        || format!("to {}", config.data_dir.join("outbox").display()),
        |smtp| format!("over {}", smtp.host()),
    );
    report.pass("configuration", format_args!("listens on {}, public as {public}, mail {mail}", config.listen));
    match Site::open(&config.site_dir) {
        Ok(site) => report.pass("client", &site.urls().boot),
        Err(error) => report.fail("client", error),
    }
    match services::fonts(config) {
        Ok(fonts) => match fonts.missing_scripts().as_slice() {
            [] => report.pass("fonts", "invoices print every script that is looked for"),
            missing => report.skip(
                "fonts",
                format_args!(
                    "invoices print ? for letters of {}. If you need them, name a directory of fonts in STILE_FONTS.",
                    missing.join(", ")
                ),
            ),
        },
        Err(error) => report.fail("fonts", error),
    }
    Ok(())
}

async fn examine(database: &Database, report: &mut Report) -> Result<(), CommandError> {
    let migrated = guard(database, report).await?;
    migrations(database, report).await;
    match store::collation::check(database.app()?).await {
        Ok(Collation::Well) => report.pass("collation", "names are sorted by ICU"),
        Ok(fault) => report.fail("collation", fault),
        Err(error) => report.fail("collation", error),
    }
    if !migrated {
        report.skip("catalogue", "there is nothing in it yet");
        return Ok(());
    }
    match lint::findings(database.app()?).await {
        Ok(findings) if findings.is_empty() => report.pass("catalogue", "every table is under row level security"),
        Ok(findings) => findings.iter().for_each(|finding| report.fail("catalogue", finding)),
        Err(error) => report.fail("catalogue", error),
    }
    Ok(())
}

/// Reports the boot guard's checks separately: the role, and the rows that can be read without a context. Returns
/// `false` if the schema has not been migrated.
async fn guard(database: &Database, report: &mut Report) -> Result<bool, CommandError> {
    const ROLE: &str = "role";
    const ISOLATION: &str = "isolation";
    let store = database.store()?;
    let found = store::guard::check(&store).await;
    database::close(&store).await;
    let role_is_well = "stile_app owns nothing, is a member of nothing and bypasses nothing";
    match found {
        Ok(()) => {
            report.pass(ROLE, role_is_well);
            report.pass(ISOLATION, "without a context no row of any table can be read");
        }
        Err(error @ GuardError::Leak(..)) => {
            report.pass(ROLE, role_is_well);
            report.fail(ISOLATION, error);
        }
        Err(error @ GuardError::NotMigrated(_)) => {
            report.pass(ROLE, role_is_well);
            report.fail(ISOLATION, error);
            return Ok(false);
        }
        Err(error) => {
            report.fail(ROLE, error);
            report.skip(ISOLATION, "not looked at, because of the above");
        }
    }
    Ok(true)
}

/// Checks that the applied migrations are exactly those of this binary.
async fn migrations(database: &Database, report: &mut Report) {
    const CHECK: &str = "migrations";
    let Some(owner) = database.owner() else {
        return report.skip(CHECK, "only the owner can see them; set STILE_OWNER_DATABASE_URL to have them looked at");
    };
    let applied = async {
        let mut connection = PgConnection::connect_with(owner).await?;
        match connection.list_applied_migrations(&MIGRATOR.table_name).await {
            // The table of applied migrations does not exist yet.
            Err(error) if is_undefined_table(&error) => Ok(Vec::new()),
            applied => applied,
        }
    };
    let applied = match applied.await {
        Ok(applied) => applied,
        Err(error) => return report.fail(CHECK, format_args!("{error}. Run `stile migrate`.")),
    };
    let known = || MIGRATOR.iter().filter(|migration| !migration.migration_type.is_down_migration());
    let missing = known().filter(|wanted| !applied.iter().any(|one| one.version == wanted.version)).count();
    let foreign = applied.iter().find(|one| !known().any(|known| known.version == one.version));
    let changed =
        applied.iter().find(|one| known().any(|known| known.version == one.version && known.checksum != one.checksum));
    match (missing, foreign, changed) {
        (0, None, None) => report.pass(CHECK, format_args!("all {} are applied", applied.len())),
        (_, Some(one), _) => report.fail(
            CHECK,
            format_args!(
                "the database has migration {}, which this stile does not know: run the newer one",
                one.version
            ),
        ),
        (_, _, Some(one)) => report.fail(
            CHECK,
            format_args!("migration {} was applied with another content than this stile has", one.version),
        ),
        (missing, ..) => report.fail(CHECK, format_args!("{missing} are not applied. Run `stile migrate`.")),
    }
}

fn is_undefined_table(error: &MigrateError) -> bool {
    use sqlx::Error::Database;
    matches!(error, MigrateError::Execute(Database(error)) if error.code().as_deref() == Some("42P01"))
}
