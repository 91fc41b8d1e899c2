// Traces that nobody recorded: what goes wrong, what is long, deep or many, and what means harm.

/** The newest trace began a moment ago, so that times read as they do in use. */
export const BEGAN = Date.now() - 95_000;
const HOSTILE = `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script><svg onload="window.harmed=1">`;

const span = (name, type, start, duration, depth, more = {}) => ({ name, type, start, duration, depth, ...more });

/** A trace in the wire's shape from spans in preorder. */
export function trace(id, name, spans, more = {}) {
  const names = [...new Set(spans.map((each) => each.name))];
  const types = [...new Set(spans.map((each) => each.type))];
  const size = new Array(spans.length).fill(1);
  // From the last to the first: what is deeper than a span and follows it at once is below it.
  for (let row = spans.length - 1; row >= 0; row--) {
    let next = row + 1;
    while (next < spans.length && spans[next].depth > spans[row].depth) next += size[next];
    size[row] = next - row;
  }
  const end = Math.max(...spans.slice(0, 5000).map((each) => each.start + (each.duration ?? 0)));
  const failed = spans.filter((each) => each.error).length;
  const names_at = new Map(names.map((each, n) => [each, n]));
  const types_at = new Map(types.map((each, n) => [each, n]));
  return {
    trace: {
      trace_id: id,
      name,
      status: failed ? "ERROR" : "OK",
      time_ms: BEGAN,
      duration_ms: end,
      tokens: 4100,
      cost: 0.0123,
      session_id: "s-381",
      user_id: "ada",
      tags: { env: "prod" },
      metadata: {},
      assessments: [],
      ...more,
      spans: {
        id: spans.map((_, row) => `${id}-${row}`),
        start: spans.map((each) => each.start),
        duration: spans.map((each) => each.duration),
        depth: spans.map((each) => each.depth),
        size,
        name: spans.map((each) => names_at.get(each.name)),
        type: spans.map((each) => types_at.get(each.type)),
        status: spans.map((each) => (each.error ? 2 : 1)),
        tokens: spans.map((each) => each.tokens ?? null),
      },
      names,
      types,
      matches: [],
    },
    spans: spans.length > 1000 ? [] : spans.map((each, row) => detail(id, row, each)),
  };
}

export function detail(id, row, each) {
  return {
    trace_id: id,
    span_id: `${id}-${row}`,
    name: each.name,
    type: each.type,
    status: each.error ? "ERROR" : "OK",
    status_message: each.error ?? "",
    start_ms: BEGAN + each.start,
    duration_ms: each.duration,
    model: each.model ?? null,
    input_tokens: each.tokens ? Math.round(each.tokens * 0.8) : null,
    output_tokens: each.tokens ? Math.round(each.tokens * 0.2) : null,
    cost: each.tokens ? each.tokens * 3e-6 : null,
    inputs: each.inputs ?? null,
    outputs: each.outputs ?? null,
    attributes: each.attributes ?? { "service.name": "support", "code.function": each.name, retries: 0, cached: false },
    events: each.events ?? [],
    links: [],
    cuts: each.cuts ?? [],
  };
}

const policy = "Our refund policy: orders can be returned within 30 days of delivery. The item must be unused and in its original packaging. Refunds reach the original payment method within 5 to 7 working days.";

export const refund = trace(
  "refund",
  "qa_agent",
  [
    span("qa_agent", "AGENT", 0, 9120, 0, { inputs: { question: "Can I get my money back for order 8814?" }, outputs: { answer: null }, error: "ToolError: mail server refused the message" }),
    span("plan", "LLM", 60, 1240, 1, {
      model: "gpt-4o-mini",
      tokens: 812,
      inputs: {
        messages: [
          { role: "system", content: `You are a support agent of a bicycle shop. ${"Answer politely, cite the policy that you rely on, and never promise what the policy does not say. ".repeat(9)}` },
          { role: "user", content: "Can I get my money back for order 8814?\nIt arrived last week and the frame is scratched." },
        ],
        temperature: 0.2,
      },
      outputs: {
        choices: [
          { finish_reason: "tool_calls", message: { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "retriever.search", arguments: '{"query": "refund policy", "k": 3, "filters": {"lang": "en"}}' } }] } },
        ],
      },
    }),
    span("retriever.search", "RETRIEVER", 1320, 6100, 1, {
      inputs: { query: "refund policy", k: 3, filters: { lang: "en" } },
      outputs: {
        documents: [
          { page_content: policy, score: 0.913, metadata: { source: "policies/refunds.md", chunk: 4 } },
          { page_content: "Scratches and dents that happened in transit count as damage and are refunded in full.", score: 0.774, metadata: { source: "policies/damage.md", chunk: 1 } },
          { page_content: "Gift cards cannot be refunded.", score: 0.402, metadata: { source: "policies/gifts.md", chunk: 0 } },
        ],
      },
    }),
    ...Array.from({ length: 9 }, (_, n) => span("embed", "EMBEDDING", 1340 + n * 60, 40 + (n % 3) * 9, 2, { inputs: { text: `refund policy part ${n}` }, outputs: { dimensions: 1536 } })),
    span("vector_search", "TOOL", 1940, 5200, 2, { inputs: { index: "policies", top: 3 }, outputs: { hits: 3 } }),
    span("rerank", "RERANKER", 7160, 240, 2),
    span("answer", "LLM", 7440, 1300, 1, {
      model: "gpt-4o",
      tokens: 3288,
      inputs: { messages: [{ role: "system", content: "Answer from the documents only." }, { role: "user", content: "Can I get my money back for order 8814?" }, { role: "tool", name: "retriever.search", content: policy }] },
      outputs: { role: "assistant", content: "Yes. A frame that was scratched in transit counts as damage, and orders can be returned within 30 days:\n\n1. Pack the bicycle in its original box.\n2. We collect it free of charge.\n3. The money is back within 5 to 7 working days." },
    }),
    span("send_mail", "TOOL", 8760, 340, 1, {
      error: "ToolError: mail server refused the message",
      inputs: { to: "ada@example.com", subject: "Your refund", html: HOSTILE },
      events: [
        {
          name: "exception",
          time_ms: BEGAN + 9090,
          attributes: {
            "exception.type": "ToolError",
            "exception.message": "mail server refused the message",
            "exception.stacktrace": 'Traceback (most recent call last):\n  File "/usr/lib/python3.11/asyncio/runners.py", line 190, in run\n    return runner.run(main)\n  File "/home/ada/support/mail.py", line 42, in send_mail\n    smtp.sendmail(sender, to, body)\n  File "/usr/lib/python3.11/smtplib.py", line 887, in sendmail\n    raise SMTPRecipientsRefused(senderrs)\nToolError: mail server refused the message',
          },
        },
      ],
    }),
  ],
  { assessments: [{ name: "correct", kind: "feedback", value: 0.2, rationale: "It never reached the customer", source_type: "HUMAN", source_id: "ada", span_id: null }] },
);

export const hostile = trace("hostile", HOSTILE, [
  span(HOSTILE, "TOOL", 0, 12, 0, {
    inputs: { [HOSTILE]: HOSTILE, __proto__x: { polluted: true }, link: "javascript:window.harmed=1", bidi: "\u202egnp.exe", ansi: "\u001b[31mred\u001b[0m", emoji: "👩‍👩‍👧‍👦 ok", rtl: "שלום עולם" },
    outputs: HOSTILE,
    attributes: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "style": "</style><style>*{display:none}"}'),
  }),
], { tags: { [HOSTILE]: HOSTILE }, session_id: HOSTILE });

const long = "All work and no play makes a long text. ".repeat(40_000);
export const texts = { "cut-0": { inputs: { text: long }, outputs: Array.from({ length: 1500 }, (_, n) => ({ n, square: n * n })) } };
export const cut = trace("cut", "long_texts", [
  span("long_texts", "TOOL", 0, 80, 0, {
    inputs: { text: long.slice(0, 2000) },
    outputs: texts["cut-0"].outputs.slice(0, 200),
    cuts: [
      { path: ["inputs", "text"], kind: "text", length: long.length },
      { path: ["outputs"], kind: "items", length: 1500 },
    ],
  }),
]);

export const deep = trace("deep", "recursion", Array.from({ length: 20_000 }, (_, n) => span("call", "CHAIN", n * 0.5, 20_000 - n * 0.9, n)));

export const wide = trace("wide", "fan_out", [
  span("fan_out", "AGENT", 0, 50_000, 0),
  ...Array.from({ length: 10_000 }, (_, n) => span(n % 7 === 3 ? "tool" : "step", n % 7 === 3 ? "TOOL" : "LLM", n * 5, 4 + (n % 11), 1, n === 7001 ? { error: "no" } : {})),
]);

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A conversation with a tool's answer, a picture, markdown, and names that are long or turn the writing around. */
export const talk = trace("talk", "talk", [
  span("talk", "LLM", 0, 900, 0, {
    inputs: {
      messages: [
        { role: "user", content: [{ type: "text", text: "What is on this picture?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] },
        { role: "assistant", content: null, tool_calls: [{ id: "call_9", type: "function", function: { name: "look", arguments: '{"where": "left"}' } }] },
        { role: "tool", tool_call_id: "call_9", content: "a bicycle" },
        { role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/elsewhere.png" } }] },
      ],
    },
    outputs: { role: "assistant", content: "# A bicycle\n\n- **red**\n- [shop](https://example.com)\n- [bad](javascript:window.harmed=1)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nride(1)\n```" },
    attributes: Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`gen_ai.setting.${n}`, `value ${n}`])),
  }),
  span("\u202egnp.exe \u001b[31mred\u001b[0m", "TOOL", 10, 20, 1, { inputs: { rtl: "שלום עולם", emoji: "👩‍👩‍👧‍👦 ok", ansi: "\u001b[31mred\u001b[0m" } }),
  span(`${"very ".repeat(2000)}long`, "TOOL", 40, 20, 1, { inputs: { ["k".repeat(10_000)]: 1 } }),
]);

export const running = trace("running", "live", [
  span("live", "AGENT", 0, null, 0),
  span("done", "LLM", 10, 300, 1),
  span("going", "TOOL", 320, null, 1),
]);
