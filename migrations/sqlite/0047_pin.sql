-- A pin is an exception that holds a device to an earlier revision's settings. A device is held to one at a time.
alter table layer_exception add column revision integer
    constraint layer_exception_revision_check check (revision > 0);
create unique index layer_exception_pin_key on layer_exception (device_id)
    where revision is not null and ended_at is null;
