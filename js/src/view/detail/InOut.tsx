/** Inputs and outputs: as a chat or as documents where they are such, as a tree where not. */

import { chatOf } from "../../model/chat";
import { documentsOf } from "../../model/documents";
import type { JsonStep, SpanResult } from "../../wire/contract";
import { Documents } from "./Documents";
import { Messages } from "./Messages";
import { Text } from "./Text";
import { Tree } from "./Tree";

export function InOut({ span }: { span: SpanResult }) {
  const nothing = span.inputs === null && span.outputs === null;
  return (
    <>
      {nothing && <p class="sg-nothing">No inputs or outputs were recorded.</p>}
      <Section span={span} title="inputs" value={span.inputs} />
      <Section span={span} title="outputs" value={span.outputs} />
    </>
  );
}

function Section({ span, title, value }: { span: SpanResult; title: "inputs" | "outputs"; value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <section class="sg-section">
      <h4>{title}</h4>
      <Contents span={span} value={value} path={[title]} />
    </section>
  );
}

function Contents({ span, value, path }: { span: SpanResult; value: unknown; path: readonly JsonStep[] }) {
  if (typeof value === "string") return <Text span={span} text={value} path={path} />;
  const chat = chatOf(value, path);
  if (chat) {
    return (
      <>
        <Messages span={span} messages={chat.messages} />
        {chat.rest && <Tree span={span} value={chat.rest} root={path} bare />}
      </>
    );
  }
  const documents = documentsOf(value, path);
  if (documents) return <Documents span={span} documents={documents} />;
  return <Tree span={span} value={value} root={path} bare />;
}
