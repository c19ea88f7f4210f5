//! Imports of usage: the server function with its implementation, and the data of the pages.
//!
//! The page drives an import: each call works for about a second and returns how far it is, and the page calls again. So
//! each batch is written with the authority that the person has at that moment, and an import that nobody continues
//! stands still.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    id::ImportId,
    import::{ImportAction, ImportProgress},
};
use server_fn::codec::Json;

/// Applies an action to an import, and works on it for about a second.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such import, or if it is in a state without this action; [`AppError::Limited`] if the server is
/// busy with other imports.
#[server(input = Json, output = Compact)]
pub async fn act_on_import(
    workspace: Slug,
    grant: String,
    id: ImportId,
    action: ImportAction,
) -> Result<ImportProgress, AppError> {
    ssr::apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::{advance, columns_of, form, list, mapping, submit, view};

#[cfg(feature = "ssr")]
mod ssr {
    use crate::{
        error::AppError,
        routes::{ImportLayout, Page, VisitData},
        server::{
            authority::Authority,
            call::Call,
            form::{Form, Outcome, not_understood},
            workspace::writing,
        },
    };
    use model::{
        FieldErrors, Slug,
        capability::{EditContent, RecordUsage},
        id::ImportId,
        import::{
            COLUMN_NAME_MAX, COLUMNS_MAX, Column, Decoded, Delimiter, ImportAction, ImportForm, ImportList,
            ImportProgress, ImportState, ImportView, Mapping, MappingInput, SampleEvent, decode_head, guess,
            guess_delimiter, has_header, refusal_text,
        },
        moment,
    };
    use std::{
        collections::BTreeSet,
        sync::LazyLock,
        time::{Duration, Instant},
    };
    use store::{
        door::{Mode, WorkspaceTx},
        events,
        fair::{self, FairLimiter, current_key},
        imports::{self, Import, Rows},
        meters,
    };

    /// Time for which a call works on an import.
    const BUDGET: Duration = Duration::from_millis(1_200);
    /// Number of rows that the pages show.
    const SHOWN: usize = 20;
    /// Number of refused rows on the page of an import.
    const REFUSALS_SHOWN: u64 = 50;
    /// Files are in memory while they are worked on, so only two are at a time.
    const WORKED_ON: fair::Limits =
        fair::Limits { total: 2, queue: 8, waiting: fair::WAITING, max_wait: Duration::from_secs(8) };
    static WORKING: LazyLock<FairLimiter> = LazyLock::new(|| FairLimiter::new(WORKED_ON));

    fn invalid(field: &str, message: impl Into<String>) -> AppError {
        AppError::Invalid(FieldErrors::one(field, message))
    }

    /// Implementation of [`act_on_import`](super::act_on_import), which posted forms call too.
    pub(super) async fn apply(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: ImportId,
        action: &ImportAction,
    ) -> Result<ImportProgress, AppError> {
        match action {
            ImportAction::Map(input) => map(call, workspace, grant, id, input).await?,
            ImportAction::Run { refused } => {
                let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
                if imports::get(&mut tx, id).await?.is_none() {
                    return Err(AppError::Absent);
                }
                let seen = refused.parse().map_err(|_| not_understood())?;
                if !imports::run(&mut tx, &can, id, seen).await? {
                    let message = "The file was checked again in the meantime. Reload the page and look at the result.";
                    return Err(invalid("action", message));
                }
                tx.commit().await?;
            }
            ImportAction::Stop => {
                let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
                if !imports::stop(&mut tx, &can, id).await? {
                    return Err(AppError::Absent);
                }
                tx.commit().await?;
            }
            ImportAction::Continue => {}
        }
        advance(&Authority::page(call, workspace, grant), id).await
    }

    /// Sets the mapping of an import.
    async fn map(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: ImportId,
        input: &MappingInput,
    ) -> Result<(), AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        if imports::get(&mut tx, id).await?.is_none() {
            return Err(AppError::Absent);
        }
        let mapping = mapping(&mut tx, id, input).await?;
        if !imports::set_mapping(&mut tx, &can, id, &mapping).await? {
            return Err(invalid("columns", "This import has begun, so its columns can’t be changed."));
        }
        tx.commit().await?;
        Ok(())
    }

    /// Reads the values of the form for the file of an import.
    pub(crate) async fn mapping<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        id: ImportId,
        input: &MappingInput,
    ) -> Result<Mapping, AppError> {
        let (delimiter, header) = input.layout().map_err(AppError::Invalid)?;
        let head = decode_head(imports::head(tx, id).await?).map_err(|error| invalid("columns", error.to_string()))?;
        let (columns, _) = columns(&head.text, delimiter, header);
        if columns.len() > COLUMNS_MAX {
            return Err(invalid("columns", format!("A file can have at most {COLUMNS_MAX} columns.")));
        }
        // The names are stored with each mapping.
        if columns.iter().any(|name| name.chars().count() > COLUMN_NAME_MAX) {
            let message =
                format!("The name of a column can have at most {COLUMN_NAME_MAX} characters. Check the delimiter.");
            return Err(invalid("columns", message));
        }
        input.parse(&columns).map_err(AppError::Invalid)
    }

    /// Works on an import for [`BUDGET`]. Each batch is a transaction of its own, for which the seat is read again.
    pub(crate) async fn advance(by: &Authority, id: ImportId) -> Result<ImportProgress, AppError> {
        let (mut tx, _) = by.writing::<EditContent>().await?;
        let import = imports::get(&mut tx, id).await?.ok_or(AppError::Absent)?;
        let zone = tx.zone();
        let state = import.row.state;
        tx.commit().await?;
        let idle = ImportProgress { state, position: import.position, more: false };
        let Some(mapping) = import.mapping else { return Ok(idle) };
        if !matches!(state, ImportState::Uploaded | ImportState::Running) {
            return Ok(idle);
        }
        let share = vec![fair::Share::constant(current_key(), 1)];
        let _permit = WORKING.acquire(share).await.map_err(|_| AppError::Limited(2))?;
        let (mut tx, _) = by.writing::<EditContent>().await?;
        let file = imports::file(&mut tx, id).await?;
        tx.commit().await?;
        let position = import.position;
        let opening = move || {
            let mut rows = Rows::open(file, mapping, zone).map_err(|error| invalid("action", error.to_string()))?;
            rows.seek(position)?;
            Ok::<_, AppError>(rows)
        };
        let mut rows = tokio::task::spawn_blocking(opening).await.map_err(|_| AppError::Internal)??;
        let begun = Instant::now();
        loop {
            let (mut tx, can) = by.writing::<EditContent>().await?;
            let record = tx.can::<RecordUsage>().map_err(|denied| AppError::Denied(denied.0))?;
            let before = rows.position();
            let progress = imports::step(&mut tx, &can, &record, id, &mut rows).await?.ok_or(AppError::Absent)?;
            tx.commit().await?;
            // Without a row, the file is to be read in another way: the next call opens it again.
            if progress.more && rows.position() != before && begun.elapsed() < BUDGET {
                continue;
            }
            if progress.state == ImportState::Done || events::is_fold_due() {
                let (mut tx, can) = by.writing::<RecordUsage>().await?;
                events::fold(&mut tx, &can).await?;
                tx.commit().await?;
            }
            return Ok(progress);
        }
    }

    /// Handles a form that was posted to a page of imports.
    pub(crate) async fn submit(
        call: &Call,
        slug: &Slug,
        grant: &str,
        page: &Page,
        form: &Form,
    ) -> Result<Outcome, AppError> {
        let id = match page {
            // Files are received elsewhere (`crate::imports`): this form came without one.
            Page::Imports => {
                form.expect_action("upload")?;
                drop(writing::<EditContent>(call, slug, grant).await?);
                return Err(invalid("file", "Choose a file."));
            }
            Page::Import(id) => *id,
            Page::ImportMapping(layout) => layout.id,
            _ => return Err(not_understood()),
        };
        let action: ImportAction = form.act()?;
        if matches!(page, Page::ImportMapping(_)) != matches!(action, ImportAction::Map(_)) {
            return Err(not_understood());
        }
        apply(call, slug, grant, id, &action).await?;
        Ok(Outcome::Go(Page::Import(id).url(slug)))
    }

    /// Returns the data of the list of imports.
    pub(crate) async fn list<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<VisitData, AppError> {
        Ok(VisitData::Imports(Box::new(ImportList { rows: imports::list(tx).await? })))
    }

    /// Returns the data of the page of an import.
    pub(crate) async fn view<M: Mode>(tx: &mut WorkspaceTx<M>, id: ImportId) -> Result<Option<VisitData>, AppError> {
        let Some(import) = imports::get(tx, id).await? else { return Ok(None) };
        Ok(Some(view_of(tx, import).await?))
    }

    async fn view_of<M: Mode>(tx: &mut WorkspaceTx<M>, import: Import) -> Result<VisitData, AppError> {
        let id = import.row.id;
        let refusals = imports::refusals(tx, id, REFUSALS_SHOWN).await?;
        let sample = match (import.mapping, decode_head(imports::head(tx, id).await?)) {
            (Some(mapping), Ok(head)) if import.row.state == ImportState::Previewed => sample(tx, mapping, head)?,
            _ => Vec::new(),
        };
        let Import { row, preview, counts, position, .. } = import;
        Ok(VisitData::Import(Box::new(ImportView { row, preview, counts, position, sample, refusals })))
    }

    /// Returns the first rows as events.
    fn sample<M: Mode>(tx: &WorkspaceTx<M>, mapping: Mapping, head: Decoded) -> Result<Vec<SampleEvent>, AppError> {
        let zone = tx.zone();
        let mut rows = Rows::of_text(head, mapping, tx.zone());
        let mut sample = Vec::with_capacity(SHOWN);
        while sample.len() < SHOWN
            && let Some(row) = rows.read()?
        {
            let event = match row.event {
                Ok(event) => {
                    let row = event.row;
                    Ok([moment::timestamp(zone.at(row.time)), row.kind, row.subject, row.data])
                }
                Err(error) => Err(format!("{} {}", error.column, refusal_text(error.code.as_str())).trim().to_owned()),
            };
            sample.push(SampleEvent { line: row.line, event });
        }
        Ok(sample)
    }

    /// Returns the data of the page on which the columns are mapped, or that of the import if it has begun.
    pub(crate) async fn form<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        layout: &ImportLayout,
    ) -> Result<Option<VisitData>, AppError> {
        match columns_of(tx, layout).await? {
            Some(form) => Ok(Some(VisitData::ImportForm(Box::new(form)))),
            None => view(tx, layout.id).await,
        }
    }

    /// Returns the data of the form of the columns; `None` if there is no such import, or if it has begun or ended.
    pub(crate) async fn columns_of<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        layout: &ImportLayout,
    ) -> Result<Option<ImportForm>, AppError> {
        let Some(import) = imports::get(tx, layout.id).await? else { return Ok(None) };
        if !matches!(import.row.state, ImportState::Uploaded | ImportState::Previewed) {
            return Ok(None);
        }
        let Ok(Decoded { encoding, text }) = decode_head(imports::head(tx, layout.id).await?) else {
            return Ok(None);
        };
        let meters = meters::all(tx).await?;
        let types: BTreeSet<String> = meters.iter().map(|meter| meter.event_type.clone()).collect();
        let types: Vec<String> = types.into_iter().collect();
        let properties: Vec<String> = meters.into_iter().filter_map(|meter| meter.property).collect();
        let saved = imports::mappings(tx).await?;
        let names = saved.iter().map(|mapping| mapping.name.clone()).collect();

        let asks = layout.delimiter.is_some() || layout.header.is_some();
        let chosen = saved.into_iter().find(|mapping| Some(&mapping.name) == layout.saved.as_ref());
        // A saved mapping says how the file is read, too, unless the page's address does.
        let base = chosen.as_ref().or(import.mapping.as_ref().filter(|_| !asks));
        let delimiter = layout.delimiter.or(base.map(|mapping| mapping.delimiter));
        let delimiter = delimiter.unwrap_or_else(|| guess_delimiter(&text));
        let header = layout.header.or(base.map(|mapping| mapping.header));
        let header = header
            .unwrap_or_else(|| imports::records(&text, delimiter, 1).first().is_some_and(|first| has_header(first)));
        let (mut names_of_columns, rows) = columns(&text, delimiter, header);
        // With more columns, the file can't be mapped; guessing takes time for each of them.
        names_of_columns.truncate(COLUMNS_MAX);
        let fitting = base.and_then(|mapping| mapping.moved_to(&names_of_columns));
        let guessed = fitting.is_none();
        let chosen = chosen.filter(|_| !guessed).map(|mapping| mapping.name).unwrap_or_default();
        let input = fitting.map_or_else(
            || guess(delimiter, header, &names_of_columns, &rows, &properties, &types),
            |mapping| MappingInput::from(&Mapping { delimiter, header, ..mapping }),
        );
        let samples =
            |column: usize| rows.iter().take(3).filter_map(|row| row.get(column)).map(|cell| cut(cell)).collect();
        let columns = names_of_columns.iter().take(COLUMNS_MAX).enumerate();
        Ok(Some(ImportForm {
            columns: columns.map(|(at, name)| Column { name: cut(name), samples: samples(at) }).collect(),
            row: import.row,
            input,
            guessed,
            encoding: encoding.label().to_owned(),
            saved: names,
            chosen,
            zone: tx.zone().name().to_owned(),
            types,
        }))
    }

    /// Returns the names of a file's columns and its first rows below them.
    fn columns(text: &str, delimiter: Delimiter, header: bool) -> (Vec<String>, Vec<Vec<String>>) {
        let mut rows = imports::records(text, delimiter, SHOWN + 1);
        if rows.is_empty() {
            return (Vec::new(), rows);
        }
        let first = if header { rows.remove(0) } else { rows.first().cloned().unwrap_or_default() };
        let names = first.iter().enumerate().map(|(at, name)| match name.trim() {
            name if header && !name.is_empty() => name.to_owned(),
            _ => format!("Column {}", at + 1),
        });
        (names.collect(), rows)
    }

    fn cut(text: &str) -> String {
        text.chars().take(60).collect()
    }
}
