//! Invariant: a workspace's second-factor requirement applies to every operation that grants, changes, revokes or
//! restores a seat, and an operator token is rejected from its expiry on.

use crate::support::{Person, World, execute, sign_in};
use model::{OrganizationRole, WorkspaceRole, domain::Domain, id::InviteId, members::AutoJoin, token::TokenLife};
use sqlx::PgConnection;
use store::{StoreError, deleted::RestoreOutcome, door::Credential, offers, organizations, secret::Secret, tokens};

async fn demand(superuser: &mut PgConnection, world: &World, on: bool) {
    let statement = format!("update account.workspaces set demands_factor = {on} where id = '{}'", world.a1.id);
    execute(superuser, &statement).await.unwrap();
}

async fn prove(superuser: &mut PgConnection, who: &Person) {
    let statement = format!("update account.sessions set factor_at = now() where user_id = '{}'", who.id);
    execute(superuser, &statement).await.unwrap();
}

fn is_asked<T>(done: &Result<T, StoreError>) -> bool {
    matches!(done, Err(StoreError::FactorDemanded))
}

/// Creates an open invite by ann, to the workspace or to the organization.
async fn invited(superuser: &mut PgConnection, world: &World, email: &str, workspace: bool) -> InviteId {
    let id: sqlx::types::Uuid = sqlx::query_scalar(
        "insert into account.invites (id, organization_id, workspace_id, email, role, invited_by)
        values (gen_random_uuid(), $1, $2, $3, 'member', $4) returning id",
    )
    .bind(world.a1.organization.uuid())
    .bind(workspace.then(|| world.a1.id.uuid()))
    .bind(email)
    .bind(world.ann.id.uuid())
    .fetch_one(superuser)
    .await
    .unwrap();
    InviteId::from_uuid(id)
}

#[tokio::test]
async fn organization_changes_require_the_factor_of_its_workspaces() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let change = async |role| {
        let mut tx = world.organization(&world.ann, &world.a1).await;
        let done = organizations::set_member(&mut tx, world.eve.id, role).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    let invite = async |to: &str| {
        let mut tx = world.organization(&world.ann, &world.a1).await;
        let (email, links) = (model::Email::parse(to).unwrap(), offers::links().unwrap());
        let done = organizations::send_invite(&mut tx, &email, OrganizationRole::Owner, &links).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    demand(&mut superuser, &world, true).await;
    assert!(is_asked(&change(OrganizationRole::Owner).await), "a role in the organization is a seat in its workspaces");
    assert!(is_asked(&invite("friend@stile.example").await), "an invite gives one");
    // A deleted workspace can be restored, so its requirement still applies.
    execute(&mut superuser, &format!("update account.workspaces set deleted_at = now() where id = '{}'", world.a1.id))
        .await
        .unwrap();
    assert!(is_asked(&change(OrganizationRole::Owner).await));
    execute(&mut superuser, &format!("update account.workspaces set deleted_at = null where id = '{}'", world.a1.id))
        .await
        .unwrap();
    // Control: the other organization has no such requirement.
    let mut tx = world.organization(&world.ola, &world.b1).await;
    organizations::set_member(&mut tx, world.eve.id, OrganizationRole::Member).await.unwrap();
    tx.commit().await.unwrap();
    prove(&mut superuser, &world.ann).await;
    change(OrganizationRole::Member).await.unwrap();
    change(OrganizationRole::Admin).await.unwrap();
    invite("friend@stile.example").await.unwrap();
    // A removal changes seats as well. Another session of the same user has not proven a factor.
    let elsewhere = sign_in(&world.store, world.ann.id, "ann").await;
    let mut tx = world.organization(&elsewhere, &world.a1).await;
    assert!(is_asked(&organizations::remove(&mut tx, world.eve.id).await));
    drop(tx);
    let mut tx = world.organization(&world.ann, &world.a1).await;
    organizations::remove(&mut tx, world.eve.id).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn restoring_accepting_and_joining_require_the_factor() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let restore = async |credential: &Credential| world.store.restore_workspace(credential, &world.a1.slug).await;
    demand(&mut superuser, &world, true).await;
    let deleted = format!("update account.workspaces set deleted_at = now() where id = '{}'", world.a1.id);
    execute(&mut superuser, &deleted).await.unwrap();
    assert!(is_asked(&restore(&world.ann.session()).await));
    assert_eq!(
        restore(&world.eve.session()).await.unwrap(),
        RestoreOutcome::No,
        "a stranger learns that it demands a factor"
    );
    prove(&mut superuser, &world.ann).await;
    assert_eq!(restore(&world.ann.session()).await.unwrap(), RestoreOutcome::Yes);

    for workspace in [true, false] {
        let id = invited(&mut superuser, &world, "eve@stile.example", workspace).await;
        let accept = async || {
            let mut tx = world.person(&world.eve).await;
            let done = offers::accept(&mut tx, id).await;
            if done.is_ok() {
                tx.commit().await.unwrap();
            }
            done
        };
        execute(&mut superuser, "update account.sessions set factor_at = null").await.unwrap();
        assert!(is_asked(&accept().await), "workspace: {workspace}");
        prove(&mut superuser, &world.eve).await;
        assert!(
            matches!(
                accept().await.unwrap(),
                offers::AcceptOutcome::Workspace(_) | offers::AcceptOutcome::Organization(_)
            ),
            "workspace: {workspace}"
        );
        for table in ["workspace_members", "organization_members"] {
            execute(&mut superuser, &format!("delete from account.{table} where user_id = '{}'", world.eve.id))
                .await
                .unwrap();
        }
    }

    prove(&mut superuser, &world.ann).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can().unwrap();
    let join = AutoJoin { domain: Domain::parse("stile.example").unwrap(), role: WorkspaceRole::Viewer };
    store::auto_joins::set(&mut tx, &can, &join).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let join = async || {
        let mut tx = world.person(&world.mal).await;
        let done = offers::join(&mut tx, world.a1.id).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    assert!(is_asked(&join().await));
    prove(&mut superuser, &world.mal).await;
    assert!(join().await.unwrap().is_some(), "the control");
}

#[tokio::test]
async fn an_organization_invite_binds_at_sign_in_only_with_the_factor() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let role = "select count(*) from account.organization_members m join account.users u on u.id = m.user_id where u.name = 'eve'";
    demand(&mut superuser, &world, true).await;
    invited(&mut superuser, &world, "eve@stile.example", false).await;
    sign_in(&world.store, world.eve.id, "eve").await;
    let count: i64 = sqlx::query_scalar(role).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(count, 0, "a password alone gave a seat");
    demand(&mut superuser, &world, false).await;
    sign_in(&world.store, world.eve.id, "eve").await;
    let count: i64 = sqlx::query_scalar(role).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(count, 1, "the control");
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (short, long) = (Secret::generate("stile_").unwrap(), Secret::generate("stile_").unwrap());
    let mut tx = world.person(&world.ann).await;
    assert!(tokens::create(&mut tx, "short", &short, TokenLife::Month).await.unwrap());
    assert!(tokens::create(&mut tx, "long", &long, TokenLife::Year).await.unwrap());
    tx.commit().await.unwrap();
    let opens = async |token: &Secret| {
        let credential = Credential::Token(token.hash());
        let person = world.store.person(&credential).await.unwrap().is_some();
        let place = world.store.workspace(&credential, &world.a1.slug).await.unwrap();
        [person, crate::support::kind(&place) == "open"]
    };
    assert_eq!(opens(&short).await, [true; 2]);
    execute(&mut superuser, "update account.operator_tokens set expires_at = now() where name = 'short'")
        .await
        .unwrap();
    assert_eq!(opens(&short).await, [false; 2], "it outlives its end");
    assert_eq!(opens(&long).await, [true; 2], "another one ended with it");
    let mut tx = world.person(&world.ann).await;
    let listed = tokens::list(&mut tx).await.unwrap();
    assert_eq!(
        listed.iter().map(|t| (t.name.as_str(), t.expired)).collect::<Vec<_>>(),
        [("long", false), ("short", true)]
    );
    assert_eq!(tokens::live_names(&mut tx).await.unwrap(), ["long"]);
    tokens::revoke_all(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(opens(&long).await, [false; 2]);
}
