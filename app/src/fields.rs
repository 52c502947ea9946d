//! What a form sent, what came of it, and what is shown again.

use crate::visitor::Failure;
use axum::{
    Form,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use domain::{Code, Finding};
use services::{Kind, Problem, Services, forms};

/// The fields of a form, in order; a name may come more than once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The text of a field without blanks at its ends; empty when it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field as it was typed: passwords may begin or end with a blank.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a field.
    pub(crate) fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(Failure(Problem::new(
                Kind::Invalid,
                Finding::new(Code::FormInvalid, "form").detail(rejection.body_text()),
            ))),
        }
    }
}

/// Why a form did nothing.
pub(crate) enum Stop {
    /// It had been sent before.
    Repeated,
    /// It was refused.
    Refused(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// Carries `act` out, unless the form was sent before.
pub(crate) async fn once<T>(
    services: &Services,
    fields: &Fields,
    act: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Stop> {
    let token = fields.text("token");
    if token.is_empty() {
        return Err(Stop::Refused(Problem::invalid(Code::FormInvalid, "token")));
    }
    if forms::first_use(services, token).await? { Ok(act.await?) } else { Err(Stop::Repeated) }
}

/// A form that is shown again: why, and what was typed. Empty when a page is asked for the first time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempt {
    form: String,
    fields: Fields,
    problem: Option<Problem>,
}

impl Attempt {
    /// `form` is the id of the form on the page.
    pub(crate) fn refused(form: impl Into<String>, fields: Fields, problem: Problem) -> Self {
        Self { form: form.into(), fields, problem: Some(problem) }
    }

    /// Fields that an address has filled in.
    pub(crate) fn prefilled(form: impl Into<String>, fields: Fields) -> Self {
        Self { form: form.into(), fields, problem: None }
    }

    /// Whoever may not is not told whether there is such a thing: that refusal is a page of its own.
    pub(crate) fn for_who_may(self) -> Result<Self, Failure> {
        match self.problem {
            Some(problem) if problem.kind == Kind::Forbidden => Err(Failure(problem)),
            _ => Ok(self),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.problem.as_ref().map_or(StatusCode::OK, |problem| crate::pages::error::status(problem.kind))
    }

    pub(crate) fn findings(&self) -> &[Finding] {
        self.problem.as_ref().map_or(&[], |problem| &problem.findings)
    }

    /// What was typed into a field of `form`, if it is this form that is shown again.
    pub(crate) fn typed(&self, form: &str, name: &str) -> Option<&str> {
        if self.form == form { self.fields.all(name).next() } else { None }
    }

    pub(crate) fn typed_all(&self, form: &str, name: &str) -> Vec<String> {
        if self.form == form { self.fields.all(name).map(ToOwned::to_owned).collect() } else { Vec::new() }
    }

    /// Whether a finding is about this field.
    pub(crate) fn marks(&self, form: &str, name: &str) -> bool {
        self.form == form && self.findings().iter().any(|finding| finding.subject == name)
    }
}
