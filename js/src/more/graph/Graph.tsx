/** The open trace as a graph of who calls whom, folded by the names of its spans. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { compact, duration, plural, visible } from "../../model/format";
import type { Action } from "../../model/keys";
import { kindOf } from "../../model/kinds";
import type { Open } from "../../state/traces";
import { Badge } from "../../view/chrome/Badge";
import { useApp } from "../../view/context";
import { focused } from "../../view/dom";
import { useSize } from "../../view/virtual";
import { type Box, type Drawing, drawGraph, type Point } from "./drawing";
import { type Edge, type Graph as Folded, foldTrace, type Node } from "./fold";
import styles from "./graph.css";

/** Px of a node beside its name, its least and greatest width, and px of its lines. */
const BESIDE = 42;
const LEAST = 96;
const WIDEST = 210;
const LINE = 15;
const PADDING = 9;
const SIZES = { gap: 100, space: 12, margin: 10, port: 17 } as const;
/** A graph that is too wide is drawn smaller, as far as it can be read. */
const SMALLEST = 0.85;

export function Graph({ open }: { open: Open }) {
  const app = useApp();
  const { trace, screen } = app;
  const self = useRef<HTMLDivElement>(null);
  const graph = useMemo(() => foldTrace(open.result, open.tree), [open]);
  const [letters, setLetters] = useState("");
  const { drawing, own } = useMemo(() => pictured(graph, letters), [graph, letters]);
  const { width } = useSize(self).value;
  const scale = width > 0 ? Math.max(SMALLEST, Math.min(1, width / drawing.width)) : 1;
  const call = screen.place.value === "trace" ? screen.focus.value : 0;

  useLayoutEffect(() => {
    app.more.acts.set("graph", (action, target) => {
      if (action === "back" && !screen.help.value && !screen.compared.value) {
        trace.tab.value = "Tree";
        screen.look("trace");
        return true;
      }
      return moved(drawing, action, target);
    });
    return () => void app.more.acts.delete("graph");
  }, [app, drawing, screen, trace]);

  useLayoutEffect(() => {
    if (self.current) setLetters(getComputedStyle(self.current).fontFamily);
  }, []);

  // A graph that is higher than the pane begins where the trace does.
  useLayoutEffect(() => {
    const pane = self.current;
    const root = drawing.nodes[0];
    if (pane && root) pane.scrollTo(0, scale * (root.y + root.height / 2) - pane.clientHeight / 2);
  }, [drawing, scale]);

  useEffect(() => {
    if (call > 0) self.current?.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
  }, [call]);

  const show = (node: Node): void => {
    trace.tab.value = "Tree";
    trace.go(node.first);
    screen.look("trace");
  };
  const slowest = Math.max(0, ...graph.nodes.map((node) => node.total));
  const longest = Math.max(0, ...graph.edges.map((edge) => edge.time));
  return (
    <div ref={self} class="sg-graph" data-pane="graph">
      <style>{styles}</style>
      <div
        class="sg-graph-space"
        style={{ width: `${drawing.width}px`, height: `${drawing.height}px`, zoom: scale }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          {drawing.edges.map(
            (points, n) =>
              points && (
                <Arrow
                  key={n}
                  points={points}
                  edge={graph.edges[n]!}
                  back={drawing.back.has(n)}
                  weight={longest > 0 ? graph.edges[n]!.time / longest : 0}
                />
              ),
          )}
        </svg>
        {drawing.edges.map(
          (points, n) =>
            points && (
              <Label
                key={n}
                end={points[points.length - 1]!}
                edge={graph.edges[n]!}
                title={calls(
                  graph.nodes[graph.edges[n]!.from]!,
                  graph.nodes[graph.edges[n]!.to]!,
                  graph.edges[n]!,
                )}
                back={drawing.back.has(n)}
              />
            ),
        )}
        {graph.nodes.map((node, n) => (
          <NodeBox
            key={node.name}
            node={node}
            own={own.get(n)}
            box={drawing.nodes[n]!}
            share={slowest > 0 ? node.total / slowest : 0}
            first={n === 0}
            show={() => show(node)}
          />
        ))}
      </div>
      {graph.left > 0 && (
        <p class="sg-muted sg-graph-left">
          The {graph.nodes.length} names that took the longest; {plural(graph.left, "other")} left out.
        </p>
      )}
    </div>
  );
}

/** Where all of it stands, and each node's calls of itself. Names are measured in the letters that they are drawn in. */
function pictured(graph: Folded, letters: string): { drawing: Drawing; own: ReadonlyMap<number, Edge> } {
  const own = new Map(graph.edges.filter((edge) => edge.from === edge.to).map((edge) => [edge.from, edge]));
  const pen = new OffscreenCanvas(1, 1).getContext("2d")!;
  pen.font = `600 12px ${letters || "sans-serif"}`;
  const wanted = graph.nodes.map(({ name }) => BESIDE + pen.measureText(visible(name)).width);
  const width = wanted.map((px) => Math.min(WIDEST, Math.max(LEAST, px)));
  const height = wanted.map((px, n) => PADDING + LINE * (2 + (px > WIDEST ? 1 : 0) + (own.has(n) ? 1 : 0)));
  return { own, drawing: drawGraph(graph.nodes.length, graph.edges, { ...SIZES, width, height }) };
}

/** To the nearest node in the key's direction, counted mostly along it. */
function moved({ nodes }: Drawing, action: Action, target: HTMLElement): boolean {
  const pane = target.closest(".sg-graph");
  const buttons = [...(pane?.querySelectorAll<HTMLElement>("button") ?? [])];
  const at = Math.max(0, buttons.indexOf((pane && focused(pane)) as HTMLElement));
  const here = nodes[at];
  if (!here) return false;
  const flat = action === "left" || action === "right";
  const sign = action === "right" || action === "down" ? 1 : action === "left" || action === "up" ? -1 : 0;
  let next = action === "first" ? 0 : action === "last" ? nodes.length - 1 : -1;
  if (sign === 0 && next < 0) return false;
  if (sign !== 0) {
    let nearest = Number.POSITIVE_INFINITY;
    nodes.forEach((node, n) => {
      const [right, down] = [node.x - here.x, node.y + node.height / 2 - here.y - here.height / 2];
      const along = sign * (flat ? right : down);
      const far = along + 3 * Math.abs(flat ? down / 3 : right);
      if (along > 1 && far < nearest) [nearest, next] = [far, n];
    });
  }
  const button = buttons[next];
  button?.focus({ preventScroll: true });
  button?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

interface NodeProps {
  readonly node: Node;
  readonly own: Edge | undefined;
  readonly box: Box;
  readonly share: number;
  readonly first: boolean;
  readonly show: () => void;
}

function NodeBox({ node, own, box, share, first, show }: NodeProps) {
  const name = visible(node.name) || "–";
  const told = [
    plural(node.calls, "call"),
    duration(node.total),
    node.errors > 0 ? plural(node.errors, "error") : "",
    node.tokens > 0 ? `${compact(node.tokens)} tokens` : "",
    own ? `calls itself ${plural(own.calls, "time")}` : "",
  ].filter(Boolean);
  return (
    <button
      type="button"
      class={`sg-node sg-k-${kindOf(node.type).hue} ${node.errors > 0 ? "sg-node-bad" : ""}`}
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
      tabIndex={first ? 0 : -1}
      title={`${name}\n${told.join(", ")}\nClick: its first span in the tree`}
      onClick={show}
    >
      <span class="sg-node-name">
        <Badge type={node.type} />
        <span>{name}</span>
      </span>
      <span class="sg-node-facts">
        ×{compact(node.calls)} <span class="sg-muted">{duration(node.total)}</span>
        {node.tokens > 0 && <span class="sg-muted">{compact(node.tokens)} tok</span>}
        {node.errors > 0 && <b class="sg-bad-text">{compact(node.errors)} !</b>}
      </span>
      {own && (
        <span class="sg-node-facts">
          ↻ ×{compact(own.calls)} <span class="sg-muted">{duration(own.time)}</span>
          {own.errors > 0 && <b class="sg-bad-text">{compact(own.errors)} !</b>}
        </span>
      )}
      <i class="sg-node-share" style={{ width: `${Math.max(2, 100 * share)}%` }} />
    </button>
  );
}

function calls(from: Node, to: Node, edge: Edge): string {
  const failed = edge.errors > 0 ? `, ${plural(edge.errors, "error")}` : "";
  return `${visible(from.name)} calls ${visible(to.name)}\n${plural(edge.calls, "call")}, ${duration(edge.time)}${failed}`;
}

interface LabelProps {
  readonly end: Point;
  readonly edge: Edge;
  readonly title: string;
  readonly back: boolean;
}

function Label({ end, edge, title, back }: LabelProps) {
  return (
    <span class="sg-edge-label" style={{ left: `${end.x - 9}px`, top: `${end.y}px` }} title={title}>
      {back && "↶ "}×{compact(edge.calls)} {duration(edge.time)}
      {edge.errors > 0 && <b class="sg-bad-text"> {compact(edge.errors)}!</b>}
    </span>
  );
}

interface ArrowProps {
  readonly points: readonly Point[];
  readonly edge: Edge;
  readonly back: boolean;
  readonly weight: number;
}

function Arrow({ points, edge, back, weight }: ArrowProps) {
  const [head, side] = back ? [points[0]!, 1] : [points[points.length - 1]!, -1];
  return (
    <g class={`sg-edge ${back ? "sg-edge-back" : ""} ${edge.errors > 0 ? "sg-edge-bad" : ""}`}>
      <path d={curve(points)} stroke-width={1 + 2 * Math.sqrt(weight)} />
      <path class="sg-edge-head" d={`M${head.x} ${head.y}l${7 * side} -4v8z`} />
    </g>
  );
}

/** A line through the corners: straight through a layer, bent between two. */
function curve(points: readonly Point[]): string {
  let line = `M${points[0]!.x} ${points[0]!.y}`;
  for (let n = 1; n < points.length; n++) {
    const [from, to] = [points[n - 1]!, points[n]!];
    // Bent in the first part of the gap: the rest is the label's.
    const bend = from.x + 26;
    if (from.y === to.y || to.x - from.x < 30) line += `L${to.x} ${to.y}`;
    else line += `C${from.x + 18} ${from.y} ${bend - 14} ${to.y} ${bend + 6} ${to.y}L${to.x} ${to.y}`;
  }
  return line;
}
