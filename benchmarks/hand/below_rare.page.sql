SELECT t.trace_id
FROM trace t
WHERE t.rid IN (SELECT b.rid FROM span b WHERE b.status = 2 AND b.type_id = (SELECT id FROM symbol WHERE text = 'TOOL'))
AND EXISTS (
  SELECT 1 FROM span a CROSS JOIN span b
  WHERE a.rid = t.rid AND +a.name_id = (SELECT id FROM symbol WHERE text = 'agent_step')
  AND b.rid = a.rid AND b.no > a.no AND b.no <= a.last AND +b.status = 2
  AND +b.type_id = (SELECT id FROM symbol WHERE text = 'TOOL'))
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
