// Shows the built widget on a stand-in model. What it shows is said by the address:
//   ?rows=1000000   so many rows      &views=2      so many views of one model      &shadow   in shadow roots
//   &theme=dark     a dark page       &silent       a kernel that never answers     &wire=2   another wire
import widget from "/static/widget.js";
import { StandIn } from "./model.js";

const asked = new URLSearchParams(location.search);
for (const theme of (asked.get("theme") ?? "").split(" ")) if (theme) document.documentElement.classList.add(theme);

const traces = await (await fetch("/data/langfuse.json")).json();
const more = await (await fetch("/static/more.js")).text();
const model = new StandIn(traces, {
  more,
  rows: Number(asked.get("rows") ?? 1204),
  silent: asked.has("silent"),
  wire: Number(asked.get("wire") ?? 1),
  boot: asked.get("boot") !== "no",
  error: asked.get("error"),
  filter: asked.get("filter") ?? "",
  height: Number(asked.get("height") ?? 480),
});

const ends = [];
for (let view = 0; view < Number(asked.get("views") ?? 1); view++) {
  const outer = document.createElement("div");
  document.body.append(outer);
  let el = outer;
  if (asked.has("shadow")) {
    const root = outer.attachShadow({ mode: "open" });
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = "/static/widget.css";
    el = document.createElement("div");
    root.append(sheet, el);
  } else {
    el = document.createElement("div");
    outer.append(el);
  }
  const end = new AbortController();
  ends.push(end);
  widget.render({ model, el, signal: end.signal });
}

window.standin = { model, end: () => ends.forEach((each) => each.abort()) };
