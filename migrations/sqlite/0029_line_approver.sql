-- Who approved a line. A request that is applied in parts may be approved again for the rest, by other people; what
-- stands already keeps the names of those who approved it. Null: before this column was there.
alter table line add column approved_by text;
