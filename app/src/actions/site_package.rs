//! New versions of a site's package, and delivery notes.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::site_package::{SHIP, VERSION, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::site_packages;

pub(crate) async fn version(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let (models, reason) = (fields.text("models"), fields.text("reason"));
        let version = site_packages::propose(signed.services(), &signed.op, &code, models, reason).await?;
        Ok(format!("Version {version} holds."))
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, VERSION, fields, outcome).await
}

pub(crate) async fn ship(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let (serials, delivery) = (fields.text("serials"), fields.text("delivery"));
        let new = site_packages::ship(signed.services(), &signed.op, &code, serials, delivery).await?;
        Ok(format!("The delivery is entered; {new} serial numbers are new."))
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, SHIP, fields, outcome).await
}

async fn finish(
    signed: &Signed,
    code: &str,
    form: &'static str,
    fields: Fields,
    outcome: Result<String, Stop>,
) -> Answer {
    let path = format!("/sites/{code}/package");
    match outcome {
        Ok(said) => signed.done(&path, &said).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(signed, code, &Attempt::refused(form, fields, problem)).await,
    }
}
