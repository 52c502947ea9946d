//! Who asks for a page: recognised once per request, before any handler.

use crate::{console::Console, pages::error, render};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode, Uri, header::CONTENT_TYPE, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    Code, Timestamp,
    authz::{Action, Actor, authorise, authorise_at, somewhere},
    ids::UserId,
    time::MINUTE,
};
use leptos::prelude::AnyView;
use serde::{Deserialize, Serialize};
use services::{
    Operation, Problem, Services,
    glass::{self, Glass},
    users,
};
use tower_sessions::Session;

/// Session keys.
const USER: &str = "user";
const TOUCHED: &str = "touched";
/// Since when the password is theirs with which they signed in: with another one, the session is over.
const PASSWORD: &str = "password";
const SAID: &str = "said";

/// A session is written at most this often merely because it is used.
const TOUCH: i64 = 5 * MINUTE;

/// Where one chooses a password; whoever has none of their own yet gets no further.
pub(crate) const PASSWORD_PAGE: &str = "/password";

/// What the last form has to say on the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Said {
    /// It was done.
    Done(String),
    /// Worth knowing.
    Code(Code),
}

/// Whoever asks, signed in or not.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) console: Console,
    pub(crate) actor: Option<Actor>,
    pub(crate) said: Option<Said>,
    /// Broken glass, which every page shows.
    pub(crate) glass: Vec<Glass>,
    /// Path and query, for the navigation and for the way back after signing in.
    pub(crate) address: String,
    session: Option<Session>,
}

impl Visitor {
    /// Nobody in particular.
    pub(crate) fn stranger(console: Console) -> Self {
        Self { console, actor: None, said: None, glass: vec![], address: "/".into(), session: None }
    }

    pub(crate) fn services(&self) -> &Services {
        &self.console.services
    }

    /// Whether they may do it somewhere.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.actor.as_ref().is_some_and(|actor| somewhere(actor, action).is_ok())
    }

    /// Whether they may do it to what belongs to no site.
    pub(crate) fn may_all(&self, action: Action) -> bool {
        self.actor.as_ref().is_some_and(|actor| authorise(actor, action).is_ok())
    }

    /// Whether they may do it at the site with this code.
    pub(crate) fn may_at(&self, action: Action, code: &str) -> bool {
        self.actor.as_ref().is_some_and(|actor| authorise_at(actor, action, code).is_ok())
    }

    /// The glass that the visitor has broken.
    pub(crate) fn own_glass(&self) -> Option<&Glass> {
        let id = self.actor.as_ref()?.id;
        self.glass.iter().find(|glass| glass.user == id)
    }

    /// Signs in under a new session id, so that an id planted before is worth nothing.
    pub(crate) async fn sign_in(&self, actor: &Actor) -> Result<(), Problem> {
        let Some(session) = &self.session else { return Err(unavailable()) };
        session.cycle_id().await.map_err(no_session)?;
        session.insert(USER, actor.id).await.map_err(no_session)?;
        session.insert(PASSWORD, actor.password_since).await.map_err(no_session)?;
        session.insert(TOUCHED, self.services().now()).await.map_err(no_session)
    }

    pub(crate) async fn sign_out(&self) -> Result<(), Problem> {
        let Some(session) = &self.session else { return Ok(()) };
        session.flush().await.map_err(no_session)
    }

    async fn say(&self, said: Said) -> Result<(), Problem> {
        // A stranger has no session, and gets none for this.
        let (Some(session), Some(_)) = (&self.session, &self.actor) else { return Ok(()) };
        session.insert(SAID, said).await.map_err(no_session)
    }

    /// After a form that did what it should: on to `path`, which then says `text`.
    pub(crate) async fn done(&self, path: &str, text: &str) -> Answer {
        self.say(Said::Done(text.to_owned())).await?;
        Ok(Redirect::to(path).into_response())
    }

    /// After a form that was sent twice: on to where the first one led.
    pub(crate) async fn repeated(&self, path: &str) -> Answer {
        self.say(Said::Code(Code::FormRepeated)).await?;
        Ok(Redirect::to(path).into_response())
    }

    /// The same, for a page that has the layer editor: its islands come in another bundle.
    pub(crate) fn with_editor(&self) -> Self {
        let mut visitor = self.clone();
        let (js, wasm) = visitor.console.assets.editor.clone();
        (visitor.console.assets.js, visitor.console.assets.wasm) = (js, wasm);
        visitor
    }

    /// A page in the console's shell.
    pub(crate) fn page(&self, status: StatusCode, title: &str, view: impl FnOnce() -> AnyView) -> Response {
        render::page(self, status, title, view)
    }

    async fn recognise(
        console: &Console,
        session: Session,
        method: &Method,
        uri: &Uri,
    ) -> Result<Self, Problem> {
        let address = uri.path_and_query().map_or("/", |both| both.as_str()).to_owned();
        let mut visitor = Self { address, session: Some(session.clone()), ..Self::stranger(console.clone()) };
        let Some(id) = session.get::<UserId>(USER).await.map_err(no_session)? else { return Ok(visitor) };
        let with = session.get::<Option<Timestamp>>(PASSWORD).await.map_err(no_session)?.flatten();
        visitor.actor =
            users::actor(visitor.services(), id).await?.filter(|actor| actor.password_since == with);
        if visitor.actor.is_none() {
            session.flush().await.map_err(no_session)?;
            return Ok(visitor);
        }
        visitor.glass = glass::broken(visitor.services()).await?;
        if method == Method::GET {
            visitor.said = session.remove(SAID).await.map_err(no_session)?;
        }
        let now = visitor.services().now();
        let touched = session.get::<Timestamp>(TOUCHED).await.map_err(no_session)?;
        if touched.is_none_or(|touched| touched.plus(TOUCH) <= now) {
            session.insert(TOUCHED, now).await.map_err(no_session)?;
        }
        Ok(visitor)
    }
}

fn unavailable() -> Problem {
    Problem::new(services::Kind::Unavailable, domain::Finding::new(Code::StorageUnavailable, "session"))
}

fn no_session(error: tower_sessions::session::Error) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "a session could not be read or written");
    unavailable()
}

/// What a handler gives: a response, or a problem that `receive` makes a page of.
pub(crate) type Answer = Result<Response, Failure>;

/// A problem without a page of its own yet.
#[derive(Clone, Debug)]
pub(crate) struct Failure(pub(crate) Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = error::status(self.0.kind).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Recognises the visitor, sends everybody to the set-up while there is no user, and gives every
/// failure its page.
pub(crate) async fn receive(
    State(console): State<Console>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let visitor = match Visitor::recognise(&console, session, &method, &uri).await {
        Ok(visitor) => visitor,
        Err(problem) => return error::page(&Visitor::stranger(console), &problem),
    };
    if visitor.actor.is_none() && uri.path() != "/setup" {
        match users::needs_setup(visitor.services()).await {
            Ok(true) => return Redirect::to("/setup").into_response(),
            Ok(false) => {}
            Err(problem) => return error::page(&visitor, &problem),
        }
    }
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Failure>() {
        Some(Failure(problem)) => error::page(&visitor, &problem),
        None if is_bare_refusal(&response) => {
            error::page(&visitor, &Problem::invalid(Code::FormInvalid, "request"))
        }
        None => response,
    }
}

/// What axum's own extractors say about a malformed request: a status and a line of text.
fn is_bare_refusal(response: &Response) -> bool {
    let html =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    response.status().is_client_error() && !html
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Failure(unavailable()))
    }
}

/// Somebody who is signed in. Without it a handler has no operation, so it reaches no use case.
pub(crate) struct Signed {
    pub(crate) visitor: Visitor,
    pub(crate) op: Operation,
}

impl std::ops::Deref for Signed {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let Some(actor) = visitor.actor.clone() else {
            let back = if parts.method == Method::GET { visitor.address.as_str() } else { "/" };
            let query = crate::render::query(&[("next", back)]);
            return Err(Redirect::to(&format!("/sign-in{query}")).into_response());
        };
        if actor.password_since.is_none() && parts.uri.path() != PASSWORD_PAGE {
            return Err(Redirect::to(PASSWORD_PAGE).into_response());
        }
        let op = visitor.services().operation(actor);
        Ok(Self { visitor, op })
    }
}
