//! Adding and confirming a user, and giving one other roles.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::user::{FORM, GRANT, confirm_form, one, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Code,
    authz::{Role, Roles},
};
use services::{Problem, users};

/// The roles that are ticked, each at the sites that are typed beside it.
async fn roles(signed: &Signed, fields: &Fields) -> Result<Roles, Problem> {
    let ticked = fields.all("roles").filter_map(Role::parse);
    let typed: Vec<_> =
        ticked.map(|role| (role, fields.text(&format!("sites-{}", role.word())).to_owned())).collect();
    if typed.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "roles"));
    }
    users::read_roles(signed.services(), &signed.op, &typed).await
}

pub(crate) async fn create(signed: Signed, fields: Fields) -> Answer {
    let act = async {
        let roles = roles(&signed, &fields).await?;
        let (name, password) = (fields.text("name"), fields.raw("password"));
        users::create(signed.services(), &signed.op, name, password, roles).await
    };
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done("/users", "The user is added.").await,
        Err(Stop::Repeated) => signed.repeated("/users").await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(FORM, fields, problem)).await,
    }
}

pub(crate) async fn grant(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let id = text.parse().map_err(|_| Problem::not_found("user"))?;
    let act = async {
        let roles = roles(&signed, &fields).await?;
        users::grant(signed.services(), &signed.op, id, roles, fields.text("reason")).await
    };
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done("/users", "The roles are given, from now on.").await,
        Err(Stop::Repeated) => signed.repeated("/users").await,
        Err(Stop::Refused(problem)) => {
            one(&signed, &text, &Attempt::refused(GRANT, fields, problem).for_who_may()?).await
        }
    }
}

pub(crate) async fn confirm(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let id = text.parse().map_err(|_| Problem::not_found("user"))?;
    let password = fields.raw("password").to_owned();
    match once(signed.services(), &fields, users::confirm(signed.services(), &signed.op, id, &password)).await
    {
        Ok(()) => signed.done("/users", "Confirmed. The account may do what its roles say.").await,
        Err(Stop::Repeated) => signed.repeated("/users").await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &Attempt::refused(confirm_form(id), fields, problem)).await
        }
    }
}
