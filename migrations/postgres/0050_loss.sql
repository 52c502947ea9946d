-- A handset that is lost, and one that was lent and has not come back, are cases.
alter table exception drop constraint exception_kind_check;
alter table exception add constraint exception_kind_check check (kind in ('replacement', 'delayed-activation',
    'unknown-device', 'mismatch', 'enrolment', 'proof', 'misrouting', 'layer-effect', 'loss', 'loan'));

-- From when on a handset that was lent out is overdue.
alter table replacement add column overdue_at bigint;
create index replacement_overdue_at on replacement (overdue_at) where overdue_at is not null;
-- What is lent out already.
update replacement set overdue_at =
    extract(epoch from ((body::json #>> '{state,end,until}')::date + 1)::timestamp at time zone 'UTC')::bigint * 1000000
    where state_word = 'ended' and body::json #>> '{state,end,to}' = 'loan';

-- The report that a handset is lost takes lines away without a signature, and is reviewed.
alter table authority_use add column case_number bigint references exception (number);
alter table authority_use drop constraint authority_use_one_check;
alter table authority_use add constraint authority_use_one_check
    check (num_nonnulls(advance_id, glass_id, case_number) = 1);
-- What nobody approved is always looked at.
alter table authority_use drop constraint authority_use_glass_check;
alter table authority_use add constraint authority_use_glass_check
    check ((glass_id is null and case_number is null) or due_at is not null);
create index authority_use_case_number on authority_use (case_number) where case_number is not null;
