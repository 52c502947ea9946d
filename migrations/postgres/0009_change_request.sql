-- A request, its state with the facts of that state, and the plan that was submitted.
create table change_request (
    change_request_id uuid primary key,
    number bigint not null constraint change_request_number_key unique,
    kind text not null constraint change_request_kind_check check (kind in ('bind', 'unbind')),
    device_id uuid not null references device,
    endpoint_id uuid not null references endpoint,
    extension_id uuid not null references extension,
    requester_id uuid not null references user_account,
    reason text not null,
    state_word text not null constraint change_request_state_check check (state_word in
        ('draft', 'submitted', 'approved', 'rejected', 'applied', 'withdrawn', 'stale')),
    state text not null,                       -- JSON: the state with its facts
    plan text,                                 -- JSON: what was submitted
    approver_id uuid,
    created_at bigint not null,
    constraint change_request_plan_check check (plan is not null or state_word in ('draft', 'withdrawn')),
    -- Somebody other than the requester (invariant 1), held by the database too.
    constraint change_request_approver_check check (approver_id is null or approver_id <> requester_id),
    constraint change_request_approved_check
        check (state_word not in ('approved', 'applied') or approver_id is not null)
);
create index change_request_state on change_request (state_word, number);
create index change_request_device_id on change_request (device_id, number);
