//! Single use of challenges.

use super::authenticator::{secret, tx};
use crate::support::{Person, World, execute, sign_in};
use serde_json::json;
use store::{
    factors::{self, AuthMethod, challenges},
    secret::Secret,
};

#[tokio::test]
async fn a_challenge_is_valid_once_for_its_session_and_purpose() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (mine, other) = (sign_in(&world.store, world.ann.id, "ann").await, &world.ann);
    let state = json!({ "challenge": "x" });
    let keep = async |handle: &Secret| {
        let mut own = tx(&world.store, &mine).await;
        let reauthenticated = factors::check_reauthenticated(&mut own, AuthMethod::Password).await.unwrap().unwrap();
        challenges::keep_registration(&mut own, &reauthenticated, handle, &state).await.unwrap();
        own.commit().await.unwrap();
    };
    let take = async |who: &Person, handle: &Secret| {
        let mut own = tx(&world.store, who).await;
        let taken = challenges::take_registration(&mut own, handle).await.unwrap();
        own.commit().await.unwrap();
        taken.map(|(state, _)| state)
    };
    let handle = secret();
    keep(&handle).await;
    assert_eq!(take(other, &handle).await, None, "another session of hers");
    assert_eq!(take(&world.bob, &handle).await, None, "another person");
    assert_eq!(take(&mine, &secret()).await, None, "a made-up handle");
    let mut mfa = world.store.mfa(&mine.session()).await.unwrap().unwrap();
    assert_eq!(challenges::take_proof(&mut mfa, &handle).await.unwrap(), None, "another purpose");
    drop(mfa);
    assert_eq!(world.store.take_sign_in_challenge(&handle).await.unwrap(), None, "a sign-in");
    assert_eq!(take(&mine, &handle).await, Some(state.clone()), "the control: its own");
    assert_eq!(take(&mine, &handle).await, None, "twice");

    let late = secret();
    keep(&late).await;
    execute(&mut superuser, "update account.challenges set expires_at = expires_at - interval '5 minutes'")
        .await
        .unwrap();
    assert_eq!(take(&mine, &late).await, None, "after five minutes");

    let (handle, late) = (secret(), secret());
    world.store.keep_sign_in_challenge(&handle, &state).await.unwrap();
    assert_eq!(world.store.take_sign_in_challenge(&handle).await.unwrap(), Some(state.clone()));
    assert_eq!(world.store.take_sign_in_challenge(&handle).await.unwrap(), None, "a sign-in twice");
    world.store.keep_sign_in_challenge(&late, &state).await.unwrap();
    execute(&mut superuser, "update account.challenges set expires_at = expires_at - interval '5 minutes'")
        .await
        .unwrap();
    assert_eq!(world.store.take_sign_in_challenge(&late).await.unwrap(), None, "a sign-in after five minutes");
    world.store.keep_sign_in_challenge(&secret(), &state).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from account.challenges where expires_at < now()")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(left, 0, "what ran out piles up");
}
