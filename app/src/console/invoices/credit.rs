//! Form of a credit note. Its taxes are shown before it is issued.

use super::{api::credit_invoice, document::taxes};
use crate::{
    console::{
        PageData,
        form::{FormPage, PreviewForm},
        load_page,
        scope::Scope,
    },
    routes::{Page, VisitData},
    ui::{TextAreaField, whole},
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    FieldErrors, Money,
    id::InvoiceId,
    invoice::{CreditInput, CreditPage, CreditPreview, DocumentLine, Totals},
};

/// Preview of the form. It is read like the data of the form's page with the input in the query.
#[derive(Clone, Copy)]
struct Live {
    scope: Scope,
    id: InvoiceId,
    shown: RwSignal<CreditPreview>,
    /// Number of the last request. An answer to an earlier one is dropped.
    asked: StoredValue<u32>,
}

impl Live {
    fn ask(self, input: CreditInput) {
        let number = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(number);
        let page = Page::CreditInvoice(self.id, input);
        spawn_local(async move {
            let answer = self.scope.ask(async |slug, grant| load_page(slug, grant, page.clone()).await).await;
            // The page may be disposed by then.
            if self.asked.try_get_value() != Some(number) {
                return;
            }
            let preview = match answer {
                Ok(answer) => match answer.value {
                    PageData::Visit(_, data) => match data.decode() {
                        Some(VisitData::CreditInvoice(page)) => page.preview,
                        _ => CreditPreview::default(),
                    },
                    _ => CreditPreview::default(),
                },
                Err(error) => CreditPreview { taxes: Vec::new(), problem: Some(error.message()) },
            };
            self.shown.set(preview);
        });
    }
}

fn parsed(values: &[(String, String)]) -> CreditInput {
    CreditInput::from_pairs(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// Values of the form by control name.
type Values = Vec<(String, String)>;

/// Renders the form.
pub fn credit_form(scope: Scope, data: &CreditPage) -> AnyView {
    let document = &data.document;
    let (id, totals) = (document.row.id, document.totals);
    let page = FormPage::open(scope, move |values: Values| {
        let input = parsed(&values);
        scope.ask(async move |slug, grant| {
            let note = credit_invoice(slug, grant, id, input.clone()).await?;
            Ok((Page::Invoice(note), "Credit note issued".to_owned()))
        })
    });
    let live = Live { scope, id, shown: RwSignal::new(data.preview.clone()), asked: StoredValue::new(0) };
    let ask = Callback::new(move |values: Values| live.ask(parsed(&values)));
    let errors = page.state.errors;
    let was_returned = page.typed("action").is_some();
    let rows = document
        .lines
        .iter()
        .zip(&data.left)
        .map(|(line, left)| {
            let name = format!("amount-{}", line.position);
            let stored = data.input.amounts.get(usize::from(line.position)).cloned().unwrap_or_default();
            let value = page.typed(&name).unwrap_or(stored);
            row(line, totals.money(*left), name, value, errors)
        })
        .collect_view();
    let rebill = if was_returned { page.typed("rebill") } else { Some(data.input.rebill.clone()) };
    let rebill = rebill.is_some_and(|value| !value.is_empty());
    let note = page.typed("note").unwrap_or_else(|| data.input.note.clone());
    let back = Page::Invoice(id);
    let sub = view! { <p class="sub"><a class="link" href=scope.url(&back)>{document.row.title()}</a></p> }.into_any();
    let preview = whole(move || live.shown.with(|shown| sums(shown, &totals)));
    view! {
        <PreviewForm page title="Credit".to_owned() sub button="Issue credit note" back ask preview>
            <div class="table-wrap"><table class="data-table bill">
                <caption class="visually-hidden">"Lines of the invoice"</caption>
                <thead><tr><th scope="col">"Line"</th><th scope="col" class="num col-sm">"Left to credit"</th><th scope="col" class="num wide">"Credit before tax"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            <label class="check"><input type="checkbox" name="rebill" value="on" checked=rebill/><span>"Invoice this usage again"</span></label>
            <p class="hint">"Without it, the credited amounts are not charged again."</p>
            <TextAreaField name="note" label="Note" value=note errors/>
            <p class="hint">"A credit note is issued at once, with a number of its own. It can’t be changed or deleted."</p>
        </PreviewForm>
    }
    .into_any()
}

fn row(line: &DocumentLine, left: Money, name: String, value: String, errors: RwSignal<FieldErrors>) -> AnyView {
    let (label, error_id) = (format!("Credit of {}", line.name), format!("{name}-error"));
    let (invalid, shown) = (name.clone(), name.clone());
    let may = left.minor > 0;
    let field = may.then(|| {
        view! {
            <input class="input num" type="text" inputmode="decimal" autocomplete="off" id=name.clone() name=name.clone() value=value aria-label=label
                aria-invalid=move || errors.with(|e| e.of(&invalid).map(|_| "true")) aria-describedby=error_id.clone()/>
            <p class="error" id=error_id.clone()>{move || errors.with(|e| e.of(&shown).map(str::to_owned))}</p>
        }
    });
    view! {
        <tr data-testid="credit-line">
            <td class="col-main"><span class="bill-name">{line.name.clone()}</span><span class="bill-days">{line.detail.clone()}</span></td>
            <td class="num col-sm">{left.to_string()}</td>
            <td class="num wide">{field}</td>
        </tr>
    }
    .into_any()
}

fn sums(preview: &CreditPreview, totals: &Totals) -> AnyView {
    if let Some(problem) = &preview.problem {
        return view! { <p class="muted" data-testid="preview-problem">{problem.clone()}</p> }.into_any();
    }
    if preview.taxes.is_empty() {
        return view! { <p class="muted">"Enter what to credit."</p> }.into_any();
    }
    let net: i64 = preview.taxes.iter().map(|tax| tax.group.net_minor).sum();
    let tax: i64 = preview.taxes.iter().map(|tax| tax.group.tax_minor).sum();
    view! {
        <dl class="sheet-totals">
            <div><dt>"Total before tax"</dt><dd>{totals.money(net).to_string()}</dd></div>
            {taxes(&preview.taxes, totals)}
            <div class="sum"><dt>"Credit"</dt><dd data-testid="preview-total">{totals.money(net.saturating_add(tax)).to_string()}</dd></div>
        </dl>
    }
    .into_any()
}
