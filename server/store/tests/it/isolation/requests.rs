//! Concurrent requests of two workspaces.

use crate::support::{World, draft};
use model::{
    capability::EditContent,
    customer::CustomerDraft,
    list::{ListQuery, Noun},
};
use std::{sync::Arc, time::Duration};
use store::customers;
use tokio::task::JoinSet;

/// Leak guarded: requests of two workspaces alternate on few connections, mixed with rejections, cancellations and
/// abandoned transactions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_of_two_workspaces_see_only_their_own_rows() {
    let world = Arc::new(World::new().await);
    world.furnish().await;
    let mut tasks = JoinSet::new();
    for task in 0..24 {
        let world = Arc::clone(&world);
        tasks.spawn(async move {
            let (who, place, mark) =
                if task % 2 == 0 { (&world.ann, &world.a1, "Alpha") } else { (&world.ola, &world.b1, "Beta") };
            let mut read = 0;
            for round in 0..40_u64 {
                let request = async {
                    match round % 4 {
                        0 => {
                            let mut tx = world.write(who, place).await;
                            let can = tx.can::<EditContent>().unwrap();
                            let _ = customers::create(&mut tx, &can, &draft(&format!("{mark} {task} {round}"))).await;
                            let _ = customers::create(
                                &mut tx,
                                &can,
                                &CustomerDraft { country: "none".to_owned(), ..draft("refused") },
                            )
                            .await;
                        }
                        1 => drop(world.read(who, place).await),
                        _ => {}
                    }
                    let mut tx = world.read(who, place).await;
                    let page = customers::list(&mut tx, &ListQuery::new(Noun::Customers)).await.unwrap();
                    tx.commit().await.unwrap();
                    page
                };
                // Every third request is cancelled at some point.
                let patience = if round % 3 == 0 { Duration::from_micros(round * 60) } else { Duration::from_secs(20) };
                if let Ok(page) = tokio::time::timeout(patience, request).await {
                    assert!(
                        page.rows.iter().all(|row| row.name.starts_with(mark)),
                        "{} was shown {:?}",
                        who.name,
                        page.rows
                    );
                    assert_eq!(page.total, 2, "{} sees rows that were never committed, or not all", who.name);
                    read += 1;
                }
            }
            read
        });
    }
    let read: i32 = tasks.join_all().await.iter().sum();
    assert!(read > 400, "only {read} requests went through");
}
