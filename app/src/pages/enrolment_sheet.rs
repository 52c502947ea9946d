//! The technician's list, to be printed: no browser keeps it, and it is shown to whoever gave a reason.

use crate::{
    components::{
        head::{head, step},
        table::table,
        time,
    },
    visitor::Signed,
};
use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;
use services::enrolment::Handout;

pub(crate) fn sheet(signed: &Signed, site: &str, rows: &[Handout]) -> Response {
    let title = format!("Enrolment codes, {site}");
    let back = format!("/enrolment?site={site}");
    let cells = rows.iter().map(row).collect();
    let heads = ["Place", "Room", "Model", "MAC", "Serial", "Code", "Address to type", "Done"];
    signed.page(StatusCode::OK, &title, || {
        view! {
            {head(&[step("/enrolment", "Enrolment"), step(back, site.to_owned())], title.clone().into_any(), ().into_any())}
            <p class="lede screen">"Print this page: only the list is printed. It is shown once; that you saw it is in the audit history."</p>
            <p>{signed.op.actor.name.clone()} ", " {time::time(signed.op.now)} ". A code works once it is activated, for 24 hours and for its own phone. Destroy this list after the day."</p>
            <div class="sheet">{table("sheet", "Codes, by place", &heads, cells, "There is no code to hand out.")}</div>
        }
        .into_any()
    })
}

fn row(row: &Handout) -> AnyView {
    view! {
        <tr data-mac=row.mac.bare()>
            <th scope="row">{row.place.clone()}</th>
            <td>{row.room.clone()}</td>
            <td>{row.vendor.clone()} " " {row.model.clone()}</td>
            <td><code>{row.mac.to_string()}</code></td>
            <td><code>{row.serial.clone()}</code></td>
            <td><code class="secret">{row.code.clone()}</code></td>
            <td><code class="address">{row.address.clone()}</code></td>
            <td class="tick"><span class="unseen">"to be ticked"</span></td>
        </tr>
    }
    .into_any()
}
