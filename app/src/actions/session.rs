//! Signing in and out, and the very first user.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{setup, sign_in},
    visitor::{Answer, Visitor},
};
use axum::{
    Extension,
    extract::ConnectInfo,
    response::{IntoResponse, Redirect},
};
use services::users;
use std::net::SocketAddr;

pub(crate) async fn set_up(visitor: Visitor, fields: Fields) -> Answer {
    let (code, name, password) =
        (fields.text("code").to_owned(), fields.text("name").to_owned(), fields.raw("password").to_owned());
    let act = users::create_first(visitor.services(), &code, &name, &password);
    match once(visitor.services(), &fields, act).await {
        Ok(actor) => {
            visitor.sign_in(&actor).await?;
            Ok(Redirect::to("/").into_response())
        }
        Err(Stop::Repeated) => Ok(Redirect::to("/").into_response()),
        Err(Stop::Refused(problem)) => {
            Ok(setup::page(&visitor, &Attempt::refused(setup::FORM, fields, problem)))
        }
    }
}

/// Not once only: signing in twice does no harm, and a form left open over night must still work.
pub(crate) async fn sign_in(
    visitor: Visitor,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    fields: Fields,
) -> Answer {
    let client =
        client.map_or_else(|| "unknown".to_owned(), |Extension(ConnectInfo(from))| from.ip().to_string());
    let next = sign_in::local(fields.text("next")).to_owned();
    match users::sign_in(visitor.services(), fields.text("name"), fields.raw("password"), &client).await {
        Ok(actor) => {
            visitor.sign_in(&actor).await?;
            Ok(Redirect::to(&next).into_response())
        }
        Err(problem) => Ok(sign_in::page(&visitor, &Attempt::refused(sign_in::FORM, fields, problem))),
    }
}

pub(crate) async fn sign_out(visitor: Visitor) -> Answer {
    visitor.sign_out().await?;
    Ok(Redirect::to("/sign-in").into_response())
}
