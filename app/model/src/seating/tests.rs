//! Property test of the seat rules: 1,000 random sequences of 100 steps, compared with a reference implementation.
//!
//! The reference shares no types with the rules. Roles are levels, permissions follow from two thresholds, and a user's
//! level in a workspace is the maximum of the direct and the inherited level.

use super::{Rank, Roster, Step};
use crate::role::{OrganizationRole, WorkspaceRole};
use proptest::prelude::*;

const PEOPLE: usize = 5;
const WORKSPACES: usize = 2;
/// Levels: guest 1, viewer 2, member 3, billing admin 4, admin 5, owner 6. Level 0 is no seat.
const ADMIN: usize = 5;
const OWNER: usize = 6;

#[derive(Default)]
struct Reference {
    organization: [usize; PEOPLE],
    direct: [[usize; PEOPLE]; WORKSPACES],
    offers: [[(usize, usize); PEOPLE]; WORKSPACES],
    deleted: [bool; WORKSPACES],
}

impl Reference {
    fn level(&self, who: usize, w: usize) -> usize {
        self.direct[w][who].max(self.organization[who])
    }

    fn owned(&self, w: usize) -> bool {
        (0..PEOPLE).any(|p| self.direct[w][p] == OWNER || self.organization[p] == OWNER)
    }

    /// Sets a level if `by` is allowed to and an owner remains. Returns `true` if the change was made.
    fn put(&mut self, by: usize, who: usize, to: usize, place: Option<usize>) -> bool {
        let level = place.map_or(self.organization[by], |w| self.level(by, w));
        let from = place.map_or(self.organization[who], |w| self.direct[w][who]);
        let leaves = by == who && to == 0;
        if from == 0 && to == 0 || !leaves && (level < ADMIN || from > level || to > level) {
            return false;
        }
        self.set(who, to, place);
        let kept = match place {
            Some(w) => from != OWNER || self.owned(w),
            None => self.organization.contains(&OWNER),
        };
        if !kept {
            self.set(who, from, place);
        }
        kept
    }

    fn set(&mut self, who: usize, to: usize, place: Option<usize>) {
        match place {
            Some(w) => self.direct[w][who] = to,
            None => self.organization[who] = to,
        }
    }

    fn take(&mut self, step: &Step<usize>) -> bool {
        match *step {
            Step::Grant { by, to, workspace: w, role } => self.here(by, w) && self.put(by, to, level(role), Some(w)),
            Step::Remove { by, from, workspace: w } => self.here(by, w) && self.put(by, from, 0, Some(w)),
            Step::Transfer { by, to, workspace: w } => {
                let may = self.here(by, w) && self.level(by, w) == OWNER && by != to && self.level(to, w) > 0;
                if may {
                    self.direct[w][to] = OWNER;
                    self.direct[w][by] = self.direct[w][by].min(ADMIN);
                }
                may
            }
            Step::Invite { by, to, workspace: w, role } => {
                let may = self.here(by, w) && self.level(by, w) >= level(role).max(ADMIN);
                if may {
                    self.offers[w][to] = (level(role), by);
                }
                may
            }
            Step::Accept { by, workspace: w } => {
                let (offered, inviter) = self.offers[w][by];
                let may = !self.deleted[w] && offered > 0 && self.level(inviter, w) >= offered.max(ADMIN);
                if may {
                    self.direct[w][by] = self.direct[w][by].max(offered);
                    self.offers[w][by] = (0, 0);
                }
                may
            }
            Step::Enroll { by, to, role } => self.put(by, to, inherited(role), None),
            Step::Expel { by, from } => self.organization[by] > 0 && self.put(by, from, 0, None),
            Step::Delete { by, workspace: w } | Step::Restore { by, workspace: w } => {
                let deletes = matches!(step, Step::Delete { .. });
                let may = self.deleted[w] != deletes && self.level(by, w) == OWNER;
                self.deleted[w] ^= may;
                may
            }
        }
    }

    fn here(&self, who: usize, w: usize) -> bool {
        !self.deleted[w] && self.level(who, w) > 0
    }
}

fn level(role: WorkspaceRole) -> usize {
    OWNER - WorkspaceRole::ALL.iter().position(|r| *r == role).unwrap_or_default()
}

fn inherited(role: OrganizationRole) -> usize {
    [OWNER, ADMIN, 3][OrganizationRole::ALL.iter().position(|r| *r == role).unwrap_or_default()]
}

fn step() -> impl Strategy<Value = Step<usize>> {
    let (p, w) = (0..PEOPLE, 0..WORKSPACES);
    let role = prop::sample::select(WorkspaceRole::ALL);
    let rank = prop::sample::select(OrganizationRole::ALL);
    (0..12, p.clone(), p, w, role, rank).prop_map(|(kind, by, to, workspace, role, rank)| match kind {
        0..3 => Step::Grant { by, to, workspace, role },
        3 => Step::Remove { by, from: to, workspace },
        4 => Step::Remove { by, from: by, workspace },
        5 => Step::Transfer { by, to, workspace },
        6 => Step::Invite { by, to, workspace, role },
        7 => Step::Accept { by, workspace },
        8 => Step::Enroll { by, to, role: rank },
        9 => Step::Expel { by, from: to },
        10 => Step::Delete { by, workspace },
        _ => Step::Restore { by, workspace },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_roster_agrees_with_the_reference_after_each_step(steps in prop::collection::vec(step(), 100)) {
        let mut roster = Roster::found(0, WORKSPACES);
        let mut reference = Reference::default();
        reference.organization[0] = OWNER;
        for step in &steps {
            let taken = roster.take(step);
            prop_assert_eq!(taken.is_ok(), reference.take(step), "{:?} -> {:?}", step, taken);
            for w in 0..WORKSPACES {
                prop_assert!(reference.owned(w), "nobody owns workspace {} after {:?}", w, step);
                for p in 0..PEOPLE {
                    let held = roster.seat(p, w).map_or(0, |seat| level(seat.role()));
                    let told = if reference.deleted[w] { 0 } else { reference.level(p, w) };
                    prop_assert_eq!(held, told, "person {} in workspace {} after {:?}", p, w, step);
                }
            }
        }
    }
}

#[test]
fn grantable_roles_end_at_the_own_role() {
    assert_eq!(super::grantable(WorkspaceRole::Admin), WorkspaceRole::ALL[1..].to_vec());
    assert_eq!(super::grantable(WorkspaceRole::Owner), WorkspaceRole::ALL.to_vec());
    for role in WorkspaceRole::RANKS.iter().filter(|role| !role.manages()) {
        assert!(super::grantable(*role).is_empty(), "{role:?} gives seats");
    }
}
