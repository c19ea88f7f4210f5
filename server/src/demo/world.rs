//! People, organizations and seats of the demo. README.md names these people, and the browser tests sign in as them.

use super::{
    catalogue::{Catalogue, FINANCE, IT, PRODUCT_ENG},
    content,
    outcome::{DemoError, LoadSummary},
    people::{Actor, FoundWorkspace, Known, Stage},
};
use model::{
    OrganizationRole, Slug, WorkspaceRole,
    capability::{ManageMembers, ManageSettings},
    id::OrganizationId,
    picker::PickerWorkspace,
    picture::Hue,
};
use store::{brand, members, organizations};

/// Email address and name of each demo user.
pub(super) const PEOPLE: [(&str, &str); 5] = [
    ("ada@smartai.example", "Ada Moreau"),
    ("olu@smartai.example", "Olu Adeyemi"),
    ("ben@globalai.example", "Ben Carter"),
    ("mia@smartai.example", "Mia Lindqvist"),
    ("vik@smartai.example", "Vik Sharma"),
];
const ADA: usize = 0;
const OLU: usize = 1;
const BEN: usize = 2;
const MIA: usize = 3;
const VIK: usize = 4;

/// An organization. People are indexes into [`PEOPLE`].
pub(super) struct Organization {
    pub(super) name: &'static str,
    pub(super) owner: usize,
    pub(super) members: &'static [(usize, OrganizationRole)],
    pub(super) workspaces: &'static [(Catalogue, &'static [(usize, WorkspaceRole)])],
}

/// The two organizations, with their workspaces and direct seats.
pub(super) const ORGANIZATIONS: &[Organization] = &[
    Organization {
        name: "SmartAI",
        owner: OLU,
        members: &[(ADA, OrganizationRole::Admin)],
        workspaces: &[
            (IT, &[(ADA, WorkspaceRole::Owner), (VIK, WorkspaceRole::Viewer)]),
            (PRODUCT_ENG, &[(MIA, WorkspaceRole::Member)]),
        ],
    },
    Organization {
        name: "GlobalAI",
        owner: BEN,
        members: &[],
        workspaces: &[(FINANCE, &[(ADA, WorkspaceRole::BillingAdmin)])],
    },
];

/// Creates the missing parts of the example data.
pub(super) async fn build(stage: &mut Stage<'_>) -> Result<LoadSummary, DemoError> {
    let mut made = LoadSummary::default();
    let mut people = Vec::with_capacity(PEOPLE.len());
    for (email, name) in PEOPLE {
        let known = stage.know(email, name).await?;
        made.people += usize::from(known.is_some_and(|known| known.is_new));
        people.push(known);
    }
    for organization in ORGANIZATIONS {
        let owner = stage.enter(PEOPLE[organization.owner].0, people[organization.owner]).await?;
        made += build_organization(stage, &people, &owner, organization).await?;
    }
    Ok(made)
}

/// Creates an organization and its workspaces. A workspace is filled last, in a single transaction, so a workspace with
/// products is complete. Later changes to it are deliberate: a seat that was revoked is not granted again.
async fn build_organization(
    stage: &Stage<'_>,
    people: &[Option<Known>],
    owner: &Actor,
    plan: &Organization,
) -> Result<LoadSummary, DemoError> {
    let mut unfinished = Vec::new();
    for (catalogue, seats) in plan.workspaces {
        let slug = Slug::parse(catalogue.slug).map_err(|_| DemoError::Example(catalogue.slug.to_owned()))?;
        match owner.find(&slug).await? {
            FoundWorkspace::Absent => unfinished.push((catalogue, seats, slug, None)),
            FoundWorkspace::Empty(id, slug) => unfinished.push((catalogue, seats, slug, Some(id))),
            FoundWorkspace::Filled | FoundWorkspace::Deleted => {}
        }
    }
    let mut made = LoadSummary::default();
    if unfinished.is_empty() {
        return Ok(made);
    }
    let organization = home(owner, plan, &mut made).await?;
    for &(member, role) in plan.members {
        let Some(member) = people[member] else { continue };
        let mut tx = owner.manage(organization).await?;
        organizations::set_member(&mut tx, member.user, role).await?;
        tx.commit().await?;
        made.roles += 1;
    }
    let now = stage.store().now().await?;
    for (catalogue, seats, slug, id) in unfinished {
        let id = match id {
            Some(id) => id,
            None => {
                let created = owner.create(organization, &[(slug.clone(), catalogue.name.to_owned())]).await?;
                made.workspaces += 1;
                *created.first().ok_or_else(|| DemoError::Example(slug.to_string()))?
            }
        };
        for &(member, role) in *seats {
            let Some(member) = people[member] else { continue };
            let mut tx = owner.write(&slug, id).await?;
            let can = tx.can::<ManageMembers>()?;
            members::grant(&mut tx, &can, member.user, role).await?;
            tx.commit().await?;
            made.roles += 1;
        }
        let mut tx = owner.write(&slug, id).await?;
        let hue = Hue::try_from(catalogue.hue).map_err(|_| DemoError::Example(catalogue.slug.to_owned()))?;
        let can = tx.can::<ManageSettings>()?;
        brand::set_hue(&mut tx, &can, Some(hue)).await?;
        let filled = content::fill(&mut tx, catalogue, now).await?;
        tx.commit().await?;
        made += filled;
    }
    Ok(made)
}

/// Returns the organization that owns a workspace of the example data (it may have been renamed). Otherwise returns the
/// one with the same name, or creates it.
async fn home(owner: &Actor, plan: &Organization, made: &mut LoadSummary) -> Result<OrganizationId, DemoError> {
    let picker = owner.picker().await?;
    let owned = || picker.organizations.iter().filter(|o| o.role == Some(OrganizationRole::Owner));
    let is_ours = |row: &PickerWorkspace| plan.workspaces.iter().any(|(c, _)| c.slug == row.slug.as_str());
    let by_workspace = owned().find(|o| o.workspaces.iter().any(is_ours));
    if let Some(found) = by_workspace.or_else(|| owned().find(|o| o.name == plan.name)) {
        return Ok(found.id);
    }
    made.organizations += 1;
    owner.found(plan.name).await
}
