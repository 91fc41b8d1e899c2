/** JSON objects whose keys are their author's. */

export type Dict = Readonly<Record<string, unknown>>;

export function isDict(value: unknown): value is Dict {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function without(value: Dict, key: string): Dict | null {
  const entries = Object.entries(value).filter(([name]) => name !== key);
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}
