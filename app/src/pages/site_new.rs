//! Adding a site.

use crate::{
    components::{
        choose::select,
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{
    authz::{Action, authorise},
    site::Scope,
};
use leptos::prelude::*;
use services::Problem;

pub(crate) const CREATE: &str = "create-site";

pub(crate) async fn show(signed: Signed) -> Answer {
    new_page(&signed, &Attempt::default())
}

pub(crate) fn new_page(signed: &Signed, attempt: &Attempt) -> Answer {
    authorise(&signed.op.actor, Action::EditSite).map_err(Problem::from)?;
    Ok(signed.page(attempt.status(), "Add a site", || {
        view! {
            {head(&[step("/", "Overview")], "Add a site".into_any(), ().into_any())}
            {finding::summary(attempt)}
            {section("new-site", "The site", fields(signed, attempt))}
        }
        .into_any()
    }))
}

fn fields(signed: &Signed, attempt: &Attempt) -> AnyView {
    let scopes = [
        (Scope::Assisted.word(), "assisted: people bind, one request each"),
        (Scope::OnboardingOnly.word(), "onboarding-only: no line is ever written or cleared"),
    ];
    let fields = view! {
        <p class="hint">"Networks, places, numbers and phones come afterwards, on its page or by an import. To add many sites at once, import a sheet of them."</p>
        <div class="checks">
            {Field::new(CREATE, "code", "Code").hint("2 to 12 lower-case letters, digits or hyphens. It stays.").required().view(attempt)}
            {Field::new(CREATE, "name", "Name").hint("What people call it.").required().view(attempt)}
            {Field::new(CREATE, "time_zone", "Time zone").hint("An IANA name, as Europe/London.").required().view(attempt)}
            {select(CREATE, "scope", "What happens by itself", &scopes, Scope::Assisted.word(), attempt)}
        </div>
        <div class="row end">
            {Field::new(CREATE, "reason", "Reason").required().view(attempt)}
            <button>"Add the site"</button>
        </div>
    };
    form(signed, CREATE, CREATE, "/sites/new", fields.into_any())
}
