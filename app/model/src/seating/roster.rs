//! Reference model of the seats of one organization and its workspaces: a state machine with which the database must
//! agree after each step.

use super::{Rank, Refused, SeatOwner, check};
use crate::{
    role::{OrganizationRole, WorkspaceRole},
    seat::Seat,
};
use std::collections::BTreeMap;

/// An action by the user `by` on the user `to` or `from`. Workspaces are numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of each are said above")]
pub enum Step<P> {
    /// Grants a direct seat, or changes its role.
    Grant { by: P, to: P, workspace: usize, role: WorkspaceRole },
    /// Revokes a direct seat. If `by` and `from` are the same user, the user leaves.
    Remove { by: P, from: P, workspace: usize },
    /// Makes `to` an owner and changes the own direct owner seat to admin.
    Transfer { by: P, to: P, workspace: usize },
    /// Invites a user to a seat, replacing an earlier invite.
    Invite { by: P, to: P, workspace: usize, role: WorkspaceRole },
    /// Accepts an invite.
    Accept { by: P, workspace: usize },
    /// Grants a role in the organization, or changes it.
    Enroll { by: P, to: P, role: OrganizationRole },
    /// Revokes the role in the organization. If `by` and `from` are the same user, the user leaves.
    Expel { by: P, from: P },
    /// Deletes a workspace.
    Delete { by: P, workspace: usize },
    /// Restores a deleted workspace.
    Restore { by: P, workspace: usize },
}

/// Current seats, roles and open invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster<P: Ord> {
    organization: BTreeMap<P, OrganizationRole>,
    workspaces: Vec<RosterWorkspace<P>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct RosterWorkspace<P: Ord> {
    deleted: bool,
    seats: BTreeMap<P, WorkspaceRole>,
    /// Open invites by invited user: the offered role and the inviter.
    invites: BTreeMap<P, (WorkspaceRole, P)>,
}

impl<P: Ord + Copy> Roster<P> {
    /// Creates an organization owned by `founder`, with the given number of workspaces.
    pub fn found(founder: P, workspaces: usize) -> Self {
        let empty = || RosterWorkspace { deleted: false, seats: BTreeMap::new(), invites: BTreeMap::new() };
        Self {
            organization: BTreeMap::from([(founder, OrganizationRole::Owner)]),
            workspaces: (0..workspaces).map(|_| empty()).collect(),
        }
    }

    /// Returns a user's seat in a workspace. Returns `None` if there is none or the workspace is deleted.
    pub fn seat(&self, who: P, workspace: usize) -> Option<Seat> {
        let found = self.workspaces.get(workspace).filter(|found| !found.deleted)?;
        self.seat_in(found, who)
    }

    /// Returns a user's role in the organization.
    pub fn role(&self, who: P) -> Option<OrganizationRole> {
        self.organization.get(&who).copied()
    }

    fn seat_in(&self, found: &RosterWorkspace<P>, who: P) -> Option<Seat> {
        Seat::resolve(found.seats.get(&who).copied(), self.role(who))
    }

    fn has_owner_but(&self, workspace: usize, who: P) -> bool {
        let direct = self.workspaces.get(workspace).into_iter().flat_map(|found| &found.seats);
        direct.filter(|(p, _)| **p != who).any(|(_, role)| *role == WorkspaceRole::Owner)
            || self.organization.values().any(|role| *role == OrganizationRole::Owner)
    }

    /// Applies a step atomically.
    ///
    /// # Errors
    /// [`Refused`] with the rule that is violated. Except for [`Step::Accept`], a user without a seat always gets
    /// [`Refused::NoSeat`].
    pub fn take(&mut self, step: &Step<P>) -> Result<(), Refused> {
        match *step {
            Step::Grant { by, to, workspace, role } => self.change(by, to, workspace, Some(role)),
            Step::Remove { by, from, workspace } => self.change(by, from, workspace, None),
            Step::Transfer { by, to, workspace } => {
                let seat = self.seat(by, workspace).ok_or(Refused::NoSeat)?;
                if seat.role() != WorkspaceRole::Owner {
                    return Err(Refused::NotAllowed);
                }
                if by == to || self.seat(to, workspace).is_none() {
                    return Err(Refused::NoSuccessor);
                }
                self.change(by, to, workspace, Some(WorkspaceRole::Owner))?;
                match seat.direct() {
                    Some(WorkspaceRole::Owner) => self.change(by, by, workspace, Some(WorkspaceRole::Admin)),
                    _ => Ok(()),
                }
            }
            Step::Invite { by, to, workspace, role } => {
                let seat = self.seat(by, workspace).ok_or(Refused::NoSeat)?;
                check(seat.role(), SeatOwner::Other, None, Some(role), true)?;
                self.workspace_mut(workspace)?.invites.insert(to, (role, by));
                Ok(())
            }
            Step::Accept { by, workspace } => {
                let found = self.workspaces.get(workspace).filter(|found| !found.deleted).ok_or(Refused::NoSeat)?;
                let (role, inviter) = found.invites.get(&by).copied().ok_or(Refused::NoSeat)?;
                // An invite grants only a role that its inviter could still grant now.
                let inviter = self.seat_in(found, inviter).ok_or(Refused::NotAllowed)?;
                check(inviter.role(), SeatOwner::Other, None, Some(role), true)?;
                let found = self.workspace_mut(workspace)?;
                found.invites.remove(&by);
                let held = found.seats.entry(by).or_insert(role);
                *held = (*held).max(role);
                Ok(())
            }
            Step::Enroll { by, to, role } => self.change_organization(by, to, Some(role)),
            Step::Expel { by, from } => self.change_organization(by, from, None),
            Step::Delete { by, workspace } => {
                let seat = self.seat(by, workspace).ok_or(Refused::NoSeat)?;
                if seat.role() != WorkspaceRole::Owner {
                    return Err(Refused::NotAllowed);
                }
                self.workspace_mut(workspace)?.deleted = true;
                Ok(())
            }
            Step::Restore { by, workspace } => {
                let found = self.workspaces.get(workspace).filter(|found| found.deleted).ok_or(Refused::NoSeat)?;
                let seat = self.seat_in(found, by).ok_or(Refused::NoSeat)?;
                if seat.role() != WorkspaceRole::Owner {
                    return Err(Refused::NotAllowed);
                }
                self.workspace_mut(workspace)?.deleted = false;
                Ok(())
            }
        }
    }

    fn workspace_mut(&mut self, workspace: usize) -> Result<&mut RosterWorkspace<P>, Refused> {
        self.workspaces.get_mut(workspace).ok_or(Refused::NoSeat)
    }

    fn change(&mut self, by: P, who: P, workspace: usize, to: Option<WorkspaceRole>) -> Result<(), Refused> {
        let seat = self.seat(by, workspace).ok_or(Refused::NoSeat)?;
        let from = self.seat(who, workspace).and_then(Seat::direct);
        check(seat.role(), owner(by, who), from, to, self.has_owner_but(workspace, who))?;
        put(&mut self.workspace_mut(workspace)?.seats, who, to);
        Ok(())
    }

    fn change_organization(&mut self, by: P, who: P, to: Option<OrganizationRole>) -> Result<(), Refused> {
        let role = self.role(by).ok_or(Refused::NoSeat)?;
        let others = self.organization.iter().any(|(p, role)| *p != who && *role == OrganizationRole::OWNER);
        check(role, owner(by, who), self.role(who), to, others)?;
        put(&mut self.organization, who, to);
        Ok(())
    }
}

fn owner<P: Eq>(by: P, who: P) -> SeatOwner {
    if by == who { SeatOwner::Actor } else { SeatOwner::Other }
}

fn put<P: Ord, R>(seats: &mut BTreeMap<P, R>, who: P, to: Option<R>) {
    match to {
        Some(role) => {
            seats.insert(who, role);
        }
        None => {
            seats.remove(&who);
        }
    }
}
