SELECT count(*) FROM trace
