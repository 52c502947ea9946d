//! How phones find the server: what to set in DHCP, what to paste where, and lists for redirect services.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, text},
        head::{plain, section},
        id,
        prose::prose,
        table::table,
    },
    islands::CopyId,
    render::query,
    visitor::{Answer, Signed},
};
use axum::{
    extract::{Path, Query},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::IntoResponse as _,
};
use domain::authz::Action;
use leptos::prelude::*;
use serde::Deserialize;
use services::discovery::{self, DiscoveryFilter, DiscoveryView, FamilyView, Found, ListView, Snippet};

pub(crate) async fn show(signed: Signed, Query(filter): Query<DiscoveryFilter>) -> Answer {
    let onboarding = &signed.console.onboarding;
    let shown = discovery::view(signed.services(), &signed.op, onboarding, &filter).await?;
    Ok(signed.page(StatusCode::OK, "Discovery", || {
        view! {
            {plain("Discovery")}
            <p class="lede">"How phones find this server. Every way leads to the onboarding address, which gives anybody a baseline and nobody a line."</p>
            {match &shown.found {
                Some(found) => found_view(&signed, &filter, &shown, found),
                None => nothing(&signed),
            }}
        }
        .into_any()
    }))
}

fn nothing(signed: &Signed) -> AnyView {
    let import =
        signed.may(Action::Import).then(|| view! { " "<a href="/import">"Import a site package."</a> });
    view! { <p class="empty" id="no-site">"There is no site yet." {import}</p> }.into_any()
}

fn found_view(signed: &Signed, filter: &DiscoveryFilter, shown: &DiscoveryView, found: &Found) -> AnyView {
    view! {
        {filters(filter, shown, found)}
        {where_to(shown, found)}
        {section("know", "What to know first", know(shown))}
        {section("values", "DHCP options", values(&found.families))}
        {section("snippets", "To paste", snippets(found))}
        {section("lists", "Redirect services", lists(signed, found))}
    }
    .into_any()
}

fn option(value: &str, label: &str, chosen: bool) -> AnyView {
    view! { <option value=value.to_owned() selected=chosen>{label.to_owned()}</option> }.into_any()
}

fn filters(filter: &DiscoveryFilter, shown: &DiscoveryView, found: &Found) -> AnyView {
    let sites: Vec<_> =
        shown.sites.iter().map(|site| option(&site.code, &site.name, site.id == found.site.id)).collect();
    let here = found.segment.as_ref().map(|segment| segment.id);
    let segments: Vec<_> = found
        .segments
        .iter()
        .map(|segment| option(&segment.code, &segment.code, Some(segment.id) == here))
        .collect();
    let families: Vec<_> = found
        .families
        .iter()
        .filter(|family| family.option.is_some())
        .map(|family| option(family.name, family.title, family.name == filter.family))
        .collect();
    view! {
        <form class="filters" id="choose" data-form="choose" method="get" action="/discovery">
            <div class="field">
                <label for="choose-site">"Site"</label>
                <select id="choose-site" name="site">{sites}</select>
            </div>
            <div class="field">
                <label for="choose-segment">"Segment"</label>
                <select id="choose-segment" name="segment">{segments}</select>
            </div>
            <div class="field">
                <label for="choose-family">"Snippets for"</label>
                <select id="choose-family" name="family">
                    {option("", "Phones of the site", filter.family.is_empty())}
                    {option("all", "Every family", filter.family == "all")}
                    {families}
                </select>
            </div>
            <div class="field">
                <label for="choose-over">"Over"</label>
                <select id="choose-over" name="over">
                    {option("", "HTTPS", shown.address.secure())}
                    {option("http", "Plain HTTP", !shown.address.secure())}
                </select>
            </div>
            <button class="quiet">"Show"</button>
        </form>
    }
    .into_any()
}

fn where_to(shown: &DiscoveryView, found: &Found) -> AnyView {
    let segment = found.segment.as_ref();
    let network = segment.map(|segment| segment.cidr.to_string()).unwrap_or_default();
    let vlan = segment.and_then(|segment| segment.vlan).map(|vlan| vlan.to_string()).unwrap_or_default();
    let name = segment.map(|segment| segment.code.clone()).unwrap_or_default();
    let about = facts(vec![
        ("Onboarding address", id::id(shown.address.as_str(), "onboarding address")),
        ("Segment", text(&name)),
        ("Network", text(&network)),
        ("VLAN", text(&vlan)),
    ]);
    view! { <div class="wide-first">{about}</div> }.into_any()
}

/// What an administrator has to know before anything is set, the worst first.
fn know(shown: &DiscoveryView) -> AnyView {
    let mut notes = vec![];
    if shown.local {
        notes.push((
            Tone::Bad,
            "not reachable",
            "No phone reaches this address: it is this machine's own name for itself. Set `public_host` in the \
             configuration first.",
        ));
    }
    if shown.address.secure() {
        notes.push((
            Tone::Warning,
            "certificate",
            "A phone follows an HTTPS address only if it trusts the edge's certificate, and the authority made at \
             the first start is in no phone's list. Put in a certificate that the phones know; some take RSA alone.",
        ));
    } else {
        notes.push((
            Tone::Warning,
            "plain HTTP",
            "Plain HTTP gives a baseline only, whatever the phone proves, and anybody on the way can read and change \
             it, also the steady address in it. Use it for phones that cannot do better, in a network of their own.",
        ));
    }
    notes.push((
        Tone::Quiet,
        "after that",
        "The baseline names the steady address, where a phone must prove which one it is. A Yealink with a line then \
         ignores DHCP and PnP: `provisioning.dhcp_override` is off and locked. A factory reset makes it listen again.",
    ));
    notes.push((
        Tone::Quiet,
        "SIP PnP",
        "It is answered only on interfaces that `pnp` in the configuration names, and on none by default: a phone \
         believes whoever answers first.",
    ));
    let notes: Vec<_> = notes
        .into_iter()
        .map(|(tone, word, says)| {
            view! { <li class="finding"><p class="finding-head">{badge(tone, word)}</p><p>{prose(says)}</p></li> }
        })
        .collect();
    view! { <ul class="findings">{notes}</ul> }.into_any()
}

fn values(families: &[FamilyView]) -> AnyView {
    let rows = families
        .iter()
        .map(|family| {
            let also: Vec<_> = family.also.iter().map(u8::to_string).collect();
            let (option, value) = match family.option {
                Some(option) => {
                    (option.to_string(), id::id(&family.value, &format!("value for {}", family.title)))
                }
                None => (String::new(), text("")),
            };
            view! {
                <tr data-family=family.name>
                    <th scope="row">{family.title}</th>
                    <td class="number" data-label="Option">{text(&option)}</td>
                    <td data-label="Value">{value}</td>
                    <td data-label="Reads too">{text(&also.join(", "))}</td>
                    <td data-label="Known">{known(family.known)}</td>
                    <td class="prose">{prose(family.wins)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Family", "#Option", "Value", "Reads too", "Known", "Which one wins"];
    let mut words: Vec<_> = families.iter().map(|family| family.known).collect();
    words.sort_unstable();
    words.dedup();
    let legend: Vec<_> =
        words.into_iter().map(|word| view! { <li>{known(word)} " " {word.1}</li> }).collect();
    view! {
        {table("families", "What to set for each family (DHCPv4)", &heads, rows, "")}
        <ul class="plain hint" aria-label="How well it is known">{legend}</ul>
    }
    .into_any()
}

fn known((word, _): (&'static str, &'static str)) -> AnyView {
    badge(if word == "inferred" { Tone::Warning } else { Tone::Quiet }, word)
}

fn snippets(found: &Found) -> AnyView {
    if found.snippets.is_empty() {
        return view! { <p class="empty">"These phones read no DHCP option."</p> }.into_any();
    }
    let all: Vec<_> = found.snippets.iter().map(snippet).collect();
    view! { <p class="hint">{format!("For {}.", found.chosen.join(", "))}</p> {all} }.into_any()
}

fn snippet(snippet: &Snippet) -> AnyView {
    let heading = format!("{}-title", snippet.name);
    let content = if snippet.text.is_empty() {
        view! { <p class="empty">"The segment has no IPv4 network, and so no scope."</p> }.into_any()
    } else {
        let label = format!("snippet for {}", snippet.title);
        view! {
            <div class="scroll tall" role="region" aria-label=format!("{} snippet", snippet.title) tabindex="0">
                <pre class="snippet" data-snippet=snippet.name>{snippet.text.clone()}</pre>
            </div>
            <p class="id hint">"Copy it whole" <CopyId text=snippet.text.clone() label=label /></p>
        }
        .into_any()
    };
    view! {
        <section class="panel" id=snippet.name aria-labelledby=heading.clone()>
            <h3 id=heading.clone()>{snippet.title}</h3>
            <p class="hint">{prose(snippet.hint)}</p>
            {content}
        </section>
    }
    .into_any()
}

fn lists(signed: &Signed, found: &Found) -> AnyView {
    let may = signed.may(Action::RevealCredential);
    let rows = found
        .lists
        .iter()
        .map(|list| {
            view! {
                <tr data-list=list.word>
                    <th scope="row">{list.title}</th>
                    <td class="number" data-label="Phones">{list.devices}</td>
                    <td data-label="Columns">{known(list.known)}</td>
                    <td class="prose">{prose(list.hint)}</td>
                    <td>{download(list, &found.site.code, may)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Service", "#Phones", "Columns", "What to do there", "List"];
    let caption = format!("Active phones of {}, as CSV", found.site.name);
    let who = if may {
        "Each download is in the audit history. A phone that is reset to factory asks its vendor's service again."
    } else {
        "An administrator can download the lists: an address in them may be a phone's own."
    };
    view! { <p class="hint">{who}</p> {table("redirects", &caption, &heads, rows, "")} }.into_any()
}

fn download(list: &ListView, site: &str, may: bool) -> AnyView {
    if list.devices == 0 {
        return view! { <span class="none">"no phone"</span> }.into_any();
    }
    if !may {
        return ().into_any();
    }
    let address = format!("/discovery/lists/{}{}", list.word, query(&[("site", site)]));
    let label = format!("Download the list for {}", list.title);
    view! { <a class="button quiet" href=address aria-label=label download="">"Download"</a> }.into_any()
}

/// Which list is exported.
#[derive(Deserialize)]
pub(crate) struct Site {
    #[serde(default)]
    site: String,
}

pub(crate) async fn list(signed: Signed, Path(service): Path<String>, Query(query): Query<Site>) -> Answer {
    let onboarding = &signed.console.onboarding;
    let list = discovery::export(signed.services(), &signed.op, onboarding, &service, &query.site).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        // Made of words and a site's code: nothing in it needs quoting.
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", list.name)),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, list.body).into_response())
}
