/**
 * What `more.js` takes from the bundle that loads it, by the module that it imports it from. The two must not hold
 * a thing twice: two copies of Preact, or of a context, would not know each other. The build refuses an import
 * from one of these modules that is not named here.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { Fragment, h } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { jsx, jsxs } from "preact/jsx-runtime";
import { useApp } from "./view/context";

export const shared = {
  preact: { Fragment, h },
  "preact/hooks": { useEffect, useLayoutEffect, useMemo, useRef, useState },
  "preact/jsx-runtime": { Fragment, jsx, jsxs },
  "@preact/signals": { computed, effect, signal, untracked },
  "view/context": { useApp },
};
