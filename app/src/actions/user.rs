//! Adding and confirming a user.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::user::{FORM, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{Code, authz::Role};
use services::{Problem, users};

pub(crate) async fn create(signed: Signed, fields: Fields) -> Answer {
    let act = async {
        let roles: Vec<_> = fields.all("roles").filter_map(Role::parse).collect();
        if roles.is_empty() {
            return Err(Problem::invalid(Code::FieldMissing, "roles"));
        }
        let (name, password) = (fields.text("name"), fields.raw("password"));
        users::create(signed.services(), &signed.op, name, password, &roles).await
    };
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done("/users", "The user is added.").await,
        Err(Stop::Repeated) => signed.repeated("/users").await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(FORM, fields, problem)).await,
    }
}

pub(crate) async fn confirm(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let id = text.parse().map_err(|_| Problem::not_found("user"))?;
    match once(signed.services(), &fields, users::confirm(signed.services(), &signed.op, id)).await {
        Ok(()) => signed.done("/users", "Confirmed. The account may do what its roles say.").await,
        Err(Stop::Repeated) => signed.repeated("/users").await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &Attempt::refused("confirm-user", fields, problem)).await
        }
    }
}
