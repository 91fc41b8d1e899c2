/** What `more.js` holds: the parts of the screen that few visits need. */

import { ColumnMenu } from "./ColumnMenu";
import { LabelBar } from "./LabelBar";

export const parts = { ColumnMenu, LabelBar };

export type Parts = typeof parts;
