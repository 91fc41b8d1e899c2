// Shows the built widget on an explorer of Python's, whose messages a server of this machine carries.
import widget from "/static/widget.js";

class Live {
  #values;
  #changed = {};
  #listeners = new Map();

  constructor(values) {
    this.#values = values;
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    this.#values[name] = value;
    this.#changed[name] = value;
    this.#emit(`change:${name}`);
  }

  save_changes() {
    this.#post({ method: "update", state: this.#changed, buffer_paths: [] });
    this.#changed = {};
  }

  send(content) {
    this.#post({ method: "custom", content });
  }

  on(name, callback) {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(callback));
  }

  off(name, callback) {
    this.#listeners.get(name)?.delete(callback);
  }

  take({ method, state, content }, bytes) {
    if (method === "custom") this.#emit("msg:custom", content, bytes.byteLength ? [new DataView(bytes)] : []);
    for (const [name, value] of Object.entries(state ?? {})) {
      this.#values[name] = value;
      this.#emit(`change:${name}`);
    }
  }

  #emit(name, ...args) {
    for (const callback of [...(this.#listeners.get(name) ?? [])]) callback(...args);
  }

  #last = Promise.resolve();

  // One after the other, as a kernel gets them.
  #post(message) {
    const body = JSON.stringify(message);
    this.#last = this.#last.then(() => fetch("/kernel/send", { method: "POST", body }));
  }
}

if (new URLSearchParams(location.search).get("theme") === "dark") document.documentElement.classList.add("dark");
const model = new Live(await (await fetch("/kernel/state")).json());
const el = document.querySelector("div");
widget.render({ model, el, signal: new AbortController().signal });
window.live = model;

while (true) {
  const reply = await fetch("/kernel/next");
  const bytes = await reply.arrayBuffer();
  if (reply.status === 200) model.take(JSON.parse(decodeURIComponent(reply.headers.get("X-Message"))), bytes);
}
