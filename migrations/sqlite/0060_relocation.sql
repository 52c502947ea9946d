-- A request may put phones at another place of their site. SQLite changes no check of a table, so the request's is made
-- anew; what refers to it by name finds its own again below.
pragma defer_foreign_keys = on;
create table change_request_before as select * from change_request;
drop table change_request;
create table change_request (
    change_request_id blob primary key,
    number integer not null constraint change_request_number_key unique,
    kind text not null constraint change_request_kind_check check (kind in
        ('bind', 'unbind', 'move', 'swap', 'replace', 'number-change', 'profile-change', 'group-change',
         'class-change', 'schedule-change', 'exception', 'relocation', 'bulk')),
    requester_id blob not null references user_account,
    reason text not null,
    state_word text not null constraint change_request_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'scheduled', 'rejected', 'applied', 'withdrawn', 'stale', 'superseded')),
    state text not null,                       -- JSON: the state with its facts
    plan text,                                 -- JSON: what was submitted, without its items
    round integer not null,                    -- how often it was submitted
    items integer not null,
    routes text not null default '[]',         -- JSON array: what is to be otherwise beside lines
    all_or_nothing integer not null constraint change_request_all_check check (all_or_nothing in (0, 1)),
    apply_at integer,                          -- when it is applied by itself
    approver_id blob,                          -- who signed last
    created_at integer not null,
    editors text not null default '[]',        -- JSON array: who else wrote or submitted it
    external_ref text,                         -- a ticket elsewhere
    missing text not null default '[]',        -- JSON array: approvals that it waits for
    constraint change_request_items_check
        check ((kind in ('profile-change', 'group-change', 'class-change', 'schedule-change', 'exception', 'relocation')) = (routes <> '[]')
            and (items > 0) = (routes = '[]')),
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
     apply_at, approver_id, created_at, editors, external_ref, missing, routes)
select change_request_id, number, kind, requester_id, reason, state_word, state, plan, round, items, all_or_nothing,
    apply_at, approver_id, created_at, editors, external_ref, missing, routes
from change_request_before;
drop table change_request_before;
