/** Retrieved documents with their scores, the best one's bar full. */

import type { Document } from "../../model/documents";
import { number } from "../../model/format";
import { pathId } from "../../model/json";
import type { SpanResult } from "../../wire/contract";
import { Value } from "../menu/Value";
import { Text } from "./Text";
import { Tree } from "./Tree";

export function Documents({ span, documents }: { span: SpanResult; documents: readonly Document[] }) {
  const best = documents.reduce((most, each) => Math.max(most, Math.abs(each.score ?? 0)), 0);
  return (
    <div class="sg-documents">
      {documents.map((document, n) => (
        <div key={pathId(document.path)} class="sg-document">
          <div class="sg-role">
            <span class="sg-muted">{n}</span>
            {document.score !== null && document.scorePath && (
              <>
                <i class="sg-score">
                  <i style={{ width: `${best > 0 ? (Math.abs(document.score) / best) * 100 : 0}%` }} />
                </i>
                <Value
                  target={{
                    trace_id: span.trace_id,
                    span: { span_id: span.span_id, name: span.name },
                    path: document.scorePath,
                    value: document.score,
                  }}
                  stop
                >
                  {number(Number(document.score.toPrecision(3)))}
                </Value>
              </>
            )}
          </div>
          <Text span={span} text={document.text} path={document.textPath} class="sg-clamp" />
          {Object.keys(document.rest).length > 0 && (
            <Tree span={span} value={document.rest} root={document.path} bare />
          )}
        </div>
      ))}
    </div>
  );
}
