-- How far the opening of a site is (requirement E6). No row: planned, and nobody has said anything.
create table site_opening (
    site_id uuid primary key references site,
    stage text not null constraint site_opening_stage_check check (stage in
        ('planned', 'network-ready', 'validated', 'cutover', 'hypercare', 'live', 'closed')),
    share bigint not null constraint site_opening_share_check check (share between 1 and 100),
    service_owner_id uuid references user_account,
    signed_by_id uuid references user_account,
    signed_at bigint,
    on_call_id uuid references user_account,
    decision text constraint site_opening_decision_check check (decision in ('go', 'no-go')),
    decided_by text,
    decided_at bigint,
    decision_reason text,
    -- Nobody but the service owner signs off.
    constraint site_opening_signed_check check ((signed_by_id is null) = (signed_at is null)
        and (signed_by_id is null or (service_owner_id is not null and signed_by_id = service_owner_id))),
    constraint site_opening_decided_check check ((decision is null) = (decided_by is null)
        and (decision is null) = (decided_at is null) and (decision is null) = (decision_reason is null))
);

-- Who does what until when. A step without a row is open and has no owner.
create table site_step (
    site_id uuid not null references site,
    kind text not null constraint site_step_kind_check check (kind in ('isp', 'power', 'cabling', 'network', 'gate',
        'delivery', 'hiring', 'accounts', 'porting', 'binding', 'acceptance')),
    owner text not null,
    due_at bigint,                            -- the first instant of a day
    needs text not null,                       -- JSON array of kinds
    state text not null constraint site_step_state_check check (state in ('open', 'done', 'dropped')),
    ended_at bigint,
    ended_by text,
    why text,
    primary key (site_id, kind),
    constraint site_step_ended_check check ((state = 'open') = (ended_at is null)
        and (state = 'open') = (ended_by is null) and (state = 'dropped') = (why is not null))
);

-- The plan of the day on which a site moves over, planned beside actual.
create table cutover_step (
    site_id uuid not null references site,
    number bigint not null,
    title text not null,
    owner text not null,
    planned_at bigint not null,
    minutes bigint not null constraint cutover_step_minutes_check check (minutes between 1 and 1440),
    back_out boolean not null,
    began_at bigint,
    ended_at bigint,
    primary key (site_id, number),
    constraint cutover_step_order_check check (ended_at is null or (began_at is not null and ended_at >= began_at))
);
-- One point up to which one can go back.
create unique index cutover_step_back_out_key on cutover_step (site_id) where back_out;

-- When the network was last changed: evidence from before says nothing about it (requirement E2).
alter table segment add column changed_at bigint;
