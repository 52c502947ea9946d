-- Times in which nothing is applied, for the organisation or one site (requirement E6). What ends inside one by
-- itself is decided with it: it waits, or it ends on its day. A lifted one stays as history. `freeze` alone is a word of
-- PostgreSQL.
create table freeze_period (
    freeze_id blob primary key,
    site_id blob references site,              -- null: the organisation
    from_at integer not null,
    until_at integer not null,
    reason text not null,
    expiries text not null constraint freeze_period_expiries_check check (expiries in ('wait', 'run')),
    made_by text not null,
    made_at integer not null,
    lifted_by text,
    lifted_at integer,
    lift_reason text,
    constraint freeze_period_order_check check (until_at > from_at),
    constraint freeze_period_lifted_check check ((lifted_at is null) = (lifted_by is null)
        and (lifted_at is null) = (lift_reason is null))
) strict;
create index freeze_period_until_at on freeze_period (until_at) where lifted_at is null;
