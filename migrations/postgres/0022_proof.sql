-- A site may demand a certificate that is not old in its making, and a wrong proof for a known device is a case.
alter table site_policy drop constraint site_policy_demand_check;
alter table site_policy add constraint site_policy_demand_check
    check (demand in ('credential', 'proxied-certificate', 'certificate', 'strong-certificate'));

alter table exception drop constraint exception_kind_check;
alter table exception add constraint exception_kind_check check (kind in ('mismatch', 'enrolment', 'proof'));
