//! Component gallery at `/dev/gallery`: every component in every state on one page. Available in development builds
//! only.

use super::{
    Avatar, Banner, BarChart, CurveLine, EmailField, Empty, FileField, Highlighted, Icon, Mark, PasswordField,
    PriceCurve, SelectField, SlugText, Spark, Status, StatusTone, TextAreaField, TextField, Tone, WorkspaceAvatar,
    WsIcon,
};
use leptos::prelude::*;
use model::{FieldErrors, Slug, id::UserId, picture::Hue};

/// Content of the gallery page.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <main class="gallery" id="main">
            <h1><Mark/>" Gallery"</h1>
            {room("Buttons", buttons())}
            {room("Fields", fields())}
            {room("Marks", marks())}
            {room("Colours", colours())}
            {room("Messages", messages())}
            {room("Menu", menu())}
            {room("Table", table())}
            {room("Figures", figures())}
        </main>
    }
}

fn room(title: &'static str, content: AnyView) -> AnyView {
    let id = format!("gallery-{}", title.to_lowercase());
    let labelled = id.clone();
    view! { <section aria-labelledby=labelled><h2 id=id>{title}</h2>{content}</section> }.into_any()
}

fn buttons() -> AnyView {
    let row = |size: &'static str| {
        let class = move |kind: &str| format!("btn {kind} {size}");
        view! {
            <div class="btn-row">
                <button class=class("primary") type="button">"Save"</button>
                <button class=class("primary") type="button" aria-busy="true">"Saving"</button>
                <button class=class("") type="button"><Icon name="plus"/>"New customer"</button>
                <button class=class("") type="button" aria-expanded="true">"Open"</button>
                <button class=class("") type="button" disabled=true>"Disabled"</button>
                <button class=class("quiet") type="button">"Cancel"</button>
                <button class=class("quiet icon-only") type="button" aria-label="Close"><Icon name="x"/></button>
                <button class=class("danger") type="button">"Archive"</button>
                <button class=class("danger primary") type="button">"Delete workspace"</button>
                <kbd class="kbd">"Ctrl K"</kbd>
            </div>
        }
    };
    view! { {row("")}{row("small")} }.into_any()
}

fn fields() -> AnyView {
    let fine = RwSignal::new(FieldErrors::default());
    let wrong = |name: &str, message: &str| RwSignal::new(FieldErrors::one(name, message));
    let plans = vec![("basic".to_owned(), "Basic".to_owned()), ("pro".to_owned(), "Professional".to_owned())];
    view! {
        <div class="form field-row">
            <TextField name="empty" label="Empty" value=String::new() errors=fine/>
            <TextField name="filled" label="Filled, with a hint" value="Ada Okafor".to_owned() errors=fine hint="As shown on invoices."/>
            <TextField name="wrong" label="Wrong" value="".to_owned() errors=wrong("wrong", "Enter a name.")/>
            <TextField name="code" label="A code" value="PRD-0042".to_owned() errors=fine mono=true optional=true/>
            <EmailField value="ada@smartai".to_owned() errors=wrong("email", "Enter a valid email, like ada@smartai.example.") name="email" autocomplete="email"/>
            <PasswordField name="password" label="Password" autocomplete="new-password" errors=fine hint="At least 12 characters."/>
            <SelectField name="plan" label="Rate plan" value="pro".to_owned() options=plans.clone() errors=fine/>
            <SelectField name="no-plan" label="Rate plan, wrong" value=String::new() options=plans errors=wrong("no-plan", "Choose a rate plan from the list.") optional=true/>
            <TextAreaField name="description" label="Description" value="Bills what was used, monthly.".to_owned() errors=fine/>
            <FileField name="picture" label="A picture" errors=fine hint="PNG, JPEG or WebP, at most 1 MB."/>
        </div>
    }
    .into_any()
}

fn marks() -> AnyView {
    let id: Option<UserId> = "018f4d9e-0000-7000-8000-000000000000".parse().ok();
    let slug = Slug::parse("a-long-address-of-a-workspace").ok();
    view! {
        <div class="btn-row">
            {["IT", "Finance", "Product Eng", "Ünder", "42"].map(|name| view! { <WsIcon avatar=WorkspaceAvatar::named(name)/><WsIcon avatar=WorkspaceAvatar::named(name) large=true/> })}
            {id.map(|id| view! { <Avatar id name="Ada Okafor".to_owned() portrait=None/><Avatar id name="Mia".to_owned() portrait=None/> })}
            <span class="chip">"Org admin"</span><span class="chip outline">"Owner"</span><span class="chip accent">"Accent"</span>
            <Status tone=StatusTone::Ok label="Active"/><Status tone=StatusTone::Info label="Open"/>
            <Status tone=StatusTone::Warn label="Overdue"/><Status tone=StatusTone::Off label="Archived"/>
            <span><Highlighted text="Product Eng".to_owned() letters=vec![0, 8]/></span>
            {slug.map(|slug| view! { <SlugText slug/> })}
        </div>
    }
    .into_any()
}

fn colours() -> AnyView {
    view! {
        <div class="swatch-row">
            {Hue::all().map(|hue| view! {
                <span class="swatch" data-hue=hue.index() title=format!("{}, {}°", hue.word(), u16::from(hue.index()) * 10)><span aria-hidden="true"></span></span>
            }).collect_view()}
        </div>
    }
    .into_any()
}

fn messages() -> AnyView {
    view! {
        <Banner tone=Tone::Bad message="The customer was not saved. Try again.".to_owned()/>
        <Banner tone=Tone::Quiet message="Name saved".to_owned()/>
        <div class="banner warn"><p>"Every page moves for everyone immediately."</p></div>
        <Empty icon="customers" title="No customers yet".to_owned() text="Customers are the people and companies you bill.".to_owned()>
            <a class="btn primary" href="#main"><Icon name="plus"/>"New customer"</a>
        </Empty>
        <div class="section" aria-busy="true"><span class="skeleton long"></span><span class="skeleton"></span><span class="skeleton short"></span></div>
    }
    .into_any()
}

fn menu() -> AnyView {
    view! {
        <nav class="nav" aria-label="Example">
            <a class="nav-item" href="#main" aria-current="page"><Icon name="customers"/>"Current"</a>
            <a class="nav-item" href="#main"><Icon name="invoices"/>"Elsewhere"<span class="end">"12"</span></a>
            <a class="nav-item" href="#main" data-locked=""><Icon name="key"/>"Not for this role"</a>
        </nav>
    }
    .into_any()
}

fn table() -> AnyView {
    let rows = [
        ("Aurora Freight & Sons (International) Limited Partnership", "€ 1,204,000.00", StatusTone::Ok, "Active"),
        ("Bo", "€ 3.10", StatusTone::Warn, "Overdue"),
    ];
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">"Example"</caption>
            <thead><tr>
                <th scope="col" aria-sort="ascending"><a class="sort" href="#main">"Name"<Icon name="chevron-down"/></a></th>
                <th scope="col" class="fit">"Status"</th><th scope="col" class="num">"Total"</th>
            </tr></thead>
            <tbody>
                {rows.map(|(name, total, tone, label)| view! {
                    <tr><td class="col-main"><a class="row-link" href="#main">{name}</a></td><td class="fit"><Status tone label/></td><td class="num">{total}</td></tr>
                })}
                <tr aria-hidden="true"><td><span class="skeleton"></span></td><td class="fit"><span class="skeleton"></span></td><td class="num"><span class="skeleton"></span></td></tr>
            </tbody>
        </table></div>
    }
    .into_any()
}

fn figures() -> AnyView {
    let values: Vec<i64> = vec![3, 8, 5, 13, 8, 21, 13, 34, 21, 30];
    let days = (1..=10).map(|day| format!("{day} Nov")).collect::<Vec<_>>();
    let lines = vec![
        CurveLine { label: "Graduated", points: vec![(0, 1_000), (500, 400), (1_000, 200)] },
        CurveLine { label: "Volume", points: vec![(0, 1_000), (500, 400), (500, 700), (1_000, 400)] },
    ];
    view! {
        <div data-hue="15">
            <Spark values=values.clone()/><BarChart label="Units used per day".to_owned() values days unit="units"/>
            <PriceCurve label="Price of tokens from 0 to 150".to_owned() lines end="150".to_owned() top="$400.00".to_owned()/>
        </div>
    }
    .into_any()
}
