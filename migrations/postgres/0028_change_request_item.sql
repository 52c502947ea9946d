-- A request of several items.

-- What is asked for at one endpoint, and how far it has come. The line that it makes has its id.
create table change_request_item (
    item_id uuid primary key,
    change_request_id uuid not null references change_request,
    ordinal bigint not null,
    device_id uuid not null references device,
    -- The device's id as layers name it.
    scope text not null generated always as (device_id::text) stored,
    endpoint_id uuid not null references endpoint,
    effect text not null constraint change_request_item_effect_check check (effect in ('bind', 'unbind')),
    extension_id uuid not null references extension,
    state_word text not null constraint change_request_item_state_check check (state_word in
        ('waiting', 'applied', 'stale', 'blocked')),
    reason text not null,                      -- JSON array: the codes of what was in its way
    applied_revision bigint,
    plan text,                                 -- JSON: what was submitted for it
    round bigint not null,                     -- in which round of the request
    constraint change_request_item_ordinal_key unique (change_request_id, ordinal),
    -- An endpoint gets one line of a request, and loses one.
    constraint change_request_item_endpoint_key unique (change_request_id, endpoint_id, effect),
    constraint change_request_item_applied_check check ((applied_revision is not null) = (state_word = 'applied')),
    constraint change_request_item_blocked_check check ((reason <> '[]') = (state_word = 'blocked'))
);
create index change_request_item_device_id on change_request_item (device_id);
create index change_request_item_extension_id on change_request_item (extension_id);

insert into change_request_item
    (item_id, change_request_id, ordinal, device_id, endpoint_id, effect, extension_id, state_word, reason,
     applied_revision, plan, round)
select change_request_id, change_request_id, 1, device_id, endpoint_id, kind, extension_id,
    case state_word when 'applied' then 'applied' when 'stale' then 'stale' else 'waiting' end, '[]',
    case state_word when 'applied' then coalesce((plan::json #>> '{items,0,revision_after}')::bigint, 0) end,
    plan::json #>> '{items,0}', case when plan is null then 0 else 1 end
from change_request;

alter table change_request
    drop column device_id,
    drop column endpoint_id,
    drop column extension_id,
    drop constraint change_request_kind_check,
    drop constraint change_request_state_check,
    drop constraint change_request_approved_check,
    add column round bigint not null default 0,            -- how often it was submitted
    add column items bigint not null default 1 constraint change_request_items_check check (items > 0),
    add column all_or_nothing boolean not null default false,
    add column apply_at bigint;                            -- when it is applied by itself
update change_request set plan = jsonb_set(plan::jsonb, '{items}', '[]')::text, round = 1 where plan is not null;
alter table change_request
    alter column round drop default,
    alter column items drop default,
    alter column all_or_nothing drop default,
    add constraint change_request_kind_check check (kind in
        ('bind', 'unbind', 'move', 'swap', 'replace', 'number-change', 'bulk')),
    add constraint change_request_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'scheduled', 'rejected', 'applied', 'withdrawn', 'stale', 'superseded')),
    add constraint change_request_round_check check ((plan is null) = (round = 0)),
    add constraint change_request_schedule_check check ((apply_at is not null) = (state_word = 'scheduled')),
    add constraint change_request_approved_check
        check (state_word not in ('approved', 'scheduled', 'applied') or approver_id is not null);
create index change_request_requester_id on change_request (requester_id, number);
create index change_request_apply_at on change_request (apply_at) where apply_at is not null;
