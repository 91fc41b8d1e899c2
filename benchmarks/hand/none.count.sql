SELECT count(*) FROM trace t NOT INDEXED
WHERE NOT EXISTS (SELECT 1 FROM span s WHERE s.rid = t.rid AND +s.type_id = (SELECT id FROM symbol WHERE text = 'RETRIEVER'))
