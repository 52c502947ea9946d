-- Which phones say something else than they should, and why: made anew all the time from what was seen, never read by
-- the fence. One row for each reason, so that a count reads no phone that is in order.
create table drift (
    mac text not null,                         -- twelve lower-case digits
    reason text not null constraint drift_reason_check check (reason in
        ('never', 'behind', 'silent', 'override', 'firmware')),
    device_id uuid not null references device,
    since bigint not null,                   -- when it was found first
    expected_at bigint,                      -- when it is expected next, where that is known
    primary key (mac, reason)
);
create index drift_reason on drift (reason, mac);

-- Minutes between fetches, as the revision says; so that nobody has to read its settings. Null: nothing says so.
alter table current_revision add column interval_minutes bigint;
-- How many settings in it win over ours.
alter table upload add column wins bigint not null default 0;
