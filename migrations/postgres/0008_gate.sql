-- Evidence is never edited; the newest per check counts. A sign-off names the evidence it looked at.
create table gate_evidence (
    evidence_id uuid primary key,
    segment_id uuid not null references segment,
    check_name text not null constraint gate_evidence_check_name_check check (check_name in
        ('dns', 'transport', 'sip-options', 'test-registration', 'test-call')),
    passed boolean not null,
    note text not null,
    entered_by uuid not null references user_account,
    entered_at bigint not null,
    valid_until bigint not null,
    constraint gate_evidence_order_check check (valid_until > entered_at)
);
create index gate_evidence_segment_id on gate_evidence (segment_id, check_name, entered_at);

create table gate_sign_off (
    segment_id uuid not null references segment,
    signed_at bigint not null,
    signed_by uuid not null references user_account,
    valid_until bigint not null,
    evidence text not null,                    -- JSON array of evidence ids
    primary key (segment_id, signed_at),
    constraint gate_sign_off_order_check check (valid_until > signed_at)
);
