-- Who signed what, the rules that ask for it, and who may sign for whom.

-- The people whose approvals stand in a request's state: each once, and never the requester (invariant 1).
create table approval (
    change_request_id blob not null,
    requester_id blob not null,
    user_id blob not null references user_account,
    position integer not null,
    primary key (change_request_id, user_id),
    constraint approval_other_check check (user_id <> requester_id),
    constraint approval_change_request_fkey foreign key (change_request_id, requester_id)
        references change_request (change_request_id, requester_id)
) strict;
insert into approval (change_request_id, requester_id, user_id, position)
select change_request_id, requester_id, approver_id, 0 from change_request
where state_word in ('approved', 'applied') and approver_id is not null;

-- Versions of the rules as a whole. One stands; one at most is proposed.
create table approval_rules (
    version integer primary key,
    replaces integer not null,
    rules text not null,                       -- JSON array
    requester_id blob references user_account, -- null: made at the first start
    reason text not null,
    state_word text not null constraint approval_rules_state_check check (state_word in
        ('submitted', 'rejected', 'applied', 'withdrawn')),
    state text not null,                       -- JSON: the state with its facts; empty for those of the first start
    missing text not null default '[]',        -- JSON array: approvals that it waits for
    proposed_at integer not null,
    standing integer not null constraint approval_rules_standing_check check (standing in (0, 1)),
    constraint approval_rules_applied_check check (standing = 0 or state_word = 'applied')
) strict;
create unique index approval_rules_standing_key on approval_rules (standing) where standing = 1;
create unique index approval_rules_proposed_key on approval_rules (state_word) where state_word = 'submitted';

-- Somebody lets another person approve in their place for a time.
create table delegation (
    delegation_id blob primary key,
    from_id blob not null references user_account,
    to_id blob not null references user_account,
    since integer not null,
    until integer not null,
    reason text not null,
    made_at integer not null,
    constraint delegation_other_check check (from_id <> to_id),
    constraint delegation_order_check check (since <= until)
) strict;
create index delegation_to_id on delegation (to_id, until);
create index delegation_from_id on delegation (from_id, until);
