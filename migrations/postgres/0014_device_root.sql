-- Certificates of vendors, behind which factory certificates of phones stand. A withdrawn one stays as history;
-- the same one may be added again later, as a later version of the vendor's set.
create table device_root (
    root_id uuid primary key,
    vendor text not null,
    version bigint not null,                   -- counts what was ever added for the vendor, from 1
    subject text not null,
    fingerprint text not null,                 -- SHA-256 of the certificate, lower-case hexadecimal digits
    der bytea not null,
    added_by uuid not null references user_account,
    added_at bigint not null,
    withdrawn_by uuid references user_account,
    withdrawn_at bigint,
    reason text,
    constraint device_root_version_key unique (vendor, version),
    constraint device_root_withdrawn_check check ((withdrawn_at is null) = (withdrawn_by is null)
        and (withdrawn_at is null) = (reason is null))
);
-- A certificate stands for one vendor at a time, so a verified chain says whose phone it is.
create unique index device_root_standing_fingerprint_key on device_root (fingerprint) where withdrawn_at is null;
