//! People and workspaces for the tests, created through the store.

use super::{Database, execute};
use model::{
    Capability, Email, Line, OrganizationRole, Slug, WorkspaceRole,
    api_key::{KeyDraft, KeyLife, Scope},
    capability::{ManageMembers, ManageSettings},
    customer::CustomerDraft,
    id::{OrganizationId, RatePlanId, UserId, WorkspaceId},
    subscription::NewSubscription,
};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, types::Uuid};
use store::{
    Store, Written,
    api_keys::{self, Confirmed},
    door::{Credential, Door, Mode, OrganizationTx, PersonTx, Read, Visit, WorkspaceTx, Write, WriteTarget},
    identity::Device,
    members, organizations,
    secret::Secret,
};
use time::Date;

/// A user who is signed in.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) name: &'static str,
    /// The session secret, as in the cookie.
    pub(crate) secret: Secret,
}

impl Person {
    pub(crate) fn session(&self) -> Credential {
        Credential::Session(self.secret.hash())
    }

    /// Returns the hash of the session secret, as passed to the door functions in raw SQL.
    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.secret.reveal().as_bytes()).to_vec()
    }
}

/// A workspace.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) id: WorkspaceId,
    pub(crate) slug: Slug,
    pub(crate) organization: OrganizationId,
}

/// The test world: organization A owns A1 and A2, B owns B1, M owns M1.
pub(crate) struct World {
    pub(crate) store: Store,
    /// Owner of organization A.
    pub(crate) ann: Person,
    /// Admin of A1 (direct seat).
    pub(crate) bob: Person,
    /// Member of A1 and billing admin of B1 (direct seats).
    pub(crate) carl: Person,
    /// Admin of organization B.
    pub(crate) dora: Person,
    /// No seat anywhere.
    pub(crate) eve: Person,
    /// Owner of organization M.
    pub(crate) mal: Person,
    /// Owner of organization B.
    pub(crate) ola: Person,
    pub(crate) a1: Place,
    pub(crate) a2: Place,
    pub(crate) b1: Place,
    pub(crate) m1: Place,
    pub(crate) db: Database,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::within(Database::fresh().await).await
    }

    async fn within(db: Database) -> Self {
        let store = db.store();
        let [ann, bob, carl, dora, eve, mal, ola] = [
            person(&store, "ann").await,
            person(&store, "bob").await,
            person(&store, "carl").await,
            person(&store, "dora").await,
            person(&store, "eve").await,
            person(&store, "mal").await,
            person(&store, "ola").await,
        ];
        let a = found(&store, &ann, "A", &["a-one", "a-two"]).await;
        let b = found(&store, &ola, "B", &["b-one"]).await;
        let m = found(&store, &mal, "M", &["m-one"]).await;
        let [a1, a2, b1, m1] = [a[0].clone(), a[1].clone(), b[0].clone(), m[0].clone()];
        let world = Self { store, ann, bob, carl, dora, eve, mal, ola, a1, a2, b1, m1, db };
        world.grant(&world.ann, &world.a1, &world.bob, WorkspaceRole::Admin).await;
        world.grant(&world.ann, &world.a1, &world.carl, WorkspaceRole::Member).await;
        world.grant(&world.ola, &world.b1, &world.carl, WorkspaceRole::BillingAdmin).await;
        let mut organization = world.organization(&world.ola, &world.b1).await;
        organizations::set_member(&mut organization, world.dora.id, OrganizationRole::Admin).await.unwrap();
        organization.commit().await.unwrap();
        world
    }

    /// Opens a workspace for reading and returns the outcome.
    pub(crate) async fn door(&self, who: &Person, place: &Place) -> Door<WorkspaceTx<Read>> {
        self.store.workspace(&who.session(), &place.slug).await.unwrap()
    }

    /// Opens a read transaction in a workspace.
    pub(crate) async fn read(&self, who: &Person, place: &Place) -> WorkspaceTx<Read> {
        opened(self.door(who, place).await, who, place)
    }

    /// Opens a visit transaction in a workspace, as when the user enters it.
    pub(crate) async fn visit(&self, who: &Person, place: &Place) -> WorkspaceTx<Visit> {
        opened(self.store.workspace_visit(&who.session(), &place.slug).await.unwrap(), who, place)
    }

    /// Opens a write transaction in a workspace.
    pub(crate) async fn write(&self, who: &Person, place: &Place) -> WorkspaceTx<Write> {
        let write_target = write_target(who, place);
        opened(self.store.workspace_write(&who.session(), &place.slug, write_target).await.unwrap(), who, place)
    }

    /// Opens a write transaction in a workspace that excludes all other writes in it.
    pub(crate) async fn write_alone(&self, who: &Person, place: &Place) -> WorkspaceTx<Write> {
        let (session, target) = (who.session(), write_target(who, place));
        let door = self.store.workspace_exclusive(&session, &place.slug, target, Capability::EditContent).await;
        opened(door.unwrap(), who, place)
    }

    /// Opens a transaction in the account plane.
    pub(crate) async fn person(&self, who: &Person) -> PersonTx {
        self.store.person(&who.session()).await.unwrap().expect("a live session opened nothing")
    }

    /// Opens a transaction to manage the organization that owns the workspace.
    pub(crate) async fn organization(&self, who: &Person, place: &Place) -> OrganizationTx {
        let opened = self.store.organization(&who.session(), place.organization).await.unwrap();
        opened.unwrap_or_else(|| panic!("{} manages no organization of {}", who.name, place.slug))
    }

    /// Grants a direct seat.
    pub(crate) async fn grant(&self, by: &Person, place: &Place, to: &Person, role: WorkspaceRole) {
        let mut tx = self.write(by, place).await;
        let can = tx.can::<ManageMembers>().unwrap();
        members::grant(&mut tx, &can, to.id, role).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Creates an API key that the person owns.
    pub(crate) async fn key(&self, who: &Person, place: &Place, scopes: &[Scope]) -> Credential {
        let mut tx = self.write(who, place).await;
        let can = tx.can::<ManageSettings>().unwrap();
        let draft = KeyDraft { name: line("Meter"), scopes: scopes.to_vec(), life: KeyLife::Year };
        let secret = api_keys::create(&mut tx, &can, &draft, Confirmed::Password).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        Credential::Key(secret.hash())
    }
}

/// Sets a direct seat with SQL, bypassing the store; `None` deletes it.
pub(crate) async fn seat(superuser: &mut PgConnection, place: &Place, who: &Person, role: Option<&str>) {
    let (table, id) = ("workspace_members (workspace_id", place.id.uuid());
    put(superuser, table, id, who, role).await;
}

/// Sets a role in the organization that owns the workspace, like [`seat`].
pub(crate) async fn membership(superuser: &mut PgConnection, place: &Place, who: &Person, role: Option<&str>) {
    let (table, id) = ("organization_members (organization_id", place.organization.uuid());
    put(superuser, table, id, who, role).await;
}

async fn put(superuser: &mut PgConnection, table: &str, id: Uuid, who: &Person, role: Option<&str>) {
    let (name, key) = table.split_once(" (").unwrap();
    let user = who.id;
    let fact = match role {
        Some(role) => format!(
            "insert into account.{table}, user_id, role) values ('{id}', '{user}', '{role}')
            on conflict ({key}, user_id) do update set role = excluded.role"
        ),
        None => format!("delete from account.{name} where {key} = '{id}' and user_id = '{user}'"),
    };
    assert_eq!(execute(superuser, &fact).await.unwrap(), 1, "nothing came of: {fact}");
}

/// Changes a workspace with SQL, bypassing the store: `slug = 'new'`, `deleted_at = now()`.
pub(crate) async fn change(superuser: &mut PgConnection, place: &Place, what: &str) {
    let fact = format!("update account.workspaces set {what} where id = '{}'", place.id);
    assert_eq!(execute(superuser, &fact).await.unwrap(), 1, "nothing came of: {fact}");
}

async fn person(store: &Store, name: &'static str) -> Person {
    let email = Email::parse(&format!("{name}@stile.example")).unwrap();
    let id = store.register(&email, name, "no password opens this").await.unwrap();
    sign_in(store, id, name).await
}

/// Signs the person in again, as on another device, and returns them with the new session.
pub(crate) async fn sign_in(store: &Store, id: UserId, name: &'static str) -> Person {
    let secret = Secret::generate("").unwrap();
    store.begin_session(id, &secret, &Device::default(), None).await.unwrap();
    Person { id, name, secret }
}

async fn found(store: &Store, who: &Person, name: &str, slugs: &[&str]) -> Vec<Place> {
    let mut tx = store.person(&who.session()).await.unwrap().unwrap();
    let organization = organizations::found(&mut tx, name).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.organization(&who.session(), organization).await.unwrap().unwrap();
    let wanted: Vec<(Slug, String)> = slugs.iter().map(|s| (slug(s), format!("{name} {s}"))).collect();
    let ids = organizations::create_workspaces(&mut tx, &wanted).await.unwrap();
    tx.commit().await.unwrap();
    ids.into_iter().zip(wanted).map(|(id, (slug, _))| Place { id, slug, organization }).collect()
}

fn opened<M: Mode>(door: Door<WorkspaceTx<M>>, who: &Person, place: &Place) -> WorkspaceTx<M> {
    let found = kind(&door);
    match door {
        Door::Open(tx) => tx,
        _ => panic!("{} has a seat in {}, and the door said {found}", who.name, place.slug),
    }
}

/// Returns the outcome of opening a workspace as a word.
pub(crate) fn kind<T>(door: &Door<T>) -> &'static str {
    match door {
        Door::Open(_) => "open",
        Door::Moved(_) => "moved",
        Door::Factor(_) => "factor",
        Door::Gone(_) => "gone",
        Door::Absent(_) => "absent",
        Door::SignedOut => "signed out",
        Door::Mismatch => "mismatch",
    }
}

/// Returns the ids that a write from a page of this workspace states.
pub(crate) fn write_target(who: &Person, place: &Place) -> WriteTarget {
    WriteTarget { user: who.id, workspace: place.id }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// Creates the draft of a subscription with one seat, whose periods begin on the day of the month on which it starts.
pub(crate) fn started(plan: RatePlanId, starts_on: Date) -> NewSubscription {
    NewSubscription { plan, starts_on, anchor_on: starts_on, seats: 1, external_id: None }
}

/// Returns the value of a write.
pub(crate) fn done<T: std::fmt::Debug>(outcome: Written<T>) -> T {
    match outcome {
        Written::Done(value) => value,
        other => panic!("not written: {other:?}"),
    }
}

/// Creates the draft of a customer.
pub(crate) fn draft(name: &str) -> CustomerDraft {
    let email = Email::parse("billing@customer.example").unwrap();
    CustomerDraft {
        name: line(name),
        email,
        country: "DE".to_owned(),
        legal_name: String::new(),
        address: String::new(),
        tax_id: String::new(),
        external_id: None,
        note: String::new(),
        tax_rate: None,
        payment_days: None,
    }
}

/// Parses a line of text with the rules of a form field.
pub(crate) fn line(text: &str) -> Line {
    Line::parse("a text", text, 120).unwrap()
}
