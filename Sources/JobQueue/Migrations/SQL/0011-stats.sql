-- What ended lately, without reading all that ever ended: rows come in the order of their ends, so a few blocks are read.
create index done_finished on rundum.done using brin (finished_at);
