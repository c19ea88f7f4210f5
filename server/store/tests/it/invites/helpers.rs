//! Steps that the tests of invites share.

use crate::support::{Person, Place, World, execute};
use model::{Email, WorkspaceRole, capability::ManageMembers, id::InviteId, invite::InviteState};
use sqlx::PgConnection;
use store::{
    StoreError,
    invites::{self, LinkTokens, SendOutcome},
    offers::{self, AcceptOutcome},
    secret::Secret,
};

pub(super) fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@stile.example")).unwrap()
}

pub(super) struct Sent {
    pub(super) id: InviteId,
    pub(super) links: LinkTokens,
}

impl World {
    pub(super) async fn send(
        &self,
        by: &Person,
        place: &Place,
        to: &Email,
        role: WorkspaceRole,
    ) -> Result<(SendOutcome, LinkTokens), StoreError> {
        let mut tx = self.write(by, place).await;
        let can = tx.can::<ManageMembers>().unwrap();
        let links = offers::links().unwrap();
        let sending = invites::send(&mut tx, &can, to, role, &links).await?;
        tx.commit().await?;
        Ok((sending, links))
    }

    pub(super) async fn invited(&self, by: &Person, place: &Place, to: &str, role: WorkspaceRole) -> Sent {
        match self.send(by, place, &email(to), role).await.unwrap() {
            (SendOutcome::Sent(id), links) => Sent { id, links },
            (other, _) => panic!("{to} was not invited: {other:?}"),
        }
    }

    pub(super) async fn accept(&self, who: &Person, id: InviteId) -> AcceptOutcome {
        let mut tx = self.person(who).await;
        let accepted = offers::accept(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        accepted
    }

    pub(super) async fn has_seat(&self, who: &Person, place: &Place) -> bool {
        matches!(self.door(who, place).await, store::door::Door::Open(_))
    }

    pub(super) async fn state(&self, token: &Secret) -> Option<InviteState> {
        self.store.invite(&token.hash()).await.unwrap().map(|linked| linked.invite.state)
    }
}

pub(super) async fn run(superuser: &mut PgConnection, sql: &str) {
    assert_ne!(execute(superuser, sql).await.unwrap(), 0, "nothing came of: {sql}");
}
