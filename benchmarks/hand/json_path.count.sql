SELECT count(*) FROM trace t NOT INDEXED WHERE EXISTS (SELECT 1 FROM span s CROSS JOIN payload p
  WHERE s.rid = t.rid AND p.sid = s.sid AND instr(p.inputs, '"collection"') > 0
  AND json_extract(p.inputs, '$."filters"."collection"') = 'kb' AND json_extract(p.inputs, '$."top_k"') = 5)
