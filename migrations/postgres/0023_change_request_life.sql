-- A request may need several approvals, be edited, name a ticket elsewhere, and be superseded.
alter table change_request
    drop constraint change_request_state_check,
    drop constraint change_request_plan_check,
    add column editors text not null default '[]',        -- JSON array: who else wrote or submitted it
    add column external_ref text,                         -- a ticket elsewhere
    add column missing text not null default '[]';        -- JSON array: approvals that it waits for
alter table change_request
    add constraint change_request_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'rejected', 'applied', 'withdrawn', 'stale', 'superseded')),
    add constraint change_request_plan_check
        check (plan is not null or state_word in ('draft', 'withdrawn', 'superseded'));

update change_request set state = format('{"state":"approved","asked":%s,"digest":"%s","approvals":[{"by":"%s","at":%s,"digest":"%s","roles":["approver"]}]}',
    state::json #>> '{approval,at}', state::json #>> '{approval,digest}',
    state::json #>> '{approval,by}', state::json #>> '{approval,at}', state::json #>> '{approval,digest}')
where state_word = 'approved';
update change_request set state = format('{"state":"applied","approvals":[{"by":"%s","at":%s,"digest":"%s","roles":["approver"]}],"by":"%s","at":%s}',
    state::json #>> '{approval,by}', state::json #>> '{approval,at}', state::json #>> '{approval,digest}',
    state::json ->> 'by', state::json ->> 'at')
where state_word = 'applied';
update change_request set missing = '[{"role":"approver","count":1,"escalates":null}]' where state_word = 'submitted';

create unique index change_request_requester_key on change_request (change_request_id, requester_id);
