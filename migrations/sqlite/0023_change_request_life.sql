-- A request may need several approvals, be edited, name a ticket elsewhere, and be superseded. SQLite changes no
-- check of a table, so it is made anew; nothing refers to it yet.
create table change_request_new (
    change_request_id blob primary key,
    number integer not null constraint change_request_number_key unique,
    kind text not null constraint change_request_kind_check check (kind in ('bind', 'unbind')),
    device_id blob not null references device,
    endpoint_id blob not null references endpoint,
    extension_id blob not null references extension,
    requester_id blob not null references user_account,
    reason text not null,
    state_word text not null constraint change_request_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'rejected', 'applied', 'withdrawn', 'stale', 'superseded')),
    state text not null,                       -- JSON: the state with its facts
    plan text,                                 -- JSON: what was submitted
    approver_id blob,                          -- who signed last
    created_at integer not null,
    editors text not null default '[]',        -- JSON array: who else wrote or submitted it
    external_ref text,                         -- a ticket elsewhere
    missing text not null default '[]',        -- JSON array: approvals that it waits for
    constraint change_request_plan_check
        check (plan is not null or state_word in ('draft', 'withdrawn', 'superseded')),
    -- Somebody other than the requester (invariant 1), held by the database too.
    constraint change_request_approver_check check (approver_id is null or approver_id <> requester_id),
    constraint change_request_approved_check
        check (state_word not in ('approved', 'applied') or approver_id is not null)
) strict;

insert into change_request_new
    (change_request_id, number, kind, device_id, endpoint_id, extension_id, requester_id, reason, state_word, state,
     plan, approver_id, created_at, missing)
select change_request_id, number, kind, device_id, endpoint_id, extension_id, requester_id, reason, state_word,
    case state_word
        when 'approved' then printf('{"state":"approved","asked":%d,"digest":"%s","approvals":[{"by":"%s","at":%d,"digest":"%s","roles":["approver"]}]}',
            json_extract(state, '$.approval.at'), json_extract(state, '$.approval.digest'),
            json_extract(state, '$.approval.by'), json_extract(state, '$.approval.at'), json_extract(state, '$.approval.digest'))
        when 'applied' then printf('{"state":"applied","approvals":[{"by":"%s","at":%d,"digest":"%s","roles":["approver"]}],"by":"%s","at":%d}',
            json_extract(state, '$.approval.by'), json_extract(state, '$.approval.at'), json_extract(state, '$.approval.digest'),
            json_extract(state, '$.by'), json_extract(state, '$.at'))
        else state end,
    plan, approver_id, created_at,
    case state_word when 'submitted' then '[{"role":"approver","count":1,"escalates":null}]' else '[]' end
from change_request;

drop table change_request;
alter table change_request_new rename to change_request;
create index change_request_state on change_request (state_word, number);
create index change_request_device_id on change_request (device_id, number);
create unique index change_request_requester_key on change_request (change_request_id, requester_id);
