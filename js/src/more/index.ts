/** What `more.js` holds: the parts of the screen that few visits need. */

import { ColumnMenu } from "./ColumnMenu";
import { Compare } from "./compare/Compare";
import { Events } from "./Events";
import { FacetPanel } from "./FacetPanel";
import { Graph } from "./graph/Graph";
import { Groups } from "./groups/Groups";
import { LabelBar } from "./LabelBar";
import { Markdown } from "./Markdown";
import { Minimap } from "./Minimap";
import { Picture } from "./Picture";

export const parts = {
  ColumnMenu,
  Compare,
  Events,
  FacetPanel,
  Graph,
  Groups,
  LabelBar,
  Markdown,
  Minimap,
  Picture,
};

export type Parts = typeof parts;
