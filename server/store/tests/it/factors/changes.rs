//! Changes of the factors of a user.

use super::authenticator::{secret, turn_on, tx};
use crate::support::{Person, World, execute, sign_in};
use model::factor::{FactorAsked, FactorStanding};
use store::{
    factors::{self, AuthMethod, VerificationRefused, recovery, totp},
    identity::{Device, SignInOutcome},
};

#[tokio::test]
async fn changing_factors_requires_a_recent_verification() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let stolen = sign_in(&world.store, world.ann.id, "ann").await;
    let holding = turn_on(&world, sign_in(&world.store, world.ann.id, "ann").await).await;
    assert_eq!(holding.codes.len(), 10);

    // A session without a proven factor can't change factors, even with the password.
    let mut own = tx(&world.store, &stolen).await;
    assert_eq!(factors::standing(&mut own).await.unwrap(), FactorStanding::Stale);
    for method in [AuthMethod::Password, AuthMethod::Factor] {
        assert!(factors::check_reauthenticated(&mut own, method).await.unwrap().is_none(), "let in by {method:?}");
    }
    drop(own);
    let mut own = tx(&world.store, &holding.who).await;
    let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Factor)
        .await
        .unwrap()
        .expect("the control: she has proven it");
    assert!(
        totp::start(&mut own, &reauthenticated, &holding.seal).await.unwrap().is_none(),
        "an app in the place of the app"
    );
    let renewed = recovery::renew(&mut own, &reauthenticated).await.unwrap();
    factors::set_asked(&mut own, &reauthenticated, FactorAsked::Workspace).await.unwrap();
    own.commit().await.unwrap();
    let old = holding.present(&world.store, &holding.who.session(), &holding.codes[0].shown()).await;
    assert_eq!(old.err(), Some(VerificationRefused::Wrong), "a code of the old set");
    let fresh = holding.present(&world.store, &holding.who.session(), &renewed[0].shown()).await.expect("of the new");
    let who = Person { secret: fresh, ..holding.who };

    // A proof is fresh for 15 minutes.
    execute(&mut superuser, "update account.sessions set factor_at = factor_at - interval '16 minutes'").await.unwrap();
    let mut own = tx(&world.store, &who).await;
    assert!(
        factors::check_reauthenticated(&mut own, AuthMethod::Factor).await.unwrap().is_none(),
        "a proof of 16 minutes ago"
    );
    drop(own);
    execute(&mut superuser, "update account.sessions set factor_at = now()").await.unwrap();
    let mut own = tx(&world.store, &who).await;
    let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Factor).await.unwrap().unwrap();
    totp::turn_off(&mut own, &reauthenticated).await.unwrap();
    let state = factors::state(&mut own).await.unwrap();
    assert_eq!((state.is_on(), state.recovery_left), (false, 0), "recovery codes are left without a factor");
    own.commit().await.unwrap();
    let begun = world.store.begin_session(world.ann.id, &secret(), &Device::default(), None).await.unwrap();
    assert!(matches!(begun, SignInOutcome::Session(_)), "asked for what is turned off");
}
