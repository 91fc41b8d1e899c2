SELECT t.trace_id
FROM trace t
WHERE EXISTS (SELECT 1 FROM span s CROSS JOIN payload p
  WHERE s.rid = t.rid AND p.sid = s.sid AND instr(p.inputs, '"collection"') > 0
  AND json_extract(p.inputs, '$."filters"."collection"') = 'kb' AND json_extract(p.inputs, '$."top_k"') = 5)
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
