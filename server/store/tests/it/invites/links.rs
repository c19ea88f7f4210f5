//! Links of invites.

use crate::support::{World, sign_in, texts};
use model::{WorkspaceRole, invite::Mailbox};
use store::{offers::AcceptOutcome, secret::Secret};

#[tokio::test]
async fn an_invite_token_is_stored_as_a_hash_and_only_the_mailed_one_creates_an_account() {
    let world = World::new().await;
    let sent = world.invited(&world.bob, &world.a1, "new.person", WorkspaceRole::Member).await;
    let mailed = sent.links.mailed.reveal();
    let flipped: String =
        mailed.chars().enumerate().map(|(i, c)| if i == 7 { if c == 'A' { 'B' } else { 'A' } } else { c }).collect();
    for wrong in [&flipped, &mailed[..42], &format!("{mailed}A")] {
        let hash = Secret::presented(wrong).unwrap().hash();
        assert!(world.store.invite(&hash).await.unwrap().is_none(), "{wrong} opened it");
    }
    let mut superuser = world.db.superuser().await;
    let hashes = texts(&mut superuser, "select encode(token_hash, 'hex') from account.invite_links").await;
    let as_token = Secret::presented(&hashes[0]).unwrap().hash();
    assert!(world.store.invite(&as_token).await.unwrap().is_none(), "the stored hash is a token");
    for table in ["account.invites", "account.invite_links", "workspace.audit_log", "account.mail_queue"] {
        let rows = texts(&mut superuser, &format!("select t::text from {table} t")).await.join("\n");
        assert!(!rows.contains(mailed), "{table} holds the token");
    }
    // Leaks guarded: the copied link does not prove that its holder owns the mailbox, and does not reveal whether the
    // address has an account.
    let look = async |token: &Secret| world.store.invite(&token.hash()).await.unwrap().unwrap().mailbox;
    assert_eq!((look(&sent.links.mailed).await, look(&sent.links.copied).await), (Mailbox::New, Mailbox::Unproven));
    let register = async |token: &Secret| {
        world.store.register_by_invite(&token.hash(), "New", "no password opens this").await.unwrap()
    };
    assert_eq!(
        register(&sent.links.copied).await,
        None,
        "the inviter's link made an account of somebody else's address"
    );
    let id = register(&sent.links.mailed).await.expect("the mailed link made no account");
    assert_eq!(register(&sent.links.mailed).await, None, "a second account of one address");
    assert_eq!(look(&sent.links.mailed).await, Mailbox::Known);
    let person = sign_in(&world.store, id, "new").await;
    assert_eq!(world.accept(&person, sent.id).await, AcceptOutcome::Workspace(world.a1.slug.clone()));
}
