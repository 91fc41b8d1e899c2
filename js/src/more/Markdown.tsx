/** A text laid out from the tree that Python made of it: elements are made one by one, from an allowed few. */

import { type ComponentChildren, h } from "preact";
import type { MarkdownNode } from "../wire/contract";

/** Python allows the same; what is not here is drawn as plain text would be. */
const TAGS = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code strong em s a hr br table thead tbody tr th td".split(
    " ",
  ),
);

export function Markdown({ nodes }: { nodes: readonly MarkdownNode[] }) {
  return <div class="sg-markdown">{nodes.map(drawn)}</div>;
}

/** Nesting is bounded where the text is parsed. */
function drawn(node: MarkdownNode): ComponentChildren {
  if (typeof node === "string") return node;
  const [tag, link, nodes] = node;
  const inside = nodes.map(drawn);
  if (tag === "a" && link && /^(https?:|mailto:)/i.test(link)) {
    return h("a", { href: link, target: "_blank", rel: "noopener noreferrer", title: link }, inside);
  }
  return TAGS.has(tag) && tag !== "a" ? h(tag, null, inside) : h("span", null, inside);
}
