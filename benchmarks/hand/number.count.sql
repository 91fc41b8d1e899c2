SELECT count(*) FROM (
  SELECT rid FROM span INDEXED BY span_skeleton GROUP BY rid HAVING sum(+type_id = (SELECT id FROM symbol WHERE text = 'TOOL')) >= 3)
