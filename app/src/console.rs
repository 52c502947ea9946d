//! What the console is made of, and its addresses.

use crate::{
    actions,
    pages::{self, error},
    visitor::{self, Failure, Visitor},
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Response,
    routing::{get, post},
};
use services::{Problem, Services, discovery::Onboarding};

/// The console's state: the use cases, and what the shell has to know. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    /// The use cases.
    pub services: Services,
    /// Where the page finds its files.
    pub assets: Assets,
    /// Logins of a demonstration, shown on its sign-in page; `None` for an installation in earnest.
    pub demo: Option<Vec<Login>>,
    /// Whether this listener speaks TLS: cookies are `Secure`, browsers are told to stay with HTTPS.
    pub tls: bool,
    /// Where phones are led that nobody has proven anything about yet.
    pub onboarding: Onboarding,
}

/// A login of the demonstration: name, roles, password.
pub type Login = (String, String, String);

/// Addresses of the console's files; empty where a development build has none.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The module that loads the islands.
    pub js: String,
    /// The islands.
    pub wasm: String,
    /// The same two with the layer editor among the islands, for the pages that have it.
    pub editor: (String, String),
    /// The icon.
    pub favicon: String,
}

/// A form is small; only an import is large.
const FORM: usize = 256 * 1024;
/// Two files at the limit of 8 MB each, or many small ones.
const IMPORT: usize = 16 * 1024 * 1024;

/// Every page and every form of the console. Expects a session layer around it.
pub fn router(console: Console) -> Router {
    Router::new()
        .route("/", get(pages::overview::show))
        .route("/setup", get(pages::setup::show).post(actions::session::set_up))
        .route("/sign-in", get(pages::sign_in::show).post(actions::session::sign_in))
        .route("/sign-out", post(actions::session::sign_out))
        .route("/password", get(pages::password::show).post(actions::password::change))
        .route("/sites/new", get(pages::site_new::show).post(actions::site_facts::create))
        .route("/sites/{code}", get(pages::site::show))
        .route("/sites/{code}/segments/{segment}/evidence", post(actions::gate::record))
        .route("/sites/{code}/segments/{segment}/sign-off", post(actions::gate::sign_off))
        .route("/sites/{code}/policy", post(actions::policy::set))
        .route("/devices", get(pages::device::list))
        .route("/devices/{mac}", get(pages::device::show))
        .route("/devices/{mac}/credential", post(actions::device::reveal))
        .route("/devices/{mac}/release", post(actions::device::release))
        .route("/devices/{mac}/handset", post(actions::device::handset))
        .route("/numbers", get(pages::number::list))
        .route("/numbers/ranges", get(pages::range::list).post(actions::range::define))
        .route("/numbers/ranges/{id}", get(pages::range::show).post(actions::range::alter))
        .route("/numbers/ranges/{id}/remove", post(actions::range::remove))
        .merge(routing())
        .route("/numbers/{number}", get(pages::number::one::show))
        .route("/numbers/{number}/{verb}", post(actions::number::act))
        .route("/people", get(pages::person::list))
        .route("/people/{reference}", get(pages::person::show).post(actions::person::change))
        .merge(exceptions())
        .route("/enrolment", get(pages::enrolment::list).post(actions::enrolment::make))
        .route("/enrolment/activate", post(actions::enrolment::activate_site))
        .route("/enrolment/export", post(actions::enrolment::export))
        .route("/enrolment/{mac}", get(pages::enrolment_device::show))
        .route("/enrolment/{mac}/activate", post(actions::enrolment::activate))
        .route("/enrolment/{mac}/revoke", post(actions::enrolment::revoke))
        .route("/enrolment/{mac}/reopen", post(actions::enrolment::reopen))
        .route("/enrolment/{mac}/release", post(actions::enrolment::release))
        .route("/requests", get(pages::change_request::list).post(actions::change_request::create))
        .route("/requests/new", get(pages::draft::show))
        .route(
            "/requests/bulk",
            get(pages::bulk::show).post(actions::change_request::bulk).layer(DefaultBodyLimit::max(IMPORT)),
        )
        .route("/requests/selection", get(pages::selection::show).post(actions::change_request::ask_selected))
        .route("/requests/{number}", get(pages::change_request::show))
        .route("/requests/{number}/schedule", post(actions::change_request::schedule))
        .route("/requests/{number}/unschedule", post(actions::change_request::unschedule))
        .route("/requests/{number}/edit", post(actions::change_request::edit))
        .route("/requests/{number}/comment", post(actions::change_request::comment))
        .route("/requests/{number}/submit", post(actions::change_request::submit))
        .route("/requests/{number}/approve", post(actions::change_request::approve))
        .route("/requests/{number}/reject", post(actions::change_request::reject))
        .route("/requests/{number}/withdraw", post(actions::change_request::withdraw))
        .route("/requests/{number}/apply", post(actions::change_request::apply))
        .route(
            "/import",
            get(pages::import::show).post(actions::import::stage).layer(DefaultBodyLimit::max(IMPORT)),
        )
        .route("/import/export/{sheet}", get(pages::import::export))
        .route("/import/{id}", get(pages::import::preview))
        .route("/import/{id}/commit", post(actions::import::commit))
        .route("/discovery", get(pages::discovery::show))
        .route("/discovery/lists/{service}", get(pages::discovery::list))
        .route("/trace", get(pages::trace::find))
        .route("/trace/{mac}", get(pages::trace::show))
        .route("/phones", get(pages::vendor::show))
        .route("/roots", get(pages::root::show).post(actions::root::add))
        .route("/roots/withdraw", post(actions::root::withdraw))
        .merge(openings())
        .merge(firmware(&console))
        .merge(approvals())
        .merge(advances())
        .merge(layers())
        .route("/audit", get(pages::audit::show))
        .route("/audit/verify", post(actions::audit::verify))
        .route("/codes", get(pages::code::show))
        .route("/users", get(pages::user::show).post(actions::user::create))
        .fallback(async || Failure(Problem::not_found("page")))
        .method_not_allowed_fallback(async || Failure(Problem::not_found("page")))
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn_with_state(console.clone(), visitor::receive))
        .with_state(console)
}

fn firmware(console: &Console) -> Router<Console> {
    let image = usize::try_from(console.services.firmware_max_bytes()).unwrap_or(usize::MAX);
    let upload = DefaultBodyLimit::max(image.saturating_add(FORM));
    Router::new()
        .route("/firmware", get(pages::firmware::show).post(actions::firmware::upload).layer(upload))
        .route("/firmware/{id}/withdraw", post(actions::firmware::withdraw))
        .route("/firmware/want", post(actions::firmware::want))
        .route("/firmware/forget", post(actions::firmware::forget))
        .route("/firmware/steps", post(actions::firmware::step))
        .route("/firmware/steps/{id}/drop", post(actions::firmware::drop_step))
        .route("/firmware/minimums", post(actions::firmware::minimum))
        .route("/firmware/minimums/drop", post(actions::firmware::drop_minimum))
        .route("/firmware/budget", post(actions::firmware::budget))
}

fn openings() -> Router<Console> {
    Router::new()
        .route("/sites/{code}/advance", post(actions::opening::advance))
        .route("/sites/{code}/back", post(actions::opening::back))
        .route("/sites/{code}/answer", post(actions::opening::answer))
        .route("/sites/{code}/sign-off", post(actions::opening::sign_off))
        .route("/sites/{code}/steps/{kind}", get(pages::step::show).post(actions::step::change))
        .route("/sites/{code}/steps/{kind}/{verb}", post(actions::step::say))
        .route(
            "/sites/{code}/sheets/{sheet}",
            get(pages::opening_sheet::show).post(actions::opening_sheet::look),
        )
        .route("/sites/{code}/sheets/{sheet}/csv", get(pages::opening_sheet::csv))
        .route("/sites/{code}/sheets/{sheet}/apply", post(actions::opening_sheet::apply))
        .route("/sites/{code}/package", get(pages::site_package::show).post(actions::site_package::version))
        .route("/sites/{code}/package/ship", post(actions::site_package::ship))
        .route("/sites/{code}/cutover", get(pages::cutover::show).post(actions::cutover::plan))
        .route("/sites/{code}/cutover/on-call", post(actions::cutover::on_call))
        .route("/sites/{code}/cutover/decide", post(actions::cutover::decide))
        .route("/sites/{code}/cutover/{number}", get(pages::cutover::show_step))
        .route("/sites/{code}/cutover/{number}/begin", post(actions::cutover::begin))
        .route("/sites/{code}/cutover/{number}/end", post(actions::cutover::end))
        .route("/sites/{code}/cutover/{number}/remove", post(actions::cutover::remove))
        .route("/sites/{code}/acceptance", get(pages::acceptance::list))
        .route(
            "/sites/{code}/acceptance/{line}",
            get(pages::acceptance::show).post(actions::acceptance::record),
        )
        .route("/sites/{code}/facts", get(pages::site_facts::show).post(actions::site_facts::rename))
        .route("/sites/{code}/facts/segment", post(actions::site_facts::segment))
        .route("/sites/{code}/facts/place", post(actions::site_facts::place))
        .route("/freezes", get(pages::freeze::list).post(actions::freeze::define))
        .route("/freezes/lift", post(actions::freeze::lift))
}

fn exceptions() -> Router<Console> {
    Router::new()
        .route("/exceptions", get(pages::exception::list))
        .route("/exceptions/help", get(pages::exception::help))
        .route("/exceptions/measures", get(pages::exception::measures).post(actions::exception::set_baseline))
        .route("/exceptions/report", get(pages::exception::report).post(actions::exception::report))
        .route("/exceptions/loss", get(pages::exception::loss).post(actions::exception::lost))
        .route("/exceptions/{number}/found", post(actions::exception::found))
        .route("/exceptions/replace", get(pages::replacement::show).post(actions::replacement::open))
        .route("/exceptions/{number}", get(pages::exception::show))
        .route("/exceptions/{number}/take", post(actions::exception::take))
        .route("/exceptions/{number}/assign", post(actions::exception::assign))
        .route("/exceptions/{number}/advance", post(actions::exception::advance))
        .route("/exceptions/{number}/close", post(actions::exception::close))
        .route("/exceptions/{number}/replacement/{verb}", post(actions::replacement::step))
}

fn routing() -> Router<Console> {
    Router::new()
        .route("/numbers/schedules", get(pages::schedule::list).post(actions::schedule::define))
        .route("/numbers/schedules/{code}", get(pages::schedule::show).post(actions::schedule::alter))
        .route("/numbers/schedules/{code}/remove", post(actions::schedule::remove))
        .route("/numbers/groups", get(pages::hunt_group::list).post(actions::hunt_group::define))
        .route("/numbers/groups/{code}", get(pages::hunt_group::show).post(actions::hunt_group::alter))
        .route("/numbers/groups/{code}/remove", post(actions::hunt_group::remove))
        .route("/numbers/{number}/profile", post(actions::profile::set))
        .route("/numbers/{number}/class", post(actions::class::set))
        .route(
            "/feeds",
            get(pages::feed::list).post(actions::feed::stage).layer(DefaultBodyLimit::max(IMPORT)),
        )
        .route("/feeds/limit", post(actions::feed::limit))
        .route("/feeds/limit/approve", post(actions::feed::approve_raise))
        .route("/feeds/limit/drop", post(actions::feed::drop_raise))
        .route("/feeds/{number}", get(pages::feed::one::show))
        .route("/feeds/{number}/apply", post(actions::feed::apply))
        .route("/feeds/{number}/release", post(actions::feed::release))
        .route("/feeds/{number}/dismiss", post(actions::feed::dismiss))
}

fn approvals() -> Router<Console> {
    Router::new()
        .route("/approvals", get(pages::approval::show).post(actions::approval::propose))
        .route("/approvals/propose", get(pages::approval::propose))
        .route("/approvals/delegations", post(actions::approval::delegate))
        .route("/approvals/delegations/{id}/end", post(actions::approval::end_delegation))
        .route("/approvals/{version}/approve", post(actions::approval::approve))
        .route("/approvals/{version}/reject", post(actions::approval::reject))
        .route("/approvals/{version}/withdraw", post(actions::approval::withdraw))
}

fn advances() -> Router<Console> {
    Router::new()
        .route("/advances", get(pages::advance::list).post(actions::advance::propose))
        .route("/advances/carry-out", post(actions::advance::carry_out))
        .route("/advances/{number}", get(pages::advance::show))
        .route("/advances/{number}/approve", post(actions::advance::approve))
        .route("/advances/{number}/reject", post(actions::advance::reject))
        .route("/advances/{number}/withdraw", post(actions::advance::withdraw))
        .route("/advances/{number}/end", post(actions::advance::end))
        .route("/glass", get(pages::glass::show).post(actions::glass::open))
        .route("/glass/close", post(actions::glass::close))
        .route("/reviews", get(pages::review::show))
        .route("/reviews/{number}", post(actions::review::say))
        .route("/requests/{number}/apply-under-glass", post(actions::change_request::apply_under_glass))
        .route("/sites/{code}/scope", post(actions::scope::set))
        .route("/users/{id}", get(pages::user::show_one).post(actions::user::grant))
        .route("/users/{id}/confirm", post(actions::user::confirm))
}

fn layers() -> Router<Console> {
    Router::new()
        .route("/layers", get(pages::layer::list))
        .route("/layers/group", get(pages::layer::group))
        .route("/layers/of/{level}/{scope}", get(pages::layer::show))
        .route("/layers/of/{level}/{scope}/edit", get(pages::layer_edit::show).post(actions::layer::create))
        .route(
            "/layers/of/{level}/{scope}/templates",
            post(actions::layer::templates).layer(DefaultBodyLimit::max(IMPORT)),
        )
        .route("/layers/phones/{mac}", get(pages::layer_phone::show))
        .route("/layers/phones/{mac}/labels", post(actions::layer::label))
        .route("/layers/phones/{mac}/exceptions", post(actions::layer::ask))
        .route("/drift", get(pages::drift::show))
        .route("/pins", get(pages::pin::list))
        .route("/pins/release", post(actions::pin::release))
        .route("/pins/return", get(pages::return_many::show).post(actions::pin::ask_many))
        .route("/devices/{mac}/return", get(pages::pin::ask).post(actions::pin::ask))
        .route("/layers/changes/{number}", get(pages::layer_change::show))
        .route("/layers/changes/{number}/{verb}", post(actions::layer::act))
        .route("/rollouts", get(pages::rollout::list).post(actions::rollout::policy))
        .route("/rollouts/{number}", get(pages::rollout::one::show))
        .route("/rollouts/{number}/live", get(pages::rollout::one::live))
        .route("/rollouts/{number}/{verb}", post(actions::rollout::act))
}

/// The page for a request that was refused before anybody looked at who sent it.
pub fn refuse(console: &Console, problem: &Problem) -> Response {
    error::page(&Visitor::stranger(console.clone()), problem)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    const ROUTES: &str = include_str!("console.rs");
    /// The tests in the browser ask for each of these without a session, and send each form in every role.
    const TRIED: &str = include_str!("../../end2end/fixtures/pages.ts");

    /// Addresses that those tests leave out, and why that is right. Whoever adds one here has it reviewed.
    const EXCEPTIONS: &[(&str, &str)] = &[
        ("/setup", "while nobody can sign in there is nobody to be refused; afterwards it leads away"),
        ("/sign-in", "for those who are not signed in"),
        ("/sign-out", "ends what is not there"),
        ("/codes", "a table without anything of the installation, for whoever reads a code in an answer"),
        (
            "/exceptions/{number}/close",
            "no page of the demonstration offers it; services authorise it as they do `take`",
        ),
        (
            "/layers/of/{level}/{scope}/templates",
            "takes files; tried in every role by name, in the test of roles",
        ),
        ("/layers/group", "leads from a group's name to its address and shows nothing"),
        ("/discovery/lists/{service}", "tried in every role by name, in the test of roles"),
        ("/import/export/{sheet}", "tried in every role by name, in the test of roles"),
    ];

    fn quoted<'a>(text: &'a str, before: &str, mark: char) -> Vec<&'a str> {
        let parts = text.split(before).skip(1);
        parts.filter_map(|rest| rest.trim_start().strip_prefix(mark)?.split(mark).next()).collect()
    }

    /// `/requests/{number}/edit` and `/requests/${scene.draft}/edit` are one address.
    fn segments(address: &str) -> Vec<&str> {
        address.split('?').next().unwrap_or_default().split('/').collect()
    }

    fn fits(route: &str, tried: &str) -> bool {
        let (route, tried) = (segments(route), segments(tried));
        route.len() == tried.len()
            && route.iter().zip(&tried).all(|(r, t)| r == t || (r.starts_with('{') && !t.is_empty()))
    }

    fn tried() -> BTreeSet<String> {
        let from = TRIED.find("export const addresses").unwrap_or_default();
        let marks: &[char] = &['\'', '`'];
        let whole = |text: &str| {
            let text = text.replace("${change}", "/requests/N").replace("${scene.goodImport}", "/import/N");
            let text = text.replace("${scene.feed}", "/feeds/N").replace("${scene.layer}", "/layers/of/N/N");
            text.split("${").enumerate().fold(String::new(), |all, (n, part)| match part.split_once('}') {
                Some((_, rest)) if n > 0 => all + "N" + rest,
                _ => all + part,
            })
        };
        let mut all: BTreeSet<_> =
            TRIED[from..].split(marks).map(whole).filter(|text| text.starts_with('/')).collect();
        all.extend(["/import/N", "/feeds/N", "/layers/of/N/N", "/roots", "/firmware"].map(str::to_owned));
        all
    }

    #[test]
    fn every_address_is_tried_without_permission_or_is_a_reviewed_exception() {
        let routes: BTreeSet<_> =
            quoted(ROUTES, ".route(", '"').into_iter().filter(|route| route.starts_with('/')).collect();
        assert!(routes.len() > 60, "{}", routes.len());
        let tried = tried();
        let excepted = |route: &str| EXCEPTIONS.iter().any(|(address, _)| *address == route);
        let missing: Vec<_> = routes
            .iter()
            .filter(|route| !excepted(route) && !tried.iter().any(|address| fits(route, address)))
            .collect();
        assert!(missing.is_empty(), "not in `addresses` or `forms` of the browser's tests: {missing:#?}");
        let gone: Vec<_> = EXCEPTIONS.iter().filter(|(address, _)| !routes.contains(address)).collect();
        assert!(gone.is_empty(), "{gone:?}");
    }
}
