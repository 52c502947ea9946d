-- From when and until when somebody works here, who said so, and when (requirement B2).
alter table person add column starts_at bigint;
alter table person add column ends_at bigint constraint person_dates_check check (ends_at > starts_at);
alter table person add column source text not null default 'import';
alter table person add column changed_at bigint;   -- null: before this column was there
create index person_site_id on person (site_id, reference);
-- Whose lines they are: people are listed with how many stand.
create index extension_owner_person_id on extension (owner_person_id);
create index line_extension_id on line (extension_id);
