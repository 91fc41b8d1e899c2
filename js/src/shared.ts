/**
 * What `more.js` takes from the bundle that loads it, by the module that it imports it from. The two must not hold
 * a thing twice: two copies of Preact, or of a context, would not know each other. The build refuses an import
 * from one of these modules that is not named here.
 */

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { Fragment, h } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { jsx, jsxs } from "preact/jsx-runtime";
import { chatOf } from "./model/chat";
import { isDict } from "./model/dict";
import {
  compact,
  cost,
  count,
  duration,
  exact,
  moment,
  plural,
  preview,
  size,
  visible,
} from "./model/format";
import { indent, place } from "./model/layout";
import { isCancelled, messageOf } from "./state/env";
import { Badge } from "./view/chrome/Badge";
import { Icon } from "./view/chrome/Icon";
import { useApp } from "./view/context";
import { Tree } from "./view/detail/Tree";
import { Value } from "./view/menu/Value";
import { Choice, labelOf } from "./view/strip/Facets";
import { ERROR } from "./view/trace/SpanRow";
import { useStretch } from "./view/trace/stretch";
import { useCursor, useSize, useVirtual } from "./view/virtual";

export const shared = {
  preact: { Fragment, h },
  "preact/hooks": { useEffect, useLayoutEffect, useMemo, useRef, useState },
  "preact/jsx-runtime": { Fragment, jsx, jsxs },
  "@preact/signals": { batch, computed, effect, signal, untracked },
  "model/chat": { chatOf },
  "model/dict": { isDict },
  "model/format": { compact, cost, count, duration, exact, moment, plural, preview, size, visible },
  "model/layout": { indent, place },
  "state/env": { isCancelled, messageOf },
  "view/chrome/Badge": { Badge },
  "view/chrome/Icon": { Icon },
  "view/context": { useApp },
  "view/detail/Tree": { Tree },
  "view/menu/Value": { Value },
  "view/strip/Facets": { Choice, labelOf },
  "view/trace/SpanRow": { ERROR },
  "view/trace/stretch": { useStretch },
  "view/virtual": { useCursor, useSize, useVirtual },
};
