SELECT count(DISTINCT rid) FROM (SELECT s.rid FROM span s WHERE s.type_id = (SELECT id FROM symbol WHERE text = 'LLM') AND s.duration_ns > 6000000000)
