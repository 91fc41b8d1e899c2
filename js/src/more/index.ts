/** What `more.js` holds: the parts of the screen that few visits need. */

import { ColumnMenu } from "./ColumnMenu";
import { Compare } from "./compare/Compare";
import { FacetPanel } from "./FacetPanel";
import { Graph } from "./graph/Graph";
import { Groups } from "./groups/Groups";
import { LabelBar } from "./LabelBar";

export const parts = { ColumnMenu, Compare, FacetPanel, Graph, Groups, LabelBar };

export type Parts = typeof parts;
