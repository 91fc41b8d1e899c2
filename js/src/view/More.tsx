/** A part of the screen that lies in the second script: loaded when it is first drawn. */

import type { ComponentProps, ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Parts } from "../more";
import { useApp } from "./context";
import { Blank } from "./list/Empty";

type Props<P extends keyof Parts> = {
  readonly part: P;
  /** the part fills a pane, which is not left empty while it is on its way */
  readonly pane?: boolean;
} & ComponentProps<Parts[P]>;

export function More<P extends keyof Parts>({ part, pane, ...props }: Props<P>) {
  const { more } = useApp();
  useEffect(more.load, [more]);
  const parts = more.parts.value;
  const Part = parts?.[part] as ComponentType<object> | undefined;
  if (Part) return <Part {...props} />;
  // A page without Python has the parts that need none.
  const failure = parts ? "It needs Python." : more.failure.value;
  if (!pane && !failure) return null;
  return <Blank title={failure ? "Not to be had here" : "Loading…"} text={failure ?? ""} />;
}
