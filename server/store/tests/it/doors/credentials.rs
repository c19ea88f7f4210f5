//! Sessions and operator tokens: what each opens, and when it ends.

use crate::support::{World, execute, kind, sign_in, write_target};
use model::token::TokenLife;
use store::{
    StoreError,
    door::{Credential, Door},
    handoffs, identity,
    secret::Secret,
    tokens,
};

/// Returns, for each way to open a transaction, whether the credential was accepted: account plane, workspace,
/// workspace write, organization.
async fn opens(world: &World, credential: &Credential) -> [bool; 4] {
    let (a1, ann) = (&world.a1, &world.ann);
    let signed_out = |door: &str| door == "signed out";
    [
        world.store.person(credential).await.unwrap().is_some(),
        !signed_out(kind(&world.store.workspace(credential, &a1.slug).await.unwrap())),
        !signed_out(kind(&world.store.workspace_write(credential, &a1.slug, write_target(ann, a1)).await.unwrap())),
        world.store.organization(credential, a1.organization).await.unwrap().is_some(),
    ]
}

#[tokio::test]
async fn an_ended_session_opens_nothing() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let other = sign_in(&world.store, world.ann.id, "ann, elsewhere").await;
    assert_eq!(opens(&world, &world.ann.session()).await, [true; 4]);
    let mut tx = world.person(&world.ann).await;
    identity::sign_out(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        opens(&world, &world.ann.session()).await,
        [false; 4],
        "a session that was signed out still opens something"
    );
    assert_eq!(opens(&world, &other.session()).await, [true; 4], "another device was signed out, too");

    for (how, fact, undo) in [
        (
            "expired",
            "update account.sessions set expires_at = now()",
            "update account.sessions set expires_at = now() + interval '1 hour'",
        ),
        (
            "idle for 14 days",
            "update account.sessions set last_seen_at = now() - interval '14 days'",
            "update account.sessions set last_seen_at = now()",
        ),
        (
            "of a disabled person",
            "update account.users set disabled_at = now()",
            "update account.users set disabled_at = null",
        ),
    ] {
        execute(&mut superuser, fact).await.unwrap();
        assert_eq!(opens(&world, &other.session()).await, [false; 4], "a session that is {how} still opens something");
        execute(&mut superuser, undo).await.unwrap();
        assert_eq!(opens(&world, &other.session()).await, [true; 4]);
    }

    // A new sign-in in the same browser ends the previous session.
    let next = Secret::generate("").unwrap();
    world.store.begin_session(world.ann.id, &next, &identity::Device::default(), Some(&other.session())).await.unwrap();
    assert_eq!(opens(&world, &other.session()).await, [false; 4], "the session before a sign-in lives on");
    assert_eq!(opens(&world, &Credential::Session(next.hash())).await, [true; 4]);
}

#[tokio::test]
async fn tokens_sessions_and_stored_hashes_are_not_interchangeable() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let token = Secret::generate("stile_").unwrap();
    let mut tx = world.person(&world.ann).await;
    assert!(tokens::create(&mut tx, "laptop", &token, TokenLife::default()).await.unwrap());
    let id = tokens::list(&mut tx).await.unwrap()[0].id;
    tx.commit().await.unwrap();

    assert_eq!(opens(&world, &Credential::Token(token.hash())).await, [true; 4], "a live token opens nothing");
    assert_eq!(
        opens(&world, &Credential::Session(token.hash())).await,
        [false; 4],
        "a token passes for a session cookie"
    );
    assert_eq!(
        opens(&world, &Credential::Token(world.ann.secret.hash())).await,
        [false; 4],
        "a session cookie passes for a token"
    );

    // An attacker who reads the database gets the hashes. No hash must be usable as a secret.
    let stored: Vec<String> = sqlx::query_scalar(
        "select encode(token_hash, f) from account.sessions, unnest(array['hex', 'base64', 'escape']) f
        union all select encode(token_hash, f) from account.operator_tokens, unnest(array['hex', 'base64', 'escape']) f",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    for hash in stored.iter().filter_map(|text| Secret::presented(text)) {
        for credential in [Credential::Session(hash.hash()), Credential::Token(hash.hash())] {
            assert_eq!(opens(&world, &credential).await, [false; 4], "a stored hash opens a door");
        }
    }

    // A token identifies a user, not a device: operations that need a session must fail.
    let Door::Open(mut tx) =
        world.store.workspace_visit(&Credential::Token(token.hash()), &world.a1.slug).await.unwrap()
    else {
        panic!("ann's token opens none of her workspaces")
    };
    assert_eq!(tx.tenant().principal.session, None);
    let minted = handoffs::mint(&mut tx, &Secret::generate("").unwrap()).await;
    assert!(
        matches!(minted, Err(StoreError::Inconsistent(_))),
        "a token switches workspaces in the name of no session"
    );
    drop(tx);

    let mut tx = world.person(&world.mal).await;
    assert!(!tokens::revoke(&mut tx, id).await.unwrap(), "mal revoked ann's token");
    assert!(tokens::list(&mut tx).await.unwrap().is_empty(), "mal sees ann's tokens");
    tx.commit().await.unwrap();
    let mut tx = world.person(&world.ann).await;
    assert!(tokens::revoke(&mut tx, id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(
        opens(&world, &Credential::Token(token.hash())).await,
        [false; 4],
        "a revoked token still opens something"
    );
}

/// Promise: a request in progress does not block another of the same user, although recording the last use of a session
/// or token writes to a row that all of its requests share.
#[tokio::test]
async fn concurrent_requests_of_one_person_do_not_block_each_other() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let token = Secret::generate("stile_").unwrap();
    let mut tx = world.person(&world.ann).await;
    assert!(tokens::create(&mut tx, "laptop", &token, TokenLife::default()).await.unwrap());
    tx.commit().await.unwrap();
    execute(&mut superuser, "update account.sessions set last_seen_at = now() - interval '10 minutes'").await.unwrap();
    for credential in [world.ann.session(), Credential::Token(token.hash())] {
        let held = world.store.workspace(&credential, &world.a1.slug).await.unwrap();
        assert_eq!(kind(&held), "open");
        // If the row were locked, this would fail with a lock timeout, and every other tab would get a 503.
        assert_eq!(opens(&world, &credential).await, [true; 4]);
        match held {
            Door::Open(tx) => drop(tx.commit().await.unwrap()),
            _ => unreachable!(),
        }
    }
    let noted: bool = sqlx::query_scalar(
        "select (select count(*) from account.sessions where last_seen_at > now() - interval '1 minute') = 1
            and (select bool_and(last_used_at is not null) from account.operator_tokens)",
    )
    .fetch_one(&mut superuser)
    .await
    .unwrap();
    assert!(noted, "nobody noted that the session and the token were used");
}
