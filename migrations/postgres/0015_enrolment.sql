-- Enrolment: tokens that give a phone its credential. A code can be found by a keyed hash and read with the key
-- file alone; a signed address needs neither, because its signature is made of its id.
create table enrolment (
    enrolment_id uuid primary key,
    device_id uuid not null references device,
    kind text not null constraint enrolment_kind_check check (kind in ('code', 'signed-address')),
    state_word text not null constraint enrolment_state_check check (state_word in
        ('inactive', 'waiting', 'in-session', 'used', 'expired', 'revoked', 'released')),
    state text not null,                       -- JSON: the facts of that state
    ends_at bigint,                            -- when it ends by itself
    delivered boolean not null,                -- whether a credential went out that may still turn up
    lookup bytea constraint enrolment_lookup_key unique,
    sealed bytea,
    clashed_at bigint,
    made_at bigint not null,
    constraint enrolment_lookup_check check ((kind = 'code') = (lookup is not null)),
    -- A code that can be used no more can be read no more.
    constraint enrolment_sealed_check check (sealed is null or
        (kind = 'code' and state_word in ('inactive', 'waiting', 'in-session'))),
    constraint enrolment_ends_check check ((ends_at is not null) = (state_word in ('waiting', 'in-session')))
);
-- One of each kind at a time: two codes on one desk would be two ways in.
create unique index enrolment_open_key on enrolment (device_id, kind)
    where state_word in ('inactive', 'waiting', 'in-session');
create index enrolment_device_id on enrolment (device_id, made_at);
create index enrolment_ends_at on enrolment (ends_at) where ends_at is not null;
