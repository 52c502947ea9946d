//! Enrolment: who has a code or a signed address and where it is in its life; what there is to do at a site.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::facts,
        field::Field,
        finding,
        form::form,
        head::{plain, section},
        pager::pager,
        prose::counted,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::{
    Timestamp,
    authz::Action,
    enrolment::{Kind, MARGIN, SiteDate, State, USUAL_ADDRESS},
    site::step::StepKind,
    time::DAY,
};
use leptos::prelude::*;
use services::{
    enrolment, sites,
    view::{EnrolmentFilter, EnrolmentList, EnrolmentRow, SiteCard, SiteEnrolment},
};

pub(crate) async fn list(signed: Signed, Query(filter): Query<EnrolmentFilter>) -> Answer {
    page(&signed, &filter, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, filter: &EnrolmentFilter, attempt: &Attempt) -> Answer {
    let found = enrolment::list(signed.services(), &signed.op, filter).await?;
    let sites = sites::list(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Enrolment", || {
        view! {
            {plain("Enrolment")}
            <p class="lede">"How a phone that holds nothing yet gets its credential: by a code that is typed at the phone, or by a signed address that a redirect service hands out. It opens one session, for the phone that uses it first."</p>
            {finding::summary(attempt)}
            {filters(filter, &sites)}
            {todo(signed, found.site.as_ref(), attempt)}
            {rows(filter, &found)}
        }
        .into_any()
    }))
}

fn filters(filter: &EnrolmentFilter, sites: &[SiteCard]) -> AnyView {
    let option = |value: &str, label: &str, chosen: &str| {
        view! { <option value=value.to_owned() selected=value == chosen>{label.to_owned()}</option> }
    };
    let sites: Vec<_> =
        sites.iter().map(|card| option(&card.site.code, &card.site.name, &filter.site)).collect();
    let states: Vec<_> = State::WORDS
        .iter()
        .chain(&["clash"])
        .map(|word| option(word, &word.replace('-', " "), &filter.state))
        .collect();
    view! {
        <form class="filters" id="filter" data-form="filter" method="get" action="/enrolment">
            <div class="field">
                <label for="filter-site">"Site"</label>
                <select id="filter-site" name="site"><option value="">"All sites"</option>{sites}</select>
            </div>
            <div class="field">
                <label for="filter-state">"State"</label>
                <select id="filter-state" name="state"><option value="">"Any state"</option>{states}</select>
            </div>
            <button class="quiet">"Filter"</button>
            <a href="/enrolment">"Clear"</a>
        </form>
    }
    .into_any()
}

/// Where a token is in its life.
pub(crate) fn state(state: &State) -> AnyView {
    let tone = match state {
        State::Used { .. } => Tone::Good,
        State::Waiting { .. } | State::InSession { .. } => Tone::Busy,
        State::Expired { .. } => Tone::Warning,
        State::Inactive | State::Revoked { .. } | State::Released { .. } => Tone::Quiet,
    };
    badge(tone, state.word().replace('-', " "))
}

/// Since when, until when, with whom.
pub(crate) fn particulars(state: &State) -> AnyView {
    match state {
        State::Inactive => "until it is activated".into_any(),
        State::Waiting { until } => view! { "until " {time::time(*until)} }.into_any(),
        State::InSession { since, by } => {
            view! { "since " {time::time(*since)} ", " {by.to_string()} }.into_any()
        }
        State::Expired { at, delivered: true } => {
            view! { {time::time(*at)} ", after something was delivered" }.into_any()
        }
        State::Used { at } | State::Expired { at, .. } | State::Revoked { at } | State::Released { at } => {
            time::time(*at)
        }
    }
}

/// Somebody else tried to use it.
pub(crate) fn clash(at: Option<Timestamp>) -> AnyView {
    at.map(|at| view! { {badge(Tone::Bad, "clash")} " " {time::time(at)} }).into_any()
}

fn rows(filter: &EnrolmentFilter, found: &EnrolmentList) -> AnyView {
    let heads = ["Device", "Model", "Site", "Place", "Token", "State", "Particulars", "Another device"];
    let rest = [("site", filter.site.as_str()), ("state", &filter.state)];
    let narrowed = rest.iter().any(|(_, value)| !value.is_empty());
    let none = if narrowed {
        "No code and no address fits the filter."
    } else {
        "There is no code and no address yet. Choose a site to make some."
    };
    let rows = found.page.rows.iter().map(row).collect();
    view! {
        {table("enrolments", "Codes and signed addresses, the newest of each device", &heads, rows, none)}
        {pager("/enrolment", &rest, &filter.after, found.page.next.as_deref())}
    }
    .into_any()
}

fn row(row: &EnrolmentRow) -> AnyView {
    view! {
        <tr data-mac=row.mac.bare() data-kind=row.kind.word()>
            <th scope="row"><a href=format!("/enrolment/{}", row.mac.bare())><code>{row.mac.to_string()}</code></a></th>
            <td>{row.vendor.clone()} " " {row.model.clone()}</td>
            <td><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
            <td data-label="Place">{row.place.clone()}</td>
            <td>{row.kind.title()}</td>
            <td>{state(&row.state)}</td>
            <td>{particulars(&row.state)}</td>
            <td data-label="Another device">{clash(row.clashed)}</td>
        </tr>
    }
    .into_any()
}

pub(crate) const MAKE_CODES: &str = "make-codes";
pub(crate) const MAKE_ADDRESSES: &str = "make-addresses";
pub(crate) const ACTIVATE: &str = "activate";
pub(crate) const HAND_OUT: &str = "hand-out";
pub(crate) const REDIRECT: &str = "redirect";

fn todo(signed: &Signed, site: Option<&SiteEnrolment>, attempt: &Attempt) -> Option<AnyView> {
    let site = site?;
    let (may_make, may_see) = (
        signed.may_at(Action::Enrol, &site.site.code),
        signed.may_at(Action::RevealCredential, &site.site.code),
    );
    let figures = facts(vec![
        ("Devices that need a code", site.without_code.into_any()),
        ("Codes to activate", site.inactive.into_any()),
        ("Codes to hand out", site.codes.into_any()),
        ("Devices that need an address", site.without_address.into_any()),
        ("Signed addresses in force", site.addresses.into_any()),
    ]);
    let view = view! {
        {figures}
        <div class="checks">
            {(may_make || may_see).then(|| card("Codes", vec![
                may_make.then(|| make_codes(signed, site)),
                may_make.then(|| activate(signed, site)),
                may_see.then(|| hand_out(signed, site, attempt)),
            ]))}
            {(may_make || may_see).then(|| card("Signed addresses", vec![
                may_make.then(|| make_addresses(signed, site, attempt)),
                may_see.then(|| redirect(signed, site, attempt)),
            ]))}
        </div>
    };
    Some(section("todo", &format!("Enrolment at {}", site.site.name), view.into_any()))
}

fn hidden(site: &SiteEnrolment, kind: Kind) -> AnyView {
    view! {
        <input type="hidden" name="site" value=site.site.code.clone() />
        <input type="hidden" name="kind" value=kind.word() />
    }
    .into_any()
}

fn card(title: &'static str, forms: Vec<Option<AnyView>>) -> AnyView {
    view! { <div class="check"><h3>{title}</h3>{forms}</div> }.into_any()
}

/// A button that says how many it is about, or that there is nothing to do.
fn button(verb: &str, number: i64, one: &str, many: &str, class: &'static str) -> AnyView {
    let label =
        if number == 0 { format!("{verb} {many}") } else { format!("{verb} {}", counted(number, one, many)) };
    view! { <button class=class disabled=number == 0>{label}</button> }.into_any()
}

fn make_codes(signed: &Signed, site: &SiteEnrolment) -> AnyView {
    let fields = view! {
        {hidden(site, Kind::Code)}
        <p class="hint">"For devices that have none and were never seen. A code is of no use until it is activated."</p>
        {button("Make", site.without_code, "code", "codes", "quiet")}
    };
    form(signed, MAKE_CODES, MAKE_CODES, "/enrolment", fields.into_any())
}

fn activate(signed: &Signed, site: &SiteEnrolment) -> AnyView {
    let fields = view! {
        {hidden(site, Kind::Code)}
        <p class="hint">"On the day: from now on each can be used for 24 hours."</p>
        {button("Activate", site.inactive, "code", "codes", "")}
    };
    form(signed, ACTIVATE, ACTIVATE, "/enrolment/activate", fields.into_any())
}

/// When a signed address ends if nobody says otherwise, as a `datetime-local` field writes it, and what says so.
pub(crate) fn until(date: Option<SiteDate>, now: Timestamp) -> (String, String) {
    let written = |at: Timestamp| at.to_string().chars().take(16).collect();
    let by_hand = "The day the site opens and some days more; at most 90 days.";
    let Some((date, until)) = date.and_then(|date| Some((date, date.address_until(now).ok()?))) else {
        return (written(now.plus(USUAL_ADDRESS)), by_hand.to_owned());
    };
    let what = date.step.map_or("The cutover is planned to end", |step| match step {
        StepKind::Acceptance => "Lines are to be accepted by",
        _ => "Lines are to be bound by",
    });
    let said = format!("{what} {}; {} days more. At most 90 days from now.", date.at, MARGIN / DAY);
    (written(until), said)
}

fn make_addresses(signed: &Signed, site: &SiteEnrolment, attempt: &Attempt) -> AnyView {
    let (value, hint) = until(site.date, signed.op.now);
    let fields = view! {
        {hidden(site, Kind::SignedAddress)}
        {Field::new(MAKE_ADDRESSES, "until", "Valid until (UTC)")
            .kind("datetime-local")
            .hint(hint)
            .value(value)
            .required()
            .view(attempt)}
        {button("Make", site.without_address, "signed address", "signed addresses", "quiet")}
    };
    form(signed, MAKE_ADDRESSES, MAKE_ADDRESSES, "/enrolment", fields.into_any())
}

fn hand_out(signed: &Signed, site: &SiteEnrolment, attempt: &Attempt) -> AnyView {
    let csv = attempt.typed(HAND_OUT, "as") == Some("csv");
    let fields = view! {
        {hidden(site, Kind::Code)}
        <p class="hint">"The technician's list. Codes are shown there and nowhere else; who looked, and why, is recorded."</p>
        {Field::new(HAND_OUT, "reason", "Reason").required().view(attempt)}
        <div class="field">
            <label for="hand-out-as">"As"</label>
            <select id="hand-out-as" name="as">
                <option value="page" selected=!csv>"Page to print"</option>
                <option value="csv" selected=csv>"CSV file"</option>
            </select>
        </div>
        <button class="quiet" disabled=site.codes == 0>"Show the technician's list"</button>
    };
    form(signed, HAND_OUT, HAND_OUT, "/enrolment/export", fields.into_any())
}

fn redirect(signed: &Signed, site: &SiteEnrolment, attempt: &Attempt) -> AnyView {
    let fields = view! {
        {hidden(site, Kind::SignedAddress)}
        <input type="hidden" name="as" value="csv" />
        <p class="hint">"For a redirect service: each device with its own address. Phones that went back to their vendor are not in it."</p>
        {Field::new(REDIRECT, "reason", "Reason").required().view(attempt)}
        <button class="quiet" disabled=site.addresses == 0>"Download CSV"</button>
    };
    form(signed, REDIRECT, REDIRECT, "/enrolment/export", fields.into_any())
}
