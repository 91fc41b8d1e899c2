/** Several traces name by name: what there is of each, the darker the more in its row. */

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { duration, moment, plural, visible } from "../../model/format";
import { Badge } from "../../view/chrome/Badge";
import { useApp } from "../../view/context";
import type { ComparedNames, CompareResult } from "../../wire/contract";
import { heat, MEASURES, type Measure, measuresOf } from "./changes";
import { Head } from "./Head";

export function Several({ result, names }: { result: CompareResult; names: ComparedNames }) {
  const app = useApp();
  const measures = measuresOf(names);
  const chosen = useMemo(() => signal<Measure>("duration"), []);
  const measure = measures.includes(chosen.value) ? chosen.value : (measures[0] ?? "calls");
  const written = MEASURES[measure];
  const now = Date.now();
  const open = (traceId: string): void => {
    app.screen.compared.value = null;
    app.openTrace(traceId);
    app.screen.look("trace");
  };
  return (
    <>
      <Head>
        <b>{plural(result.traces.length, "trace")}</b>
        {result.more && <span class="sg-muted">the first of those selected</span>}
        <div class="sg-tabs" role="tablist" aria-label="What is compared">
          {measures.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={each === measure}
              onClick={() => {
                chosen.value = each;
              }}
            >
              {each}
            </button>
          ))}
        </div>
        <span class="sg-space" />
      </Head>
      <div
        class="sg-several"
        {...{ role: "region", "aria-label": `${measure} of each name in each trace`, tabIndex: 0 }}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">span</th>
              {result.traces.map((trace, n) => (
                <th key={trace.trace_id} scope="col">
                  <button
                    type="button"
                    title={`${trace.name}\n${trace.trace_id}`}
                    onClick={() => open(trace.trace_id)}
                  >
                    <b>{n + 1}</b> {visible(trace.name) || "–"}
                    <small>
                      {moment(trace.time_ms, now)} · {duration(trace.duration_ms)}
                      {trace.status === "ERROR" && <b class="sg-bang"> !</b>}
                    </small>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.name.map((name, row) => {
              const shares = heat(names[measure][row]!);
              return (
                <tr key={`${names.type[row]} ${name}`}>
                  <th scope="row" title={name}>
                    <span>
                      <Badge type={names.type[row]!} />
                      <span class="sg-name">{visible(name) || "–"}</span>
                    </span>
                  </th>
                  {names[measure][row]!.map((value, column) => (
                    <td
                      key={result.traces[column]!.trace_id}
                      style={{
                        "--heat": `${shares[column] === null ? 0 : Math.round(8 + 38 * shares[column]!)}%`,
                      }}
                      title={`${plural(names.calls[row]![column]!, "call")} in ${result.traces[column]!.name}`}
                    >
                      {names.calls[row]![column] === 0 ? (
                        <span class="sg-muted">none</span>
                      ) : value === null ? (
                        "–"
                      ) : (
                        written(value)
                      )}
                      {measure !== "errors" && names.errors[row]![column]! > 0 && <b class="sg-bang">!</b>}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
        {names.left > 0 && <p class="sg-muted">{plural(names.left, "name")} of less time left out</p>}
      </div>
    </>
  );
}
