import { count } from "../../model/format";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";

/** Finds a text in names and contents of the open trace; Enter goes from match to match. */
export function Find() {
  const { trace, screen } = useApp();
  const text = trace.finding.value;
  return (
    <span class="sg-find">
      <Icon name="search" />
      <input
        type="text"
        value={text}
        size={8}
        placeholder="in trace"
        aria-label="Find in the trace"
        spellcheck={false}
        onInput={(event) => trace.find(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") trace.next("match", event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") {
            trace.find("");
            screen.look("trace");
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {text && <span class="sg-muted">{count(trace.matches.value.size)}</span>}
    </span>
  );
}
