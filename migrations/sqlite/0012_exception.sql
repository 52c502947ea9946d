-- Open operational cases, EX-7 (requirement E4). What happens again while a case is open joins it.
create table exception (
    exception_id blob primary key,
    number integer not null constraint exception_number_key unique,
    kind text not null constraint exception_kind_check check (kind in ('mismatch', 'enrolment')),
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
create unique index exception_open_key on exception (device_id, kind) where closed_at is null;
create index exception_site_id on exception (site_id, number);
