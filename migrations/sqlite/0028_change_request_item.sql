-- A request of several items. SQLite changes no check of a table, so the request's is made anew; what refers to it by
-- name finds its own again below.
pragma defer_foreign_keys = on;
create table change_request_before as select * from change_request;
drop table change_request;
create table change_request (
    change_request_id blob primary key,
    number integer not null constraint change_request_number_key unique,
    kind text not null constraint change_request_kind_check check (kind in
        ('bind', 'unbind', 'move', 'swap', 'replace', 'number-change', 'bulk')),
    requester_id blob not null references user_account,
    reason text not null,
    state_word text not null constraint change_request_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'scheduled', 'rejected', 'applied', 'withdrawn', 'stale', 'superseded')),
    state text not null,                       -- JSON: the state with its facts
    plan text,                                 -- JSON: what was submitted, without its items
    round integer not null,                    -- how often it was submitted
    items integer not null constraint change_request_items_check check (items > 0),
    all_or_nothing integer not null constraint change_request_all_check check (all_or_nothing in (0, 1)),
    apply_at integer,                          -- when it is applied by itself
    approver_id blob,                          -- who signed last
    created_at integer not null,
    editors text not null default '[]',        -- JSON array: who else wrote or submitted it
    external_ref text,                         -- a ticket elsewhere
    missing text not null default '[]',        -- JSON array: approvals that it waits for
    constraint change_request_plan_check
        check (plan is not null or state_word in ('draft', 'withdrawn', 'superseded')),
    constraint change_request_round_check check ((plan is null) = (round = 0)),
    constraint change_request_schedule_check check ((apply_at is not null) = (state_word = 'scheduled')),
    -- Somebody other than the requester (invariant 1), held by the database too.
    constraint change_request_approver_check check (approver_id is null or approver_id <> requester_id),
    constraint change_request_approved_check
        check (state_word not in ('approved', 'scheduled', 'applied') or approver_id is not null)
) strict;
create unique index change_request_requester_key on change_request (change_request_id, requester_id);
create index change_request_state on change_request (state_word, number);
create index change_request_requester_id on change_request (requester_id, number);
create index change_request_apply_at on change_request (apply_at) where apply_at is not null;

insert into change_request
    (change_request_id, number, kind, requester_id, reason, state_word, state, plan, round, items, all_or_nothing,
     approver_id, created_at, editors, external_ref, missing)
select change_request_id, number, kind, requester_id, reason, state_word, state,
    json_set(plan, '$.items', json('[]')), plan is not null, 1, 0, approver_id, created_at, editors, external_ref,
    missing
from change_request_before;

-- What is asked for at one endpoint, and how far it has come. The line that it makes has its id.
create table change_request_item (
    item_id blob primary key,
    change_request_id blob not null references change_request,
    ordinal integer not null,
    device_id blob not null references device,
    -- The device's id as layers name it.
    scope text not null generated always as
        (lower(substr(hex(device_id), 1, 8) || '-' || substr(hex(device_id), 9, 4) || '-'
        || substr(hex(device_id), 13, 4) || '-' || substr(hex(device_id), 17, 4) || '-' || substr(hex(device_id), 21, 12))) virtual,
    endpoint_id blob not null references endpoint,
    effect text not null constraint change_request_item_effect_check check (effect in ('bind', 'unbind')),
    extension_id blob not null references extension,
    state_word text not null constraint change_request_item_state_check check (state_word in
        ('waiting', 'applied', 'stale', 'blocked')),
    reason text not null,                      -- JSON array: the codes of what was in its way
    applied_revision integer,
    plan text,                                 -- JSON: what was submitted for it
    round integer not null,                    -- in which round of the request
    constraint change_request_item_ordinal_key unique (change_request_id, ordinal),
    -- An endpoint gets one line of a request, and loses one.
    constraint change_request_item_endpoint_key unique (change_request_id, endpoint_id, effect),
    constraint change_request_item_applied_check check ((applied_revision is not null) = (state_word = 'applied')),
    constraint change_request_item_blocked_check check ((reason <> '[]') = (state_word = 'blocked'))
) strict;
create index change_request_item_device_id on change_request_item (device_id);
create index change_request_item_extension_id on change_request_item (extension_id);

insert into change_request_item
    (item_id, change_request_id, ordinal, device_id, endpoint_id, effect, extension_id, state_word, reason,
     applied_revision, plan, round)
select change_request_id, change_request_id, 1, device_id, endpoint_id, kind, extension_id,
    case state_word when 'applied' then 'applied' when 'stale' then 'stale' else 'waiting' end, '[]',
    case state_word when 'applied' then coalesce(json_extract(plan, '$.items[0].revision_after'), 0) end,
    json_extract(plan, '$.items[0]'), plan is not null
from change_request_before;
drop table change_request_before;
