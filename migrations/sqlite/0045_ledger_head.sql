-- The head of a chain follows its batches by itself, so that a batch is one statement.
create trigger ledger_batch_head after insert on ledger_batch
begin
    update ledger_head set seq = new.seq, hash = new.hash, count = count + new.count where node = new.node;
end;
