-- How large a pilot may become and when it ends (requirement D6): beyond that nothing is bound by itself.
alter table site add column pilot_devices integer
    constraint site_pilot_devices_check check (pilot_devices between 1 and 500);
alter table site add column pilot_until integer
    constraint site_pilot_check check ((pilot_until is null) = (pilot_devices is null));
