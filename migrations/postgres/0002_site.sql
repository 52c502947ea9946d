-- Sites own segments, number ranges and places.
create table site (
    site_id uuid primary key,
    code text not null constraint site_code_key unique,
    name text not null,
    time_zone text not null,                   -- IANA name
    scope text not null constraint site_scope_check check (scope in ('onboarding-only', 'assisted', 'pilot'))
);

create table segment (
    segment_id uuid primary key,
    site_id uuid not null references site,
    code text not null,
    cidr text not null,
    vlan bigint constraint segment_vlan_check check (vlan between 1 and 4094),
    ntp text,
    constraint segment_code_key unique (site_id, code)
);

create table number_range (
    range_id uuid primary key,
    site_id uuid not null references site,
    kind text not null constraint number_range_kind_check check (kind in ('extension', 'did')),
    first_number text not null,
    last_number text not null,
    constraint number_range_order_check
        check (length(first_number) = length(last_number) and first_number <= last_number),
    constraint number_range_first_key unique (kind, first_number)
);

-- Binding is blocked where emergency location or callback number is empty (requirement B6).
create table place (
    place_id uuid primary key,
    site_id uuid not null references site,
    code text not null,
    building text not null,
    floor text not null,
    room text not null,
    emergency_location text not null,
    callback_number text not null,
    contact text not null,
    constraint place_code_key unique (site_id, code)
);
