-- What phones send of themselves: logs, and settings made at the phone. Never served to another device.
create table upload (
    upload_id blob primary key,
    device_id blob not null references device,
    name text not null,                        -- lower case, as the phone asks for it
    kind text not null constraint upload_kind_check check (kind in ('log', 'override', 'personal')),
    owner text not null,                       -- SHA-256 over the owners of the device's lines at that moment, as hex
    received_at integer not null,
    recorded_at integer not null,              -- when the last entry about it was put on record
    bytes integer not null,
    body blob not null,                        -- sealed with a key that is not in the database
    -- When the device's lines got another owner: neither served nor shown since, except to auditors.
    sealed_at integer
) strict;
create unique index upload_name_key on upload (device_id, name) where sealed_at is null;
create index upload_device_id on upload (device_id, received_at);
