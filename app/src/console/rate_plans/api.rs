//! Actions of rate plans: server functions, their implementation, and the posted forms.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    id::RatePlanId,
    rate_plan::{RatePlanInput, VersionInput, preview::Impact},
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action on a rate plan. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum PlanAction {
    /// Creates a plan with an empty draft.
    Create(RatePlanInput),
    /// Changes name and code.
    Update(RatePlanInput),
    /// Archives the plan. Subscriptions keep it.
    Archive,
    /// Restores an archived plan.
    Restore,
    /// Creates a draft with the prices of the latest published version.
    NewVersion,
    /// Deletes the draft.
    Discard,
    /// Publishes the draft.
    Publish {
        /// Control `revision`: the revision that the person has seen.
        revision: i32,
    },
}

/// State of the draft that a save replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Only this revision.
    Revision(i32),
    /// Whatever is stored: a person decided to replace it.
    Any,
}

/// Applies an action to the rate plan with `id`, or creates one. Returns its id.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields, on `revision` if the draft was saved in the meantime, and on `charges`
/// if it has none; [`AppError::Denied`] without the capability; [`AppError::Absent`] if this workspace has no such plan,
/// or the plan no draft.
#[server(input = Json, output = Compact)]
pub async fn act_on_rate_plan(
    workspace: Slug,
    grant: String,
    id: Option<RatePlanId>,
    action: PlanAction,
) -> Result<RatePlanId, AppError> {
    ssr::apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Saves the draft of a rate plan. Returns its new revision.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid controls, and on `revision` if the draft was saved in the meantime;
/// [`AppError::Denied`] without the capability; [`AppError::Absent`] if this workspace has no such plan, or the plan no
/// draft.
#[server(input = Json, output = Compact)]
pub async fn save_draft(
    workspace: Slug,
    grant: String,
    id: RatePlanId,
    base: Base,
    input: VersionInput,
) -> Result<i32, AppError> {
    ssr::save(&crate::server::call::context()?, &workspace, &grant, id, base, &input).await
}

/// Returns what the last period of each subscriber of the latest published version would have cost by other prices.
/// `None` if no version is published. Writes nothing.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid controls; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such plan; [`AppError::Limited`] if too many of these are being computed.
#[server(input = Json, output = Compact)]
pub async fn draft_impact(
    workspace: Slug,
    grant: String,
    id: RatePlanId,
    input: VersionInput,
) -> Result<Option<Impact>, AppError> {
    ssr::impact_of(&crate::server::call::context()?, &workspace, &grant, id, &input).await
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::{editor, publication, submit};

#[cfg(feature = "ssr")]
mod ssr {
    use crate::console::rate_plans::api::{Base, PlanAction};
    use crate::{
        boot::Returned,
        console::rate_plans::change::Change,
        error::AppError,
        routes::{Page, VisitData},
        server::{
            call::Call,
            form::{Form, Outcome, not_understood},
            workspace::{reading, refused, writing},
        },
    };
    use model::{
        FieldErrors, Slug,
        capability::EditContent,
        catalog::Lifecycle,
        id::RatePlanId,
        rate_plan::{
            RatePlanDetail, RatePlanInput, VersionInput,
            preview::{Impact, impact},
        },
    };
    use store::{
        StoreError,
        door::{Mode, WorkspaceTx},
        meters, products,
        rate_plans::{self, DraftOutcome},
    };

    /// Message for a draft that was saved since the page was opened.
    const STALE: &str =
        "Somebody else saved or published this draft in the meantime. Nothing was changed. Open it again to see it.";

    /// Implementation of [`act_on_rate_plan`](super::act_on_rate_plan), which posted forms call too.
    pub(super) async fn apply(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: Option<RatePlanId>,
        action: &PlanAction,
    ) -> Result<RatePlanId, AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        let taken =
            |e| refused(e, "rate_plan_code_taken", "code", "Another rate plan of this workspace has that code.");
        let changed = match (action, id) {
            (PlanAction::Create(input), None) => {
                let draft = parsed(input)?;
                Some(rate_plans::create(&mut tx, &can, &draft).await.map_err(taken)?)
            }
            (PlanAction::Update(input), Some(id)) => {
                let draft = parsed(input)?;
                rate_plans::update(&mut tx, &can, id, &draft).await.map_err(taken)?.then_some(id)
            }
            (PlanAction::Archive, Some(id)) => {
                rate_plans::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
            }
            (PlanAction::Restore, Some(id)) => {
                rate_plans::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
            }
            (PlanAction::NewVersion, Some(id)) => match rate_plans::new_draft(&mut tx, &can, id).await {
                Ok(number) => number.map(|_| id),
                // Somebody else created it at the same time, and it can be edited. The transaction has failed.
                Err(error) if error.is_refused_by("rate_plan_one_draft") => return Ok(id),
                Err(error) => return Err(error.into()),
            },
            (PlanAction::Discard, Some(id)) => {
                let (version, revision) = draft_of(&mut tx, id).await?;
                done(rate_plans::discard_draft(&mut tx, &can, id, version, revision).await?)?;
                Some(id)
            }
            (PlanAction::Publish { revision }, Some(id)) => {
                let (version, _) = draft_of(&mut tx, id).await?;
                let incomplete = |e| {
                    let message = "The draft has no charge. Add one before you publish it.";
                    refused(e, "rate_plan_version_incomplete", "charges", message)
                };
                let published = rate_plans::publish(&mut tx, &can, id, version, *revision).await.map_err(incomplete)?;
                done(published)?;
                Some(id)
            }
            _ => None,
        };
        let id = changed.ok_or(AppError::Absent)?;
        tx.commit().await?;
        Ok(id)
    }

    fn parsed(input: &RatePlanInput) -> Result<model::rate_plan::RatePlanDraft, AppError> {
        input.parse().map_err(AppError::Invalid)
    }

    /// Returns number and revision of a plan's draft.
    async fn draft_of<M: Mode>(tx: &mut WorkspaceTx<M>, id: RatePlanId) -> Result<(i32, i32), AppError> {
        let draft = drafted(tx, id).await?.and_then(|plan| plan.shown).ok_or(AppError::Absent)?;
        Ok((draft.number, draft.revision))
    }

    /// Returns a plan with its draft; `None` if the workspace has no such plan, or the plan no draft.
    async fn drafted<M: Mode>(tx: &mut WorkspaceTx<M>, id: RatePlanId) -> Result<Option<RatePlanDetail>, AppError> {
        let Some(plan) = rate_plans::get(tx, id, None).await? else { return Ok(None) };
        let Some(draft) = plan.draft() else { return Ok(None) };
        if plan.shown.as_ref().is_some_and(|shown| shown.number == draft) {
            return Ok(Some(plan));
        }
        Ok(rate_plans::get(tx, id, Some(draft)).await?)
    }

    fn done<T>(outcome: DraftOutcome<T>) -> Result<T, AppError> {
        match outcome {
            DraftOutcome::Done(value) => Ok(value),
            // The version was published, so it is not a draft.
            DraftOutcome::Stale | DraftOutcome::Frozen => Err(AppError::Invalid(FieldErrors::one("revision", STALE))),
            DraftOutcome::Absent => Err(AppError::Absent),
        }
    }

    /// Implementation of [`save_draft`](super::save_draft).
    pub(super) async fn save(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: RatePlanId,
        base: Base,
        input: &VersionInput,
    ) -> Result<i32, AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        let plan = rate_plans::row(&mut tx, id).await?.ok_or(AppError::Absent)?;
        let (version, stored) = match draft_of(&mut tx, id).await {
            Ok(draft) => draft,
            // It was published or discarded since the editor was opened.
            Err(AppError::Absent) => return Err(AppError::Invalid(FieldErrors::one("revision", STALE))),
            Err(error) => return Err(error),
        };
        let revision = match base {
            Base::Revision(revision) => revision,
            Base::Any => stored,
        };
        let draft = input.parse(plan.currency).map_err(AppError::Invalid)?;
        let saved = rate_plans::save_draft(&mut tx, &can, id, version, revision, &draft).await.map_err(foreign)?;
        let revision = done(saved)?;
        tx.commit().await?;
        Ok(revision)
    }

    /// Converts the refusal of a meter or product that the workspace does not have. No list offers such a one.
    fn foreign(error: StoreError) -> AppError {
        let constraints = ["rate_plan_charge_meter", "rate_plan_charge_product"];
        if constraints.iter().any(|constraint| error.is_refused_by(constraint)) {
            let message = "Choose each product and meter from its list.";
            return AppError::Invalid(FieldErrors::one("charges", message));
        }
        error.into()
    }

    /// Implementation of [`draft_impact`](super::draft_impact).
    pub(super) async fn impact_of(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: RatePlanId,
        input: &VersionInput,
    ) -> Result<Option<Impact>, AppError> {
        let grant = call.request.services.grants.read(grant)?;
        let mut tx = reading(call, workspace).await?;
        grant.check(tx.tenant())?;
        tx.can::<EditContent>().map_err(|denied| AppError::Denied(denied.0))?;
        let plan = rate_plans::row(&mut tx, id).await?.ok_or(AppError::Absent)?;
        let draft = input.parse(plan.currency).map_err(AppError::Invalid)?;
        let impact = compared(&mut tx, id, plan.version, &draft.plan_prices(plan.interval)).await?;
        tx.commit().await?;
        Ok(impact)
    }

    /// Prices the last period of each subscriber of the published version by other prices.
    async fn compared<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        id: RatePlanId,
        published: Option<i32>,
        after: &model::rate_plan::PlanPrices,
    ) -> Result<Option<Impact>, AppError> {
        let Some(version) = published else { return Ok(None) };
        let Some(before) = rate_plans::prices(tx, id, version).await? else { return Ok(None) };
        let Some(uses) = rate_plans::impact(tx, id).await? else { return Ok(None) };
        let message = "Some amounts are too large to compute.";
        let impact =
            impact(&before, after, &uses).map_err(|_| AppError::Invalid(FieldErrors::one("charges", message)))?;
        Ok(Some(impact))
    }

    /// Loads the data of the editor; `None` if the workspace has no such plan, or the plan no draft.
    pub(crate) async fn editor<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        id: RatePlanId,
    ) -> Result<Option<VisitData>, AppError> {
        let Some(plan) = drafted(tx, id).await? else { return Ok(None) };
        let published = match plan.row.version {
            Some(version) => rate_plans::get(tx, id, Some(version)).await?.and_then(|plan| plan.shown),
            None => None,
        };
        let (meters, products) = (meters::all(tx).await?, products::offered(tx).await?);
        Ok(Some(VisitData::RatePlanDraft {
            plan: Box::new(plan),
            published: published.map(Box::new),
            meters,
            products,
        }))
    }

    /// Loads the data of the page that publishes a draft; `None` if the workspace has no such plan, or the plan no draft.
    pub(crate) async fn publication<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        id: RatePlanId,
    ) -> Result<Option<VisitData>, AppError> {
        let Some(plan) = drafted(tx, id).await? else { return Ok(None) };
        let number = plan.shown.as_ref().map(|draft| draft.number).unwrap_or_default();
        let impact = match rate_plans::prices(tx, id, number).await? {
            Some(after) => match compared(tx, id, plan.row.version, &after).await {
                // The page publishes without it, too.
                Err(AppError::Invalid(_)) => None,
                impact => impact?,
            },
            None => None,
        };
        Ok(Some(VisitData::RatePlanPublication { plan: Box::new(plan), impact: impact.map(Box::new) }))
    }

    /// Handles a form that was posted to a page of rate plans.
    pub(crate) async fn submit(
        call: &Call,
        slug: &Slug,
        grant: &str,
        page: &Page,
        form: &Form,
    ) -> Result<Outcome, AppError> {
        let to = match page {
            Page::NewRatePlan => {
                let action = PlanAction::Create(form.saved()?);
                Page::EditDraft(apply(call, slug, grant, None, &action).await?)
            }
            Page::EditRatePlan(id) => {
                let action = PlanAction::Update(form.saved()?);
                Page::RatePlan(apply(call, slug, grant, Some(*id), &action).await?)
            }
            Page::EditDraft(id) => return submit_draft(call, slug, grant, *id, form).await,
            Page::PublishDraft(id) => {
                form.expect_action("publish")?;
                let revision = form.get("revision").parse().map_err(|_| not_understood())?;
                Page::RatePlan(apply(call, slug, grant, Some(*id), &PlanAction::Publish { revision }).await?)
            }
            Page::RatePlan(id) | Page::RatePlanVersion(id, _) | Page::RatePlanPrice(id, ..) => {
                let action: PlanAction = form.act()?;
                match action {
                    PlanAction::NewVersion => Page::EditDraft(apply(call, slug, grant, Some(*id), &action).await?),
                    PlanAction::Archive | PlanAction::Restore | PlanAction::Discard => {
                        Page::RatePlan(apply(call, slug, grant, Some(*id), &action).await?)
                    }
                    // These belong to other pages.
                    PlanAction::Create(_) | PlanAction::Update(_) | PlanAction::Publish { .. } => {
                        return Err(not_understood());
                    }
                }
            }
            _ => return Err(not_understood()),
        };
        Ok(Outcome::Go(to.url(slug)))
    }

    /// Handles a form that the editor posted: saves the draft, or returns the form with the change of its structure.
    async fn submit_draft(
        call: &Call,
        slug: &Slug,
        grant: &str,
        id: RatePlanId,
        form: &Form,
    ) -> Result<Outcome, AppError> {
        let action = form.only_action()?;
        let mut input = VersionInput::from_pairs(form.0.clone());
        let base = match action {
            "save" | "review" => Base::Revision(form.get("revision").parse().map_err(|_| not_understood())?),
            "replace" => Base::Any,
            _ => {
                if action != "refresh" {
                    Change::parse(action).ok_or_else(not_understood)?.apply(&mut input);
                }
                let kept = ["revision", "quantity"].map(|name| (name.to_owned(), form.get(name).to_owned()));
                let values = kept.into_iter().chain(input.pairs()).collect();
                return Ok(Outcome::Again(Returned { values, ..Returned::default() }));
            }
        };
        save(call, slug, grant, id, base, &input).await?;
        let to = if action == "review" { Page::PublishDraft(id) } else { Page::EditDraft(id) };
        Ok(Outcome::Go(to.url(slug)))
    }
}
