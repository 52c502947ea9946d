-- Open operational cases, EX-7 (requirement E4). What happens again while a case is open joins it.
create table exception (
    exception_id uuid primary key,
    number bigint not null constraint exception_number_key unique,
    kind text not null constraint exception_kind_check check (kind in ('mismatch', 'enrolment')),
    weight text not null constraint exception_weight_check check (weight in ('low', 'high')),
    device_id uuid not null references device,
    site_id uuid not null references site,
    detail text not null,
    opened_at bigint not null,
    last_at bigint not null,
    times bigint not null,
    owner_id uuid references user_account,
    closed_at bigint,
    closed_by text,
    resolution text,
    constraint exception_closed_check
        check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (resolution is null))
);
create unique index exception_open_key on exception (device_id, kind) where closed_at is null;
create index exception_site_id on exception (site_id, number);
