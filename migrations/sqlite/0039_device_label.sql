-- What a device is for, and what else people say of it: groups are made by these.
create table device_label (
    device_id blob not null references device,
    kind text not null constraint device_label_kind_check check (kind in ('role', 'tag')),
    word text not null constraint device_label_word_check check (length(word) between 1 and 40),
    primary key (device_id, kind, word)
) strict;
create unique index device_label_role_key on device_label (device_id) where kind = 'role';
