/** Recognises pictures within chat messages, whatever library wrote them. */

import type { JsonStep } from "../wire/contract";
import type { Part } from "./chat";
import { type Dict, isDict } from "./dict";

/** Where libraries keep a picture within a block: a data URL, or base64 beside its media type. */
const PICTURES: readonly (readonly string[])[] = [
  ["image_url", "url"],
  ["image_url"],
  ["source", "data"],
  ["inline_data", "data"],
  ["inlineData", "data"],
];

export function pictureIn(block: Dict, path: readonly JsonStep[]): Part | null {
  for (const steps of PICTURES) {
    const holder = steps.length > 1 ? block[steps[0]!] : block;
    const value = isDict(holder) ? holder[steps[steps.length - 1]!] : null;
    const media = isDict(holder) ? (holder.media_type ?? holder.mime_type ?? holder.mimeType) : null;
    const inside = typeof value === "string" && (isPicture(value) || /^image\//.test(String(media)));
    if (inside) return { kind: "image", path: [...path, ...steps], length: (value as string).length };
  }
  return null;
}

/** Only what lies in the trace itself is a picture: an address elsewhere is a text, and is not asked for. */
export function isPicture(text: string): boolean {
  return text.startsWith("data:image/");
}
