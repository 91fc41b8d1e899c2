SELECT count(DISTINCT rid) FROM (SELECT b.rid FROM span b CROSS JOIN span a
  WHERE b.status = 2 AND b.type_id = (SELECT id FROM symbol WHERE text = 'TOOL')
  AND a.rid = b.rid AND a.no < b.no AND a.last >= b.no AND +a.name_id = (SELECT id FROM symbol WHERE text = 'agent_step'))
