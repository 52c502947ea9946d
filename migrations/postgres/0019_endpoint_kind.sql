-- Endpoints of other kinds, and which handset a DECT endpoint is; common files beside a vendor's first one.
alter table endpoint drop constraint endpoint_kind_check;
alter table endpoint add constraint endpoint_kind_check check (kind in ('line-key', 'dect-handset', 'fxs-port'));
alter table endpoint add column ipei text constraint endpoint_ipei_key unique;   -- thirteen characters, as on the handset
alter table endpoint add constraint endpoint_ipei_check check (ipei is null or kind = 'dect-handset');

alter table common_file add column name text not null default '';   -- empty for the one that phones ask for by themselves
alter table common_file alter column name drop default;
alter table common_file drop constraint common_file_pkey;
alter table common_file add primary key (vendor, segment_id, name);
