-- What a site is to get; a version is never changed (requirement E1).
create table site_package (
    site_id blob not null references site,
    version integer not null,
    models text not null,                      -- JSON: vendor, model, count
    reason text not null,
    made_by text not null,
    made_at integer not null,
    primary key (site_id, version)
) strict;

-- What delivery notes name: serial numbers, whether the inventory knows them or not.
create table shipment (
    site_id blob not null references site,
    serial text not null,
    note text not null,
    noted_by text not null,
    noted_at integer not null,
    primary key (site_id, serial)
) strict;

-- The newest result of each test of a line; earlier ones are in the record (requirement E5).
create table acceptance (
    line_id blob not null references line,
    test text not null constraint acceptance_test_check check (test in
        ('calls-out', 'inbound', 'voicemail', 'caller-id')),
    outcome text not null constraint acceptance_outcome_check check (outcome in ('passed', 'failed', 'not-applicable')),
    note text not null,
    tried_by text not null,
    tried_at integer not null,
    primary key (line_id, test),
    -- What did not pass says why.
    constraint acceptance_note_check check (outcome = 'passed' or note <> '')
) strict;
