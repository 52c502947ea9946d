-- A handset takes the place of another one (requirement C5): one order of steps, which is a case too. A handset is
-- part of one order at a time; the database lets one of many attempts win.
create table replacement (
    number integer primary key references exception (number),
    old_device_id blob not null references device,
    new_device_id blob not null references device,
    state_word text not null constraint replacement_state_check check
        (state_word in ('planned', 'rotating', 'taken-over', 'ended', 'called-off')),
    body text not null,                        -- JSON: the order with its state
    version integer not null,                   -- raised by every step: two at once do not overwrite each other
    constraint replacement_other_check check (old_device_id <> new_device_id)
) strict;
create unique index replacement_old_key on replacement (old_device_id)
    where state_word in ('planned', 'rotating', 'taken-over');
create unique index replacement_new_key on replacement (new_device_id) where state_word in ('planned', 'rotating');
create index replacement_new_device_id on replacement (new_device_id);
create index replacement_old_device_id on replacement (old_device_id);
