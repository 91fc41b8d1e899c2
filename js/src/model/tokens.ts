/**
 * Colour tokens of the filter text. This is for the eye only: Python is the one parser, and what is wrong
 * with a text is said by Python. The tokens' texts, joined, are the text.
 */

export type TokenKind =
  | "space"
  | "string"
  | "number"
  | "keyword"
  | "name"
  | "operator"
  | "brace"
  | "param"
  | "comment"
  | "broken";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
}

const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ["space", /\s+/y],
  ["comment", /--[^\n]*|\/\*[\s\S]*?\*\//y],
  ["string", /'(?:[^']|'')*'|"(?:[^"]|"")*"/y],
  ["name", /`[^`]*`/y],
  ["broken", /['"`][\s\S]*/y],
  ["param", /:[A-Za-z_]\w*/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:[A-Za-zµ%]+\d*)*/y],
  ["name", /[\p{L}_$][\p{L}\p{N}_$]*/uy],
  ["brace", /[{}()[\]]/y],
  ["operator", /!>>|!<<|!>|!<|!~|>>|<<|>=|<=|<>|!=|==|=~|!~|[-=<>~+*/.,;|&!]/y],
];

export function tokenize(text: string, keywords: ReadonlySet<string>): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const token = next(text, at, keywords, tokens[tokens.length - 1]);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function next(text: string, at: number, keywords: ReadonlySet<string>, before: Token | undefined): Token {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text)?.[0];
    if (!found) continue;
    // After a dot a word is a key, whatever it spells.
    const key = before?.text === ".";
    const word = kind === "name" && !key && keywords.has(found.toUpperCase());
    return { kind: word ? "keyword" : key && kind === "number" ? "name" : kind, text: found, start: at };
  }
  const point = text.codePointAt(at) ?? 0;
  return { kind: "broken", text: String.fromCodePoint(point), start: at };
}

/** What a text is ordered by first, as far as the eye can tell: for the arrow in the header. */
export interface Order {
  readonly key: string;
  readonly direction: "asc" | "desc";
}

export function orderOf(tokens: readonly Token[]): Order | null {
  const words = tokens.filter((token) => token.kind !== "space" && token.kind !== "comment");
  let depth = 0;
  let begin = -1;
  words.forEach((token, index) => {
    if ("{([".includes(token.text)) depth += 1;
    else if ("})]".includes(token.text)) depth -= 1;
    else if (depth === 0 && upper(token) === "ORDER" && upper(words[index + 1]) === "BY") begin = index + 2;
  });
  if (begin < 0) return null;
  let key = "";
  let nested = 0;
  for (const token of words.slice(begin)) {
    if ("{([".includes(token.text)) nested += 1;
    else if ("})]".includes(token.text)) nested -= 1;
    else if (nested === 0) {
      const word = upper(token);
      if (word === "ASC" || word === "DESC")
        return key ? { key, direction: word === "ASC" ? "asc" : "desc" } : null;
      if (word === "NULLS" || word === "LIMIT" || token.text === "," || token.text === ";") break;
    }
    key += token.text;
  }
  return key ? { key, direction: "asc" } : null;
}

function upper(token: Token | undefined): string {
  return token && (token.kind === "keyword" || token.kind === "name") ? token.text.toUpperCase() : "";
}
