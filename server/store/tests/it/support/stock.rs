//! Content of the workspaces of the tests, with rows in every table.

use super::{
    Person, Place, World, catalog, done, draft, event, execute, imports as files, line, metered, refusal_of, started,
};
use model::{
    Currency, Email, Money,
    api_key::Scope,
    audit::{Action, Detail},
    capability::{EditContent, ManageInvoices, ManageSettings},
    catalog::ProductDraft,
    contact::ContactDraft,
    customer::CustomerDraft,
    id::{CustomerId, ImportId, InvoiceId, MeterId, ProductId, RatePlanId},
    import::Mapping,
    invoice::{
        DocumentKind, InvoiceStatus, Invoicing, LineDraft, NewInvoice, Party, PaymentDraft, PaymentMethod, SeriesDraft,
        TaxRateDraft,
    },
    pricing::tax::{Category, Percent},
    token::TokenLife,
    webhook::{EventKind, Schemes, WebhookDraft, WebhookUrl},
};
use sqlx::{Connection, PgConnection};
use store::{
    audit, contacts, customers,
    door::{Can, WorkspaceTx, Write},
    handoffs, imports, invoices, invoicing, meters, products, rate_plans,
    seal::EncryptionKey,
    secret::Secret,
    subjects, subscriptions, tokens, webhooks,
};
use time::macros::date;

/// Content of a workspace: one product with a meter, one rate plan with a published version 1 and a draft, and two
/// customers, each with an event, which two more meters counted, and an invoice.
pub(crate) struct Stock {
    pub(crate) product: ProductId,
    pub(crate) meter: MeterId,
    pub(crate) plan: RatePlanId,
    pub(crate) customers: Vec<CustomerId>,
    pub(crate) import: ImportId,
    pub(crate) invoices: Vec<InvoiceId>,
}

impl World {
    /// Fills a workspace; every text contains `mark`.
    pub(crate) async fn stock(&self, who: &Person, place: &Place, mark: &str) -> Stock {
        let mut tx = self.write(who, place).await;
        let (edit, manage) = (tx.can::<EditContent>().unwrap(), tx.can::<ManageInvoices>().unwrap());
        let product = ProductDraft {
            name: line(&format!("{mark} product")),
            code: "metered".to_owned(),
            description: mark.to_owned(),
        };
        let product = products::create(&mut tx, &edit, &product).await.unwrap();
        let meter = catalog::meter_draft(&format!("{mark} meter"), "metered");
        let meter = meters::create(&mut tx, &edit, product, &meter).await.unwrap().id;
        let plan = catalog::plan_draft(&format!("{mark} plan"), "plan");
        let plan = rate_plans::create(&mut tx, &edit, &plan).await.unwrap();
        let charges = catalog::version(vec![catalog::fee(product, 900), catalog::graduated(meter, "0.01")]);
        catalog::publish(&mut tx, &edit, plan, 1, &charges).await;
        rate_plans::new_draft(&mut tx, &edit, plan).await.unwrap();
        let mut customers = Vec::new();
        for name in ["first", "second"] {
            let draft = CustomerDraft {
                legal_name: format!("{mark} {name} Ltd"),
                address: format!("1 {mark} Street"),
                tax_id: mark.to_owned(),
                external_id: Some(format!("{mark}-{name}")),
                ..draft(&format!("{mark} {name}"))
            };
            let customer = customers::create(&mut tx, &edit, &draft).await.unwrap();
            let contact = ContactDraft {
                name: line(&format!("{mark} contact")),
                email: Email::parse(&format!("{mark}.{name}@contact.example")).unwrap(),
                gets_invoices: true,
            };
            done(contacts::create(&mut tx, &edit, customer, &contact).await.unwrap());
            done(subjects::add(&mut tx, &edit, customer, &format!("{mark} {name} device")).await.unwrap());
            let started = started(plan, date!(2026 - 03 - 01));
            done(subscriptions::create(&mut tx, &edit, customer, &started).await.unwrap());
            customers.push(customer);
        }
        let invoices = self.invoices(&mut tx, &manage, mark, &customers).await;
        // A checked import whose only row is refused, and its saved mapping.
        let file = b"at,n\n2026-03-01,x\n";
        let import = files::upload(&mut tx, &edit, &format!("{mark} usage.csv"), file, 8).await;
        let mapping = Mapping { name: format!("{mark} mapping"), ..files::mapping(mark, "metered", "quantity") };
        assert!(imports::set_mapping(&mut tx, &edit, import, &mapping).await.unwrap());
        files::step(&mut tx, import).await.unwrap();
        tx.commit().await.unwrap();
        let mut superuser = self.db.superuser().await;
        metered::meter(&mut superuser, place, product, ("calls", "calls", "count", "call")).await;
        metered::meter(&mut superuser, place, product, ("callers", "calls", "unique", "caller")).await;
        for (customer, value) in customers.iter().zip(["1", "2"]) {
            let id = format!("{mark}-{value}");
            event(&mut superuser, place, *customer, (&id, "calls"), "timestamptz '2026-03-01 12:00Z'", value).await;
        }
        // Not counted, so that the sums are those of the events.
        for customer in &customers {
            let adjusted = format!(
                "insert into workspace.usage_adjustments (workspace_id, id, meter_id, customer_id, day, quantity, reason, user_id, actor)
                values ('{}', gen_random_uuid(), '{meter}', '{customer}', '2026-03-01', -1, '{mark} reason', '{}', '{}')",
                place.id, who.id, who.name
            );
            execute(&mut superuser, &adjusted).await.unwrap();
        }
        // Told of an import, so that there are a delivery and a note that it is due.
        let mut tx = self.write(who, place).await;
        let settings = tx.can::<ManageSettings>().unwrap();
        let draft = WebhookDraft {
            url: WebhookUrl::parse(&format!("https://{}.example/hook", mark.to_lowercase()), Schemes::HttpsOnly)
                .unwrap(),
            description: format!("{mark} webhook"),
            events: vec![EventKind::ImportDone],
        };
        let seal = EncryptionKey::new(&[9; 32]);
        done(webhooks::create(&mut tx, &settings, &seal, &draft).await.unwrap());
        webhooks::announce(&mut tx, EventKind::ImportDone, import.uuid()).await.unwrap();
        tx.commit().await.unwrap();
        refusal_of(&mut superuser, place, "unknown_customer", &format!("{mark} stranger")).await;
        let taxed = format!(
            "update workspace.customers c set tax_rate_id = r.id from workspace.tax_rates r
            where c.workspace_id = '{}' and r.workspace_id = c.workspace_id",
            place.id
        );
        execute(&mut superuser, &taxed).await.unwrap();
        let file = format!(
            "insert into workspace.invoice_files (workspace_id, invoice_id, kind, customer_id, sha256, content)
            values ('{}', '{}', 'pdf', '{}', sha256('{mark}'), '{mark}')",
            place.id, invoices[0], customers[0]
        );
        execute(&mut superuser, &file).await.unwrap();
        let told = format!(
            "insert into workspace.overdue_notices (workspace_id, invoice_id) values ('{}', '{}')",
            place.id, invoices[1]
        );
        execute(&mut superuser, &told).await.unwrap();
        superuser.close().await.unwrap();
        Stock { product, meter, plan, customers, import, invoices }
    }

    /// Sets up invoicing, and issues one invoice for each customer: numbers 1 and 2 after the mark. The first has a
    /// payment of a part.
    async fn invoices(
        &self,
        tx: &mut WorkspaceTx<Write>,
        can: &Can<ManageInvoices>,
        mark: &str,
        customers: &[CustomerId],
    ) -> Vec<InvoiceId> {
        let rate = TaxRateDraft {
            name: line(&format!("{mark} rate")),
            percent: Percent::parse("19").unwrap(),
            category: Category::S,
            note: mark.to_owned(),
        };
        let rate = done(invoicing::create_tax_rate(tx, can, &rate).await.unwrap());
        let settings = Invoicing {
            seller: Party {
                name: format!("{mark} Inc"),
                address: format!("2 {mark} Street"),
                country: "DE".to_owned(),
                tax_id: mark.to_owned(),
                email: format!("{mark}@seller.example").to_lowercase(),
            },
            payment_details: mark.to_owned(),
            footer: mark.to_owned(),
            payment_days: 30,
            tax_rate: Some(rate),
            grace_days: 1,
            auto_draft: true,
            auto_issue: false,
            zero_invoices: true,
        };
        done(invoicing::save_settings(tx, can, &settings).await.unwrap());
        let series = SeriesDraft {
            kind: DocumentKind::Invoice,
            prefix: format!("{mark}-"),
            width: 1,
            yearly: false,
            next: None,
        };
        done(invoicing::save_series(tx, can, &series).await.unwrap());
        let past = |customer: &CustomerId| invoices::PastDocument {
            customer: *customer,
            status: InvoiceStatus::Open,
            name: format!("{mark} service"),
            total: Money { minor: 900, currency: Currency::EUR },
            issued_on: date!(2026 - 03 - 01),
            due_on: date!(2026 - 03 - 31),
        };
        let past: Vec<_> = customers.iter().map(past).collect();
        let invoices = invoices::import(tx, can, &past).await.unwrap();
        let payment = PaymentDraft {
            amount: Money { minor: 100, currency: Currency::EUR },
            received_on: date!(2026 - 03 - 10),
            method: PaymentMethod::Transfer,
            reference: mark.to_owned(),
        };
        done(invoices::pay(tx, can, invoices[0], &payment).await.unwrap());
        invoices
    }

    /// Creates a draft invoice with a line.
    async fn furnish_draft(&self, who: &Person, place: &Place, stock: &Stock) {
        let mut tx = self.write(who, place).await;
        let can = tx.can::<ManageInvoices>().unwrap();
        let new = NewInvoice { customer: stock.customers[0], currency: Currency::EUR };
        let draft = done(invoices::create(&mut tx, &can, &new).await.unwrap());
        let net = Money { minor: 100, currency: Currency::EUR };
        let rates = invoicing::tax_rates(&mut tx).await.unwrap();
        let service = LineDraft { name: line("Service"), net, tax_rate: Some(rates[0].id) };
        done(invoices::add_line(&mut tx, &can, draft, &service).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Inserts an invite with a link, an auto-join domain, a barred user and an access request.
    async fn furnish_seating(&self, superuser: &mut PgConnection, who: &Person, place: &Place) {
        let (user, workspace, organization) = (who.id, place.id, place.organization);
        let facts = format!(
            "with invite as (
                insert into account.invites (id, organization_id, workspace_id, email, role, invited_by)
                values (gen_random_uuid(), '{organization}', '{workspace}', 'invited@stile.example', 'viewer', '{user}') returning id)
            insert into account.invite_links (token_hash, invite_id, organization_id, workspace_id, kind)
            select sha256('{workspace}'), id, '{organization}', '{workspace}', 'mailed' from invite;
            insert into account.auto_joins (workspace_id, organization_id, domain, role, created_by)
            values ('{workspace}', '{organization}', 'stile.example', 'viewer', '{user}');
            insert into account.barred (workspace_id, user_id) values ('{workspace}', '{user}');
            insert into account.access_requests (id, user_id, slug, workspace_id)
            values (gen_random_uuid(), '{user}', '{}', '{workspace}')",
            place.slug
        );
        execute(superuser, &facts).await.unwrap();
    }

    /// Ensures that every table has a row of A1 or ann, and one of B1 or ola.
    pub(crate) async fn furnish(&self) -> [Stock; 2] {
        let stocks = [self.stock(&self.ann, &self.a1, "Alpha").await, self.stock(&self.ola, &self.b1, "Beta").await];
        let mut superuser = self.db.superuser().await;
        for (who, place, stock) in [(&self.ann, &self.a1, &stocks[0]), (&self.ola, &self.b1, &stocks[1])] {
            let mut tx = self.visit(who, place).await;
            handoffs::mint(&mut tx, &Secret::generate("").unwrap()).await.unwrap();
            handoffs::record_visit(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = self.person(who).await;
            let token = Secret::generate("stile_").unwrap();
            assert!(tokens::create(&mut tx, "laptop", &token, TokenLife::default()).await.unwrap());
            tx.commit().await.unwrap();
            self.key(who, place, &Scope::ALL).await;
            let mut tx = self.organization(who, place).await;
            audit::record(&mut tx, Action::OrganizationChanged, None, &Detail::none()).await.unwrap();
            tx.commit().await.unwrap();
            // Inserted with SQL, without the functions of the store.
            sqlx::query("insert into account.preferences (user_id) values ($1)")
                .bind(who.id.uuid())
                .execute(&mut superuser)
                .await
                .unwrap();
            let facts = "insert into account.totp (user_id, secret) values ($1, sha256('a') || sha256('b'));
                insert into account.recovery_codes (user_id, code_hash) values ($1, sha256('a'));
                insert into account.passkeys (id, user_id, credential_id, name, credential)
                    values (gen_random_uuid(), $1, sha256($1::text::bytea), 'Laptop', '{}');
                insert into account.challenges (handle_hash, purpose, user_id, holder, state)
                    values (sha256($1::text::bytea), 'prove', $1, $1, '{}');
                insert into account.factor_tries (user_id, failed) values ($1, 1);
                insert into account.idempotency_keys (user_id, principal, key_hash, request_hash, attempt, role)
                    values ($1, $1, sha256('a'), sha256('b'), gen_random_uuid(), 'member');
                insert into account.guesses (key, due) values (sha256($1::text::bytea), now());
                insert into account.sign_ins (id, secret_hash, user_id)
                    values (gen_random_uuid(), sha256($1::text::bytea), $1);
                insert into account.mail_queue (id, letter) values ($1, '{}');
                insert into account.caused_mails (kind, recipient, user_id) values ('address', sha256('a'), $1);
                insert into account.mail_links (token_hash, purpose, email, user_id, expires_at)
                    values (sha256($1::text::bytea), 'address', 'new@stile.example', $1, now() + interval '1 hour');
                insert into account.portraits (user_id, image) values ($1, 'a picture');
                update account.users set portrait = md5('a picture') where id = $1;
                insert into account.logos (workspace_id, image) values ($2, 'a logo');
                update account.workspaces set logo = md5('a logo') where id = $2;"
                .replace("$1", &format!("'{}'::uuid", who.id))
                .replace("$2", &format!("'{}'::uuid", place.id));
            execute(&mut superuser, &facts).await.unwrap();
            sqlx::query(
                "insert into workspace.customer_shares (workspace_id, customer_id, user_id) values ($1, $2, $3)",
            )
            .bind(place.id.uuid())
            .bind(stock.customers[0].uuid())
            .bind(who.id.uuid())
            .execute(&mut superuser)
            .await
            .unwrap();
            self.furnish_seating(&mut superuser, who, place).await;
            self.furnish_draft(who, place, stock).await;
        }
        superuser.close().await.unwrap();
        stocks
    }
}
