/** Recognises retrieved documents: texts with a score or with metadata. */

import type { JsonStep } from "../wire/contract";
import { type Dict, isDict, without } from "./dict";

type Path = readonly JsonStep[];

export interface Document {
  readonly text: string;
  readonly textPath: Path;
  readonly score: number | null;
  readonly scorePath: Path | null;
  readonly rest: Dict;
  readonly path: Path;
}

const TEXT_KEYS = ["page_content", "content", "text", "document.content", "body"];
const SCORE_KEYS = ["score", "relevance_score", "similarity", "document.score", "distance"];

/** Retrieved documents: a list of objects, each with a text and something said about it. */
export function documentsOf(value: unknown, path: Path): Document[] | null {
  if (isDict(value)) {
    for (const key of ["documents", "docs", "results", "nodes"]) {
      const inner = documentsOf(value[key], [...path, key]);
      if (inner) return inner;
    }
    return null;
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const found: Document[] = [];
  for (const [n, entry] of value.entries()) {
    const document = isDict(entry) ? documentAt(entry, [...path, n]) : null;
    if (!document) return null;
    found.push(document);
  }
  return found;
}

function documentAt(entry: Dict, path: Path): Document | null {
  const textKey = TEXT_KEYS.find((key) => typeof entry[key] === "string");
  if (!textKey || "role" in entry) return null;
  const scoreKey = SCORE_KEYS.find((key) => typeof entry[key] === "number");
  if (!scoreKey && !("metadata" in entry)) return null;
  return {
    text: entry[textKey] as string,
    textPath: [...path, textKey],
    score: scoreKey ? (entry[scoreKey] as number) : null,
    scorePath: scoreKey ? [...path, scoreKey] : null,
    rest: without(without(entry, textKey) ?? {}, scoreKey ?? "") ?? {},
    path,
  };
}
