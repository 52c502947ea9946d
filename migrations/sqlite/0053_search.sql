-- What a search for a device reads of each: without this, whole rows, with every path that was published to it.
create index device_words on device (mac, serial, model, device_id);
create index device_place_id on device (place_id);
