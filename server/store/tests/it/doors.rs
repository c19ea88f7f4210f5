//! Invariant: access requires a live session and a live seat. Both are read in the transaction that is opened, so a
//! grant takes effect with the next request, and a revoked seat is rejected at once. A user without a seat can't
//! distinguish an existing workspace from a missing one. Capabilities are granted only by opening a transaction, and
//! only for that transaction (docs/SECURITY.md, I-3, I-4, I-7 to I-9).

use crate::support::{Person, World, change, connect, draft, execute, fence, kind, membership, seat, sign_in, slug};
use model::{
    Capability, OrganizationRole, WorkspaceRole,
    capability::{
        EditContent, ManageBilling, ManageInvoices, ManageMembers, ManageSettings, OwnWorkspace, ReadAll, ReadShared,
    },
    list::{ListQuery, Noun},
    seat::SeatSource,
    token::TokenLife,
};
use sqlx::PgConnection;
use store::{
    StoreError, customers,
    door::{Credential, Denied, Door, Mode, WorkspaceTx},
    handoffs, identity, invoices, overview, products, rate_plans,
    secret::Secret,
    tokens, usage,
};

#[tokio::test]
async fn a_seat_is_looked_up_at_every_step() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let elsewhere = world.db.store();
    assert_eq!(kind(&world.door(&world.eve, &world.a1).await), "absent");
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    assert_eq!(world.read(&world.eve, &world.a1).await.tenant().seat.role(), WorkspaceRole::Viewer);
    seat(&mut superuser, &world.a1, &world.eve, Some("admin")).await;
    assert_eq!(
        world.read(&world.eve, &world.a1).await.tenant().seat.role(),
        WorkspaceRole::Admin,
        "an old role was remembered"
    );
    seat(&mut superuser, &world.a1, &world.eve, Some("guest")).await;
    let lowered = world.read(&world.eve, &world.a1).await;
    assert_eq!(lowered.tenant().seat.role(), WorkspaceRole::Guest, "a role that was taken away still counts");
    drop(lowered);
    // Connections and caches are warm, on this server and on another.
    let warm = elsewhere.workspace(&world.eve.session(), &world.a1.slug).await.unwrap();
    assert_eq!(kind(&warm), "open");
    drop(warm);
    seat(&mut superuser, &world.a1, &world.eve, None).await;
    for store in [&world.store, &elsewhere] {
        let read = store.workspace(&world.eve.session(), &world.a1.slug).await.unwrap();
        assert_eq!(kind(&read), "absent", "a revoked seat still reads");
        let write =
            store.workspace_write(&world.eve.session(), &world.a1.slug, fence(&world.eve, &world.a1)).await.unwrap();
        assert_eq!(kind(&write), "absent", "a revoked seat still writes");
    }
    assert_eq!(kind(&world.door(&world.bob, &world.a1).await), "open", "somebody else's seat went with it");
}

#[tokio::test]
async fn a_seat_lasts_as_long_as_one_of_its_sources() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let eve = &world.eve;
    for direct_goes_first in [true, false] {
        seat(&mut superuser, &world.a1, eve, Some("billing_admin")).await;
        let direct = world.read(eve, &world.a1).await.tenant().seat;
        assert_eq!((direct.role(), direct.via()), (WorkspaceRole::BillingAdmin, &[SeatSource::Direct][..]));
        membership(&mut superuser, &world.a1, eve, Some("member")).await;
        let both = world.read(eve, &world.a1).await.tenant().seat;
        assert_eq!(
            (both.direct(), both.organization()),
            (Some(WorkspaceRole::BillingAdmin), Some(OrganizationRole::Member))
        );
        assert!(
            both.capabilities().has(Capability::EditContent) && both.capabilities().has(Capability::ManageInvoices)
        );
        // The organization role covers all of its workspaces, but no others.
        assert_eq!(world.read(eve, &world.a2).await.tenant().seat.via(), [SeatSource::Organization]);
        assert_eq!(kind(&world.door(eve, &world.b1).await), "absent", "a role in A opens B");
        if direct_goes_first {
            seat(&mut superuser, &world.a1, eve, None).await;
            let inherited = world.read(eve, &world.a1).await.tenant().seat;
            assert_eq!((inherited.role(), inherited.via()), (WorkspaceRole::Member, &[SeatSource::Organization][..]));
            assert!(
                !inherited.capabilities().has(Capability::ManageInvoices),
                "the direct seat is gone, its capabilities stay"
            );
            membership(&mut superuser, &world.a1, eve, None).await;
        } else {
            membership(&mut superuser, &world.a1, eve, None).await;
            let direct = world.read(eve, &world.a1).await.tenant().seat;
            assert_eq!((direct.role(), direct.via()), (WorkspaceRole::BillingAdmin, &[SeatSource::Direct][..]));
            assert!(
                !direct.capabilities().has(Capability::EditContent),
                "the inherited seat is gone, its capabilities stay"
            );
            assert_eq!(
                kind(&world.door(eve, &world.a2).await),
                "absent",
                "the organization's other workspaces stay open"
            );
            seat(&mut superuser, &world.a1, eve, None).await;
        }
        assert_eq!(kind(&world.door(eve, &world.a1).await), "absent", "both sources are gone, the seat is not");
    }
}

#[tokio::test]
async fn a_workspace_made_later_is_inherited_too() {
    let world = World::new().await;
    let mut tx = world.organization(&world.ola, &world.b1).await;
    let wanted = [(slug("b-later"), "Later".to_owned())];
    store::organizations::create_workspaces(&mut tx, &wanted).await.unwrap();
    tx.commit().await.unwrap();
    for (who, expected) in
        [(&world.ola, "open"), (&world.dora, "open"), (&world.carl, "absent"), (&world.ann, "absent")]
    {
        let door = world.store.workspace(&who.session(), &slug("b-later")).await.unwrap();
        assert_eq!(kind(&door), expected, "{} and a new workspace of organization B", who.name);
    }
}

#[tokio::test]
async fn a_renamed_workspace_tells_its_people_only() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    change(&mut superuser, &world.a1, "slug = 'a-renamed'").await;
    for who in [&world.ann, &world.bob, &world.carl] {
        match world.door(who, &world.a1).await {
            Door::Moved(to) => assert_eq!(to, slug("a-renamed")),
            other => panic!("{} has a seat, and the old slug says {}", who.name, kind(&other)),
        }
        let write = world.store.workspace_write(&who.session(), &world.a1.slug, fence(who, &world.a1)).await.unwrap();
        assert_eq!(kind(&write), "moved", "a write goes through by the old slug");
        assert_eq!(kind(&world.store.workspace(&who.session(), &slug("a-renamed")).await.unwrap()), "open");
    }
    for who in [&world.dora, &world.eve, &world.mal] {
        for wanted in [&world.a1.slug, &slug("a-renamed"), &slug("never-was")] {
            let door = world.store.workspace(&who.session(), wanted).await.unwrap();
            assert_eq!(kind(&door), "absent", "{} learns something of {wanted}", who.name);
        }
    }
    // After two renames, both old slugs lead to the newest.
    change(&mut superuser, &world.a1, "slug = 'a-third'").await;
    for old in ["a-one", "a-renamed"] {
        let door = world.store.workspace(&world.bob.session(), &slug(old)).await.unwrap();
        assert!(matches!(door, Door::Moved(to) if to == slug("a-third")), "{old} leads elsewhere");
    }
}

#[tokio::test]
async fn a_deleted_workspace_is_gone_for_its_people_and_was_never_there_for_others() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.carl, None).await;
    change(&mut superuser, &world.a1, "slug = 'a-renamed'").await;
    change(&mut superuser, &world.a1, "deleted_at = now()").await;
    for old_or_new in [&world.a1.slug, &slug("a-renamed")] {
        for (who, expected) in [
            (&world.ann, "gone"),
            (&world.bob, "gone"),
            (&world.carl, "absent"),
            (&world.dora, "absent"),
            (&world.eve, "absent"),
            (&world.mal, "absent"),
        ] {
            let read = world.store.workspace(&who.session(), old_or_new).await.unwrap();
            assert_eq!(kind(&read), expected, "{} reads {old_or_new}", who.name);
            let write = world.store.workspace_write(&who.session(), old_or_new, fence(who, &world.a1)).await.unwrap();
            assert_eq!(kind(&write), expected, "{} writes {old_or_new}", who.name);
        }
    }
    assert_eq!(kind(&world.door(&world.ann, &world.a2).await), "open", "another workspace went with it");
}

/// Returns, for each way to open a transaction, whether the credential was accepted: account plane, workspace,
/// workspace write, organization.
async fn opens(world: &World, credential: &Credential) -> [bool; 4] {
    let (a1, ann) = (&world.a1, &world.ann);
    let signed_out = |door: &str| door == "signed out";
    [
        world.store.person(credential).await.unwrap().is_some(),
        !signed_out(kind(&world.store.workspace(credential, &a1.slug).await.unwrap())),
        !signed_out(kind(&world.store.workspace_write(credential, &a1.slug, fence(ann, a1)).await.unwrap())),
        world.store.organization(credential, a1.organization).await.unwrap().is_some(),
    ]
}

#[tokio::test]
async fn a_session_that_ended_opens_nothing() {
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
async fn a_token_is_no_session_and_a_hash_is_no_secret() {
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
    assert_eq!(tx.tenant().live.session, None);
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
async fn a_request_in_flight_holds_up_no_other_of_the_same_person() {
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

/// The role table: for each capability, the roles that have it, in the order Owner, Admin, Billing admin, Member,
/// Viewer, Guest.
const TABLE: [(Capability, &str); 8] = [
    (Capability::ReadShared, "xxxxxx"),
    (Capability::ReadAll, "xxxxx-"),
    (Capability::EditContent, "xx-x--"),
    (Capability::ManageInvoices, "xxx---"),
    (Capability::ManageBilling, "xxx---"),
    (Capability::ManageMembers, "xx----"),
    (Capability::ManageSettings, "xx----"),
    (Capability::OwnWorkspace, "x-----"),
];

fn handed_out<M: Mode>(tx: &WorkspaceTx<M>) -> [(Capability, Result<(), Denied>); 8] {
    [
        (Capability::ReadShared, tx.can::<ReadShared>().map(drop)),
        (Capability::ReadAll, tx.can::<ReadAll>().map(drop)),
        (Capability::EditContent, tx.can::<EditContent>().map(drop)),
        (Capability::ManageInvoices, tx.can::<ManageInvoices>().map(drop)),
        (Capability::ManageBilling, tx.can::<ManageBilling>().map(drop)),
        (Capability::ManageMembers, tx.can::<ManageMembers>().map(drop)),
        (Capability::ManageSettings, tx.can::<ManageSettings>().map(drop)),
        (Capability::OwnWorkspace, tx.can::<OwnWorkspace>().map(drop)),
    ]
}

async fn holds(world: &World, who: &Person, columns: &[usize]) {
    let (read, write) = (world.read(who, &world.a1).await, world.write(who, &world.a1).await);
    for outcomes in [handed_out(&read), handed_out(&write)] {
        for ((capability, outcome), (of_row, row)) in outcomes.into_iter().zip(TABLE) {
            assert_eq!(capability, of_row);
            let expected = columns.iter().any(|column| row.as_bytes()[*column] == b'x');
            let expected = if expected { Ok(()) } else { Err(Denied(capability)) };
            assert_eq!(outcome, expected, "{:?} as {:?}", capability, read.tenant().seat);
        }
    }
}

#[tokio::test]
async fn the_door_hands_out_what_the_seat_allows_and_no_more() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for (column, role) in WorkspaceRole::ALL.iter().enumerate() {
        seat(&mut superuser, &world.a1, &world.eve, Some(role.as_str())).await;
        holds(&world, &world.eve, &[column]).await;
        for (organization, inherited) in [("owner", 0), ("admin", 1), ("member", 3)] {
            membership(&mut superuser, &world.a1, &world.eve, Some(organization)).await;
            holds(&world, &world.eve, &[column, inherited]).await;
            seat(&mut superuser, &world.a1, &world.eve, None).await;
            holds(&world, &world.eve, &[inherited]).await;
            seat(&mut superuser, &world.a1, &world.eve, Some(role.as_str())).await;
        }
        membership(&mut superuser, &world.a1, &world.eve, None).await;
    }
}

#[tokio::test]
async fn a_capability_of_one_workspace_is_worth_nothing_in_another() {
    let world = World::new().await;
    let stocked = world.stock(&world.ola, &world.b1, "Beta").await;
    // Carl may edit A1, but only manage billing in B1.
    let tx = world.write(&world.carl, &world.a1).await;
    let of_a1 = tx.can::<EditContent>().unwrap();
    drop(tx);
    let mut in_b1 = world.write(&world.carl, &world.b1).await;
    assert!(in_b1.can::<EditContent>().is_err());
    let created = customers::create(&mut in_b1, &of_a1, &draft("Planted")).await;
    assert!(matches!(created, Err(StoreError::ForeignCapability)), "{created:?}");
    let changed = customers::update(&mut in_b1, &of_a1, stocked.customers[0], &draft("Planted")).await;
    assert!(matches!(changed, Err(StoreError::ForeignCapability)), "{changed:?}");
    in_b1.commit().await.unwrap();
    let mut in_b1 = world.read(&world.ola, &world.b1).await;
    let names = customers::list(&mut in_b1, &ListQuery::new(Noun::Customers)).await.unwrap().rows;
    assert!(
        names.iter().all(|row| row.name.starts_with("Beta")),
        "carl wrote to B1 with what A1 allows him: {names:?}"
    );
    // Control: the capability is valid in its own workspace.
    let mut in_a1 = world.write(&world.carl, &world.a1).await;
    customers::create(&mut in_a1, &of_a1, &draft("Own")).await.unwrap();
}

#[tokio::test]
async fn a_write_that_names_another_workspace_or_person_writes_nothing() {
    let world = World::new().await;
    for (named, said) in [
        (fence(&world.ann, &world.a2), "the page of another workspace of hers"),
        (fence(&world.ann, &world.b1), "the page of a workspace that is not hers"),
        (fence(&world.bob, &world.a1), "somebody else's page"),
    ] {
        let door = world.store.workspace_write(&world.ann.session(), &world.a1.slug, named).await.unwrap();
        assert_eq!(kind(&door), "mismatch", "a write from {said} was let in");
    }
    // Leak guarded: a mismatch must not reveal that a workspace exists; without a seat, the result is absent.
    let door =
        world.store.workspace_write(&world.ann.session(), &world.b1.slug, fence(&world.ann, &world.a1)).await.unwrap();
    assert_eq!(kind(&door), "absent");
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &draft("Own")).await.unwrap();
    tx.commit().await.unwrap();
    let mut superuser = world.db.superuser().await;
    let written: Vec<String> =
        sqlx::query_scalar("select name from workspace.customers").fetch_all(&mut superuser).await.unwrap();
    assert_eq!(written, ["Own"], "a mismatch wrote something");
}

#[tokio::test]
async fn what_is_not_committed_was_never_written() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let dropped = customers::create(&mut tx, &can, &draft("Dropped")).await.unwrap();
    drop(tx);
    let mut tx = world.write(&world.ann, &world.a1).await;
    assert!(customers::get(&mut tx, dropped).await.unwrap().is_none(), "a dropped transaction left its row");
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &draft("Kept")).await.unwrap();
    tx.commit().await.unwrap();
    let notes: i64 = sqlx::query_scalar("select count(*) from workspace.audit_log where action = 'customer_created'")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(notes, 1, "the audit log tells of what did not happen, or not of what did");
}

/// Returns the numbers of rows that a user can list, per noun.
async fn reach(world: &World, who: &Person) -> [i64; 5] {
    let mut tx = world.read(who, &world.a1).await;
    let query = ListQuery::new;
    let products = products::list(&mut tx, &query(Noun::Products)).await.unwrap();
    let plans = rate_plans::list(&mut tx, &query(Noun::RatePlans)).await.unwrap();
    let customers = customers::list(&mut tx, &query(Noun::Customers)).await.unwrap();
    let usage = usage::list(&mut tx, &query(Noun::Usage)).await.unwrap();
    let invoices = invoices::list(&mut tx, &query(Noun::Invoices)).await.unwrap();
    assert_eq!(
        [products.rows.len(), plans.rows.len(), customers.rows.len(), usage.rows.len(), invoices.rows.len()]
            .map(|n| n as i64),
        [products.total, plans.total, customers.total, usage.total, invoices.total],
        "a list and its count differ"
    );
    [products.total, plans.total, customers.total, usage.total, invoices.total]
}

async fn share(superuser: &mut PgConnection, world: &World, customer: model::id::CustomerId, with: &Person) {
    let fact = format!("insert into workspace.customer_shares values ('{}', '{customer}', '{}')", world.a1.id, with.id);
    execute(superuser, &fact).await.unwrap();
}

#[tokio::test]
async fn a_guest_sees_what_was_shared_with_them() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    let (eve, mal) = (&world.eve, &world.mal);
    seat(&mut superuser, &world.a1, eve, Some("guest")).await;
    seat(&mut superuser, &world.a1, mal, Some("guest")).await;
    assert_eq!(reach(&world, eve).await, [0; 5], "a guest sees what nobody shared");
    share(&mut superuser, &world, stock.customers[1], mal).await;
    assert_eq!(reach(&world, eve).await, [0; 5], "a guest sees what was shared with another guest");
    share(&mut superuser, &world, stock.customers[0], eve).await;
    assert_eq!(reach(&world, eve).await, [0, 0, 1, 1, 1], "one customer was shared, with their usage and invoices");

    let mut tx = world.read(eve, &world.a1).await;
    let seen = customers::get(&mut tx, stock.customers[0]).await.unwrap().expect("the shared customer is hidden");
    assert_eq!((seen.invoices.len(), seen.usage.len()), (1, 1));
    assert_eq!(
        (seen.row.rate_plan, seen.usage[0].product.as_str()),
        (None, ""),
        "a guest reads names of products or rate plans"
    );
    assert!(
        customers::get(&mut tx, stock.customers[1]).await.unwrap().is_none(),
        "a customer who was not shared opens by id"
    );
    assert!(products::get(&mut tx, stock.product).await.unwrap().is_none(), "a guest opens a product by id");
    assert!(rate_plans::get(&mut tx, stock.plan).await.unwrap().is_none(), "a guest opens a rate plan by id");
    let figures = overview::read(&mut tx).await.unwrap();
    assert_eq!(
        (figures.active_customers, figures.open_invoices),
        (1, 1),
        "the figures tell a guest of more than was shared"
    );
    drop(tx);

    // Raw SQL in the guest's context shows no more rows, in particular none of the audit log or of other users' shares.
    let mut app = connect(&world.db.app()).await;
    execute(&mut app, "begin").await.unwrap();
    sqlx::query("select from door.workspace('session', $1, $2)")
        .bind(eve.hash())
        .bind(world.a1.slug.as_str())
        .execute(&mut app)
        .await
        .unwrap();
    for (table, rows) in [
        ("customers", 1),
        ("customer_shares", 1),
        ("usage", 1),
        ("invoices", 1),
        ("products", 0),
        ("rate_plans", 0),
        ("audit_log", 0),
    ] {
        let seen = execute(&mut app, &format!("select from workspace.{table}")).await.unwrap();
        assert_eq!(seen, rows, "a guest's context shows {seen} rows of {table}");
    }

    // Any stronger role sees all rows, whether it is direct or inherited.
    membership(&mut superuser, &world.a1, eve, Some("member")).await;
    assert_eq!(reach(&world, eve).await, [1, 1, 2, 2, 2]);
    membership(&mut superuser, &world.a1, eve, None).await;
    assert_eq!(reach(&world, eve).await, [0, 0, 1, 1, 1], "the organization's reach outlived the membership");
    seat(&mut superuser, &world.a1, eve, Some("viewer")).await;
    assert_eq!(reach(&world, eve).await, [1, 1, 2, 2, 2]);
}

#[tokio::test]
async fn an_organization_opens_to_those_who_manage_it() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    membership(&mut superuser, &world.b1, &world.eve, Some("member")).await;
    for (who, role) in [
        (&world.ola, Some(OrganizationRole::Owner)),
        (&world.dora, Some(OrganizationRole::Admin)),
        (&world.eve, None),
        (&world.carl, None),
        (&world.ann, None),
    ] {
        let door = world.store.organization(&who.session(), world.b1.organization).await.unwrap();
        assert_eq!(door.map(|tx| tx.role), role, "{} and organization B", who.name);
    }
    let nowhere = model::id::OrganizationId::from_uuid(world.b1.id.uuid());
    assert!(world.store.organization(&world.ola.session(), nowhere).await.unwrap().is_none());
}
