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
        .route("/numbers/{number}", get(pages::number::show))
        .route("/numbers/{number}/{verb}", post(actions::number::act))
        .route("/people", get(pages::person::list))
        .route("/people/{reference}", get(pages::person::show).post(actions::person::change))
        .route("/exceptions", get(pages::exception::list))
        .route("/exceptions/{number}", get(pages::exception::show))
        .route("/exceptions/{number}/take", post(actions::exception::take))
        .route("/exceptions/{number}/close", post(actions::exception::close))
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
        .route("/requests/{number}", get(pages::change_request::show))
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
        .merge(firmware(&console))
        .merge(approvals())
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

fn layers() -> Router<Console> {
    Router::new()
        .route("/layers", get(pages::layer::list))
        .route("/layers/group", get(pages::layer::group))
        .route("/layers/of/{level}/{scope}", get(pages::layer::show))
        .route("/layers/of/{level}/{scope}/edit", get(pages::layer_edit::show).post(actions::layer::create))
        .route("/layers/phones/{mac}", get(pages::layer_phone::show))
        .route("/layers/phones/{mac}/labels", post(actions::layer::label))
        .route("/layers/phones/{mac}/exceptions", post(actions::layer::ask))
        .route("/layers/changes/{number}", get(pages::layer_change::show))
        .route("/layers/changes/{number}/{verb}", post(actions::layer::act))
}

/// The page for a request that was refused before anybody looked at who sent it.
pub fn refuse(console: &Console, problem: &Problem) -> Response {
    error::page(&Visitor::stranger(console.clone()), problem)
}
