-- Another version of a layer, from somebody's private draft to what was published; and exceptions, which end.
create table layer_change (
    layer_change_id blob primary key,
    number integer not null constraint layer_change_number_key unique,
    level text not null,
    scope text not null,
    name text not null,
    parent integer not null,                   -- the version that it was begun from; 0 for none
    release text not null,
    content text not null,                     -- JSON: settings, locks, a group's rule
    exception text,                            -- JSON: the exception that it is
    note text not null,
    external_ref text,                         -- a ticket elsewhere
    requester_id blob not null references user_account,
    editors text not null default '[]',        -- JSON array: who else wrote or submitted it
    state_word text not null constraint layer_change_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'rejected', 'applied', 'withdrawn', 'stale', 'superseded')),
    state text not null,                       -- JSON: the state with its facts
    plan text,                                 -- JSON: what was submitted
    missing text not null default '[]',        -- JSON array: approvals that it waits for
    created_at integer not null,
    approvers text not null default '',        -- who signed, once it is applied
    -- The last phone whose files were published, by MAC; null when there is nothing left to do.
    published_to text,
    missed text not null default '[]',         -- JSON array: phones that could not be published, and why
    constraint layer_change_plan_check
        check (plan is not null or state_word in ('draft', 'withdrawn', 'superseded')),
    constraint layer_change_exception_check check ((level = 'exception') = (exception is not null)),
    constraint layer_change_published_check check (published_to is null or state_word = 'applied')
) strict;
create index layer_change_state on layer_change (state_word, number);
create index layer_change_scope on layer_change (level, scope, number);

create table layer_exception (
    layer_id blob primary key references layer,
    device_id blob not null references device,
    layer_change_id blob not null references layer_change,
    form text not null,                        -- JSON: what is different
    owner text not null,
    reason text not null,
    expires_at integer,
    ended_at integer
) strict;
create index layer_exception_device_id on layer_exception (device_id) where ended_at is null;
create index layer_exception_expires_at on layer_exception (expires_at) where ended_at is null;
