//! Passkeys: who holds one, and sign-in with it.

use super::authenticator::{secret, tx};
use crate::support::{Person, World, sign_in};
use model::factor::FactorStanding;
use serde_json::json;
use store::{
    door::Credential,
    factors::{self, AuthMethod, passkeys},
    identity::Device,
};

#[tokio::test]
async fn a_passkey_belongs_to_one_person_and_signs_them_in() {
    let world = World::new().await;
    let add = async |who: &Person, id: &[u8]| {
        let mut own = tx(&world.store, who).await;
        let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Password).await.unwrap().unwrap();
        let fresh = secret();
        let outcome = passkeys::add(&mut own, &reauthenticated, "Laptop", id, &json!({ "key": 1 }), &fresh).await;
        if outcome.is_ok() {
            own.commit().await.unwrap();
        }
        outcome.map(|added| (added.unwrap(), fresh))
    };
    let session = sign_in(&world.store, world.ann.id, "ann").await;
    let (codes, fresh) = add(&session, b"credential of ann").await.unwrap();
    assert_eq!(codes.len(), 10, "the first factor comes with recovery codes");
    let session = Person { secret: fresh, ..session };
    let taken = add(&sign_in(&world.store, world.bob.id, "bob").await, b"credential of ann").await;
    assert!(taken.is_err_and(|e| e.is_refused_by("passkey_known")), "two people hold one passkey");

    let known = world.store.passkey(b"credential of ann").await.unwrap().expect("hers");
    assert_eq!(known.user, world.ann.id);
    assert!(world.store.passkey(b"credential of nobody").await.unwrap().is_none());
    let by = secret();
    let (user, device) = (known.user, Device::default());
    let begun = world.store.begin_session_by_passkey((user, known.id), &json!({ "key": 2 }), &by, &device, None).await;
    assert!(begun.unwrap().is_some(), "the passkey did not sign in");
    let mut own = world.store.person(&Credential::Session(by.hash())).await.unwrap().expect("a session");
    assert_eq!(factors::standing(&mut own).await.unwrap(), FactorStanding::Fresh, "a passkey is both factors");
    drop(own);

    let mut own = tx(&world.store, &world.bob).await;
    let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Password).await.unwrap().unwrap();
    assert!(!passkeys::remove(&mut own, &reauthenticated, known.id).await.unwrap(), "bob removed ann's");
    drop(own);
    let mut own = tx(&world.store, &session).await;
    let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Factor).await.unwrap().unwrap();
    assert!(passkeys::remove(&mut own, &reauthenticated, known.id).await.unwrap());
    own.commit().await.unwrap();
    let gone = world.store.begin_session_by_passkey((user, known.id), &json!({}), &secret(), &device, None).await;
    assert!(gone.unwrap().is_none(), "a passkey that was removed signs in");
}
