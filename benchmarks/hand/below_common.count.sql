SELECT count(DISTINCT a.rid) FROM span a INDEXED BY span_skeleton
WHERE +a.name_id = (SELECT id FROM symbol WHERE text = 'agent_step') AND EXISTS (
  SELECT 1 FROM span b WHERE b.rid = a.rid AND b.no > a.no AND b.no <= a.last AND +b.type_id = (SELECT id FROM symbol WHERE text = 'TOOL'))
