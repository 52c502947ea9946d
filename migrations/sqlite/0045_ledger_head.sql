-- The head of a chain follows the batch that comes next by itself, so that a batch is one statement. One that is put
-- back in its old place moves nothing.
create trigger ledger_batch_head after insert on ledger_batch
begin
    update ledger_head set seq = new.seq, hash = new.hash, count = count + new.count
        where node = new.node and seq = new.seq - 1;
end;
