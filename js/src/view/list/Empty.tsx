import type { ComponentChildren } from "preact";
import { useApp } from "../context";

/** No rows: why, as far as it is known. */
export function Empty() {
  const { filter, results, boot } = useApp();
  if (boot?.error) return <Blank title="The store could not be read" text={boot.error} />;
  if (!results.answer.value) {
    if (filter.failure.value) return <Blank title="Nothing could be read" text={filter.failure.value} />;
    return <Blank title="Loading…" text="" />;
  }
  const why = filter.diagnostics.value.find((entry) => entry.code === "empty");
  if (!results.answer.value.filter) {
    return (
      <Blank title="No traces yet" text="Record some with @sg.trace, or read a file with sg.ingest(path)." />
    );
  }
  return (
    <Blank title="Nothing matches" text={why?.message ?? ""}>
      {why?.fixes
        .filter((fix) => fix.text !== "")
        .map((fix) => (
          <button
            key={fix.text}
            type="button"
            class="sg-fix"
            title={fix.text}
            onClick={() => filter.run(fix.text)}
          >
            {fix.label}
          </button>
        ))}
      <button type="button" class="sg-fix" onClick={() => filter.run("")}>
        clear the filter
      </button>
    </Blank>
  );
}

export function Blank({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="sg-blank" role="status">
      <b>{title}</b>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}
