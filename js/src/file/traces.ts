/** The traces of a snapshot, unpacked when they are looked at. */

import { RpcError } from "../wire/rpc";
import type { FileData, PackedTrace } from "./data";

export class Traces {
  readonly #data: FileData;
  readonly #open = new Map<string, Promise<PackedTrace>>();
  readonly #texts = new Map<string, Promise<readonly string[]>>();

  constructor(data: FileData) {
    this.#data = data;
  }

  has(id: string): boolean {
    return Object.hasOwn(this.#data.places, id);
  }

  get(id: string): Promise<PackedTrace> {
    const place = this.has(id) ? this.#data.places[id]! : -1;
    const packed = this.#data.packed[place];
    if (packed === undefined) {
      const message = "this trace's spans were left out of the file, to keep it small";
      return Promise.reject(new RpcError({ kind: "gone", message }));
    }
    const found = this.#open.get(id) ?? unpacked(packed);
    this.#open.set(id, found);
    return found;
  }

  /** What can be found in each span of a trace, in preorder and in lower case: its name and its contents. */
  texts(id: string): Promise<readonly string[]> {
    const found = this.#texts.get(id) ?? this.get(id).then(searchable);
    this.#texts.set(id, found);
    return found;
  }
}

async function unpacked(packed: string): Promise<PackedTrace> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(plain).text());
}

function searchable({ trace, spans }: PackedTrace): string[] {
  return trace.spans.id.map((id, row) => {
    const detail = spans[id];
    const name = trace.names[trace.spans.name[row]!]!;
    if (!detail) return name.toLowerCase();
    const held = [detail.status_message, detail.inputs, detail.outputs, detail.attributes, detail.events];
    return [name, ...scalars(held)].join("\n").toLowerCase();
  });
}

/** Every text and number in a value, however deep it lies. */
function scalars(value: unknown): string[] {
  const found: string[] = [];
  const stack = [value];
  while (stack.length > 0) {
    const item = stack.pop();
    if (typeof item === "string") found.push(item);
    else if (typeof item === "number" || typeof item === "boolean") found.push(String(item));
    else if (item !== null && typeof item === "object") {
      for (const inner of Object.values(item).reverse()) stack.push(inner);
    }
  }
  return found;
}
