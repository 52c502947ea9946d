//! Creates schedules, hunt groups and profiles of a checked package. What leads calls elsewhere is asked for when a person
//! imports it, as it is on its page. A schedule is new, so nobody keeps it yet.

use super::creation::{Creation, ROW};
use crate::{Problem, Result, hunt_groups};
use domain::{
    Code,
    change_request::{Route, profile_reroutes},
    ids::{HuntGroupId, ScheduleId},
    package::{GroupRow, ProfileRow, ScheduleRow},
    schedule::Schedule,
};
use storage::{hunt_group, person, profile, schedule, site};

impl Creation<'_> {
    pub(super) async fn routing(
        &mut self,
        schedules: Vec<ScheduleRow>,
        groups: Vec<GroupRow>,
        profiles: Vec<ProfileRow>,
    ) -> Result<()> {
        let (changed_at, changed_by) = (self.op.now, self.change.to_owned());
        for row in schedules {
            self.act(ROW).await?;
            let read = Schedule::parse(&row.time_zone, &row.hours, &row.holidays, self.op.now);
            let stored = schedule::Stored {
                id: ScheduleId(self.id()),
                site: self.site(&row.site)?,
                code: row.schedule,
                name: row.name,
                schedule: read.map_err(Problem::blocked)?,
                changed_at,
                changed_by: changed_by.clone(),
            };
            schedule::insert(self.tx()?, &stored).await?;
        }
        for row in groups {
            let group = row.typed().read().map_err(Problem::blocked)?;
            if self.asks {
                self.asked.push(Route::Group { site: row.site, group: Box::new(group) });
                continue;
            }
            self.act(2 * ROW + group.members.len()).await?;
            let stored = hunt_group::Stored {
                id: HuntGroupId(self.id()),
                site: self.site(&row.site)?,
                group,
                changed_at,
                changed_by: changed_by.clone(),
            };
            let op = self.op;
            hunt_groups::take_numbers(self.tx()?, &stored, op).await?;
            hunt_group::insert(self.tx()?, &stored).await?;
        }
        for row in profiles {
            self.act(ROW).await?;
            let found = person::extension_by_number(self.tx()?, row.extension.as_ref()).await?;
            let found =
                found.ok_or_else(|| Problem::invalid(Code::ExtensionUnknown, row.extension.as_ref()))?;
            let given = row.typed().read().map_err(Problem::blocked)?;
            if self.asks && !profile_reroutes(None, &given).is_empty() {
                let site = site::by_id(self.tx()?, found.site).await?;
                let site = site.ok_or_else(|| Problem::not_found("site"))?.code;
                let profile = Box::new(given);
                self.asked.push(Route::Profile { extension: found.number, site, profile });
                continue;
            }
            let stored = profile::Stored {
                extension: found.id,
                number: found.number,
                profile: given,
                changed_at,
                changed_by: changed_by.clone(),
            };
            profile::save(self.tx()?, &stored).await?;
        }
        Ok(())
    }
}
