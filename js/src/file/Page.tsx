/** The page around the explorer: what the file is, a search through its texts, its theme, what it lacks. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { count } from "../model/format";
import type { App } from "../state/app";
import { Icon } from "../view/chrome/Icon";
import { Explorer } from "../view/Explorer";
import type { FileData } from "./data";
import type { Narrowings } from "./narrowing";

/** Typing that rests this long searches. */
const IDLE_MS = 200;

interface Props {
  readonly app: App;
  readonly data: FileData;
  readonly narrowings: Narrowings;
}

export function Page({ app, data, narrowings }: Props) {
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    // The explorer takes what the page leaves it.
    const size = new ResizeObserver(() => {
      app.screen.height.value = Math.max(200, element.clientHeight);
    });
    size.observe(element);
    return () => size.disconnect();
  }, [app]);
  const made = new Date(data.made_ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return (
    <div class="sgf">
      <header>
        <h1 dir="auto">{data.title}</h1>
        <span class="sgf-muted">
          {data.source} · {made}
        </span>
        <Search app={app} narrowings={narrowings} />
        <Theme />
      </header>
      {data.left.length > 0 && (
        <details class="sgf-left">
          <summary>
            Not all is in this file: {data.left[0]}
            {data.left.length > 1 && ` (and ${count(data.left.length - 1)} more)`}
          </summary>
          <ul>
            {data.left.slice(1).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
      <div ref={body} class="sgf-body">
        <Explorer app={app} />
      </div>
    </div>
  );
}

function Search({ app, narrowings }: Omit<Props, "data">) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // What a click took out of the filter is not looked for any more.
  const words = narrowings.read(app.results.answer.value?.filter ?? "").words;
  const search = (text: string): void => {
    const now = narrowings.read(app.filter.text.peek());
    app.filter.run(narrowings.write({ ...now, words: text.trim() }));
  };
  return (
    <label class="sgf-search">
      <Icon name="search" />
      <input
        type="search"
        placeholder="search names and contents"
        aria-label="Search names and contents"
        value={words}
        spellcheck={false}
        onInput={({ currentTarget: { value } }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => search(value), IDLE_MS);
        }}
        onKeyDown={({ key, currentTarget: { value } }) => {
          if (key !== "Enter") return;
          clearTimeout(timer.current);
          search(value);
        }}
      />
    </label>
  );
}

const THEMES = ["system", "light", "dark"] as const;

function Theme() {
  const theme = useSignal(0);
  useLayoutEffect(() => {
    document.documentElement.style.colorScheme = ["light dark", "light", "dark"][theme.value]!;
  }, [theme.value]);
  return (
    <button
      type="button"
      class="sgf-theme"
      title="Light or dark"
      onClick={() => (theme.value = (theme.value + 1) % THEMES.length)}
    >
      theme: {THEMES[theme.value]}
    </button>
  );
}
