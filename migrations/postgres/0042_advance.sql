-- What stands in for approvals of a plan: kinds of change and standing requests that were approved in advance, and
-- broken glass. And what was applied so, which somebody else reviews.
create table advance_approval (
    advance_id uuid primary key,
    number bigint not null constraint advance_approval_number_key unique,
    kind text not null constraint advance_approval_kind_check check (kind in ('standard', 'standing')),
    definition text not null,                  -- JSON; never altered, because it is what was signed
    requester_id uuid not null references user_account,
    reason text not null,
    state_word text not null constraint advance_approval_state_check check (state_word in
        ('submitted', 'rejected', 'applied', 'withdrawn')),
    state text not null,                       -- JSON: the state with its facts
    missing text not null default '[]',        -- JSON array: approvals that it waits for
    proposed_at bigint not null,
    most bigint,                              -- how often it may be used; null: as often as it fits
    used bigint not null default 0,
    ended_at bigint,
    ended_why text,
    constraint advance_approval_used_check check (used = 0 or (state_word = 'applied' and used <= coalesce(most, used))),
    constraint advance_approval_ended_check check ((ended_at is null) = (ended_why is null))
);
create index advance_approval_state on advance_approval (state_word, number);

-- One at a time for each person.
create table break_glass (
    glass_id uuid primary key,
    number bigint not null constraint break_glass_number_key unique,
    user_id uuid not null references user_account,
    reason text not null constraint break_glass_reason_check check (reason <> ''),
    opened_at bigint not null,
    until_at bigint not null,
    closed_at bigint,
    constraint break_glass_order_check check (opened_at < until_at)
);
create unique index break_glass_open_key on break_glass (user_id) where closed_at is null;

-- By what a request was applied when nobody signed its plan. `change_request.approver_id` then names who approved in
-- advance, or the broken glass.
create table authority_use (
    change_request_id uuid primary key references change_request,
    advance_id uuid references advance_approval,
    glass_id uuid references break_glass,
    by_id uuid not null references user_account,
    applied_at bigint not null,
    said text not null,                        -- for people: what was lifted, or what was compared
    due_at bigint,                            -- null: nobody reviews it
    reviewer_id uuid references user_account,
    reviewed_at bigint,
    verdict text constraint authority_use_verdict_check check (verdict in ('in-order', 'not-in-order')),
    note text,
    constraint authority_use_one_check check ((advance_id is null) <> (glass_id is null)),
    -- What nobody approved is always looked at.
    constraint authority_use_glass_check check (glass_id is null or due_at is not null),
    constraint authority_use_other_check check (reviewer_id <> by_id),
    constraint authority_use_reviewed_check check
        ((reviewed_at is null) = (reviewer_id is null) and (reviewed_at is null) = (verdict is null)
            and (reviewed_at is null) = (note is null))
);
create index authority_use_due on authority_use (due_at) where due_at is not null and reviewed_at is null;
create index authority_use_advance_id on authority_use (advance_id, applied_at);
create index authority_use_glass_id on authority_use (glass_id, applied_at);
