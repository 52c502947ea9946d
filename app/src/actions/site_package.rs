//! New versions of a site's package, and delivery notes.

use super::finish;
use crate::{
    fields::Fields,
    pages::site_package::{SHIP, VERSION, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{Problem, site_packages};

pub(crate) async fn version(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let (models, reason) = (fields.text("models"), fields.text("reason"));
        let version = site_packages::propose(signed.services(), &signed.op, &code, models, reason).await?;
        Ok(format!("Version {version} holds."))
    };
    back(&signed, &code, VERSION, &fields, act).await
}

pub(crate) async fn ship(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let (serials, delivery) = (fields.text("serials"), fields.text("delivery"));
        let new = site_packages::ship(signed.services(), &signed.op, &code, serials, delivery).await?;
        Ok(format!("The delivery is entered; {new} serial numbers are new."))
    };
    back(&signed, &code, SHIP, &fields, act).await
}

async fn back(
    signed: &Signed,
    code: &str,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<String, Problem>>,
) -> Answer {
    let here = format!("/sites/{code}/package");
    finish(signed, &here, form, fields, act, async |again| page(signed, code, &again).await).await
}
