-- A site may demand a certificate that is not old in its making, and a wrong proof for a known device is a case.
-- SQLite changes no check in place: both tables are made anew. Nothing refers to either.
create table site_policy_new (
    site_id blob primary key references site,
    demand text not null constraint site_policy_demand_check
        check (demand in ('credential', 'proxied-certificate', 'certificate', 'strong-certificate')),
    low text not null constraint site_policy_low_check check (low in ('keep', 'hold')),
    high text not null constraint site_policy_high_check check (high in ('keep', 'hold')),
    wan text not null                          -- JSON array of networks
) strict;
insert into site_policy_new (site_id, demand, low, high, wan) select site_id, demand, low, high, wan from site_policy;
drop table site_policy;
alter table site_policy_new rename to site_policy;

create table exception_new (
    exception_id blob primary key,
    number integer not null constraint exception_number_key unique,
    kind text not null constraint exception_kind_check check (kind in ('mismatch', 'enrolment', 'proof')),
    weight text not null constraint exception_weight_check check (weight in ('low', 'high')),
    device_id blob not null references device,
    site_id blob not null references site,
    detail text not null,
    opened_at integer not null,
    last_at integer not null,
    times integer not null,
    owner_id blob references user_account,
    closed_at integer,
    closed_by text,
    resolution text,
    constraint exception_closed_check
        check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (resolution is null))
) strict;
insert into exception_new select exception_id, number, kind, weight, device_id, site_id, detail, opened_at, last_at,
    times, owner_id, closed_at, closed_by, resolution from exception;
drop table exception;
alter table exception_new rename to exception;
create unique index exception_open_key on exception (device_id, kind) where closed_at is null;
create index exception_site_id on exception (site_id, number);
