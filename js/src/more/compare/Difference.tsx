/** What became of one span: what is said of it, then its inputs and outputs as texts before and after. */

import { plural, preview, visible } from "../../model/format";
import { Badge } from "../../view/chrome/Badge";
import type { ComparedPairs, DiffLine, DiffResult, Side } from "../../wire/contract";
import { kindOfChange, saidOf } from "./changes";
import type { Comparison } from "./state";

export function Difference({ comparison, pairs }: { comparison: Comparison; pairs: ComparedPairs }) {
  const row = comparison.cursor.value;
  const found = comparison.difference.value;
  const nameOn = (on: Side): string => visible(pairs.names[on.name[row]!] ?? "") || "–";
  const side = kindOfChange(pairs, row) === "missing" ? pairs.a : pairs.b;
  const name = nameOn(side);
  const before = pairs.a.id[row] === null ? name : nameOn(pairs.a);
  const facts = found?.facts.filter(([, a, b]) => a !== b && (a || b)) ?? [];
  return (
    <div
      class={`sg-differ ${found ? "" : "sg-dim"}`}
      {...{ role: "region", "aria-label": "What became of the span", tabIndex: 0 }}
    >
      <div class="sg-differ-head">
        <Badge type={pairs.types[side.type[row]!] ?? ""} />
        <b class="sg-name">{name}</b>
        {before !== name && <span class="sg-muted">was {before}</span>}
        <span class="sg-muted">{saidOf(pairs, row)}</span>
        <span class="sg-space" />
        {(["a", "b"] as const).map(
          (which) =>
            pairs[which].id[row] !== null && (
              <button
                key={which}
                type="button"
                class="sg-fix"
                title={`Open the span in trace ${which.toUpperCase()}`}
                onClick={() => comparison.open(which)}
              >
                open {which.toUpperCase()}
              </button>
            ),
        )}
      </div>
      {facts.length > 0 && (
        <dl class="sg-differ-facts">
          {facts.map(([name, a, b]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <del>{preview(a, 200)}</del> → <ins>{preview(b, 200)}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {found && <Text title="Inputs" diff={found.inputs} />}
      {found && <Text title="Outputs" diff={found.outputs} />}
    </div>
  );
}

function Text({ title, diff }: { title: string; diff: DiffResult }) {
  return (
    <section class="sg-diff">
      <h4>
        {title} <span class="sg-muted">{diff.same ? (diff.lines.length > 0 ? "the same" : "none") : ""}</span>
      </h4>
      {diff.lines.length > 0 && (
        <pre>
          {diff.lines.map((line, n) => (
            <Line key={n} line={line} />
          ))}
        </pre>
      )}
      {diff.left > 0 && <p class="sg-muted">{plural(diff.left, "further line")} left out</p>}
      {diff.cut && <p class="sg-muted">Too long to be compared to its end.</p>}
    </section>
  );
}

const CLASSES = { "-": "sg-diff-gone", "+": "sg-diff-new", " ": "", "…": "sg-muted" } as const;

function Line({ line: [sign, parts] }: { line: DiffLine }) {
  const Whole = sign === "-" ? "del" : sign === "+" ? "ins" : "span";
  return (
    <Whole class={`sg-diff-line ${CLASSES[sign]}`}>
      <b aria-hidden="true">{sign === "-" ? "−" : sign}</b>
      <span>
        {parts.map(([text, changed], n) => (changed ? <mark key={n}>{visible(text)}</mark> : visible(text)))}
      </span>
    </Whole>
  );
}
