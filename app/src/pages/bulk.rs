//! Many changes at once, from a file.

use crate::{
    components::{
        field::Field,
        finding,
        head::{head, step},
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{
    authz,
    change_request::bulk::{COLUMNS, MOST_ROWS},
};
use leptos::prelude::*;

pub(crate) const FORM: &str = "bulk";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default())
}

pub(crate) fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    authz::somewhere(&signed.op.actor, authz::Action::Request).map_err(services::Problem::from)?.wherever();
    Ok(signed.page(attempt.status(), "Request from a file", || {
        view! {
            {head(&[step("/requests", "Requests")], "Request from a file".into_any(), ().into_any())}
            <p class="lede">"One draft is made of all rows. One wrong row makes none, and is named. Nothing changes before somebody else has approved it and it is applied."</p>
            {finding::summary(attempt)}
            <form class="panel" id=FORM data-form=FORM method="post" action="/requests/bulk" enctype="multipart/form-data">
                <input type="hidden" name="token" value=signed.services().form_token() />
                {fields(attempt)}
            </form>
            {columns()}
        }
        .into_any()
    }))
}

fn fields(attempt: &Attempt) -> AnyView {
    let all = attempt.typed(FORM, "all_or_nothing").is_some();
    view! {
        <div class="field">
            <label for="bulk-files">"CSV file"</label>
            <span class="hint" id="bulk-files-hint">{format!("At most {MOST_ROWS} rows, with the header below.")}</span>
            <input id="bulk-files" name="files" type="file" accept=".csv,text/csv" required aria-describedby="bulk-files-hint" />
        </div>
        {Field::new(FORM, "reason", "Reason").hint("The approver reads it.").required().view(attempt)}
        {Field::new(FORM, "external_ref", "Ticket").hint("Its number elsewhere. Some rules ask for it.").view(attempt)}
        <div class="choice">
            <input type="checkbox" id="bulk-all_or_nothing" name="all_or_nothing" value="yes" checked=all />
            <label for="bulk-all_or_nothing">"All or nothing: one row that cannot be applied keeps the others from it"</label>
        </div>
        <button>"Make a draft"</button>
    }
    .into_any()
}

fn columns() -> AnyView {
    let example = "bind,80:5e:c0:10:00:03,1,2103,,\nmove,80:5e:c0:10:00:01,1,,80:5e:c0:10:00:04,1\nunbind,80:5e:c0:10:00:02,1,,,";
    view! {
        <section class="panel" id="columns" aria-labelledby="columns-title">
            <h2 id="columns-title">"Columns"</h2>
            <pre tabindex="0">{format!("{}\n{example}", COLUMNS.join(","))}</pre>
            <p>"Kinds: bind, unbind, move, swap, replace, number-change. Every row is read as things stand now, before any of them is applied; no line key and no extension may be in two rows that do the same with it."</p>
        </section>
    }
    .into_any()
}
