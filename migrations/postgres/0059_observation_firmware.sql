-- Since when a phone has been seen with the firmware that it has: those that took another one are found by this alone.
alter table observation add column firmware_at bigint not null default 0;   -- 0: before this was noted
create index observation_firmware_at on observation (firmware_at);
