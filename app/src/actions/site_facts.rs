//! Adding a site, and changing its own facts: name and time zone, segments, places.

use super::finish;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        site_facts::{PLACE, RENAME, SEGMENT, Wanted, page},
        site_new::{CREATE, new_page},
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    site_facts::{self, Edited, PlaceInput, SegmentInput, SiteInput},
};

pub(crate) async fn create(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = SiteInput {
        code: text("code"),
        name: text("name"),
        time_zone: text("time_zone"),
        scope: text("scope"),
    };
    let act = async {
        site_facts::create(signed.services(), &signed.op, &input, fields.text("reason")).await?;
        Ok("The site is added. Next: its networks and places.")
    };
    let here = format!("/sites/{}/facts", input.code);
    finish(&signed, &here, CREATE, &fields, act, async |again| new_page(&signed, &again)).await
}

pub(crate) async fn rename(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let (name, zone, reason) = (fields.text("name"), fields.text("time_zone"), fields.text("reason"));
    let act = site_facts::rename(signed.services(), &signed.op, &code, name, zone, reason);
    edited(&signed, &code, RENAME, fields.clone(), act, "The site is changed.").await
}

pub(crate) async fn segment(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = SegmentInput { code: text("code"), cidr: text("cidr"), vlan: text("vlan"), ntp: text("ntp") };
    let reason = fields.text("reason");
    let act = site_facts::put_segment(signed.services(), &signed.op, &code, &input, reason);
    edited(&signed, &code, SEGMENT, fields.clone(), act, "The segment is saved.").await
}

/// Back to the facts, or on to the draft that was made because phones are there.
async fn edited(
    signed: &Signed,
    code: &str,
    form: &str,
    fields: Fields,
    act: impl Future<Output = Result<Edited, Problem>>,
    saved: &str,
) -> Answer {
    let here = format!("/sites/{code}/facts");
    match once(signed.services(), &fields, act).await {
        Ok(Edited::Saved) => signed.done(&here, saved).await,
        Ok(Edited::Asked(number)) => {
            let said = "Phones are there, so it is a change that somebody approves. Look at what it does, then submit it.";
            signed.done(&format!("/layers/changes/{number}"), said).await
        }
        Err(Stop::Repeated) => signed.repeated(&here).await,
        Err(Stop::Refused(problem)) => {
            page(signed, code, &Wanted::default(), &Attempt::refused(form, fields, problem)).await
        }
    }
}

pub(crate) async fn place(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = PlaceInput {
        code: text("code"),
        building: text("building"),
        floor: text("floor"),
        room: text("room"),
        emergency_location: text("emergency_location"),
        callback_number: text("callback_number"),
        contact: text("contact"),
    };
    let act = site_facts::put_place(signed.services(), &signed.op, &code, &input, fields.text("reason"));
    let act = async { Box::pin(act).await.map(|()| "The place is saved.") };
    let again = async |again| page(&signed, &code, &Wanted::default(), &again).await;
    finish(&signed, &format!("/sites/{code}/facts"), PLACE, &fields, act, again).await
}
